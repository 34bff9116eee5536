/** What VS Code hands to a command depends on where it was called from; here it becomes one thing. */
import * as vscode from 'vscode';
import { expressionAtCursor } from '../editor/expressionAtCursor.ts';
import type { ChosenTensor } from '../sources/tensorSource.ts';

export interface Given {
  /** What the command was called on, where that is known already: a row of the Tensors view, the tensor of a viewer. */
  chosen?: ChosenTensor;
  expression?: string;
  /** What keybindings and tasks may pass, too. */
  file?: string;
  /** Values for a graph's inputs: expressions or files. */
  feeds?: Record<string, string>;
}

/** What the menus of the Variables and the Watch view pass. */
interface VariableContext {
  variable: { name: string; evaluateName?: string };
}

/**
 * @param given a tensor, another row of the Tensors view, a variable, a watch expression, the document of an editor (then it
 *     is about what is selected, or stands at the cursor), or the arguments of a keybinding
 */
export function tensorGiven(given: unknown): Given {
  if (typeof given !== 'object' || given === null) return {};
  if (given instanceof vscode.Uri) return { expression: expressionAtCursor() ?? '' };
  if ('tensor' in given) {
    const chosen = given as ChosenTensor;
    return { chosen, expression: chosen.expression };
  }
  if ('kind' in given) return 'expression' in given ? { expression: String(given.expression) } : {};
  if ('variable' in given) {
    const { variable } = given as VariableContext;
    return { expression: variable.evaluateName ?? variable.name };
  }
  // A watch has its text for a name.
  if ('name' in given) return { expression: String(given.name) };
  return given;
}
