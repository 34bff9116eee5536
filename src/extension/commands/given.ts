/** What VS Code hands to a command depends on where it was called from; here it becomes one of two things. */
import * as vscode from 'vscode';
import type { TensorNode } from '../tree/nodes.ts';

/** What keybindings and tasks may pass. */
export interface CommandArguments {
  expression?: string;
  file?: string;
  /** Values for a graph's inputs: expressions or files. */
  feeds?: Record<string, string>;
}
export type Given = TensorNode | CommandArguments | undefined;

/** What the menus of the Variables and the Watch view pass. */
interface VariableContext {
  variable: { name: string; evaluateName?: string };
}

/**
 * @param given a row of the Tensors view, a variable, a watch expression, the document of an editor (then it is about
 *     what is selected, or stands at the cursor), or the arguments of a keybinding
 */
export function tensorGiven(given: unknown): Given {
  if (typeof given !== 'object' || given === null) return undefined;
  if ('kind' in given) return given as TensorNode;
  if (given instanceof vscode.Uri) return { expression: expressionAtCursor() ?? '' };
  if ('variable' in given) {
    const { variable } = given as VariableContext;
    return { expression: variable.evaluateName ?? variable.name };
  }
  // A watch has its text for a name.
  if ('name' in given) return { expression: String(given.name) };
  return given;
}

/** `model.weights[0]` for a cursor anywhere in `weights`: whatever leads up to the word, but no calls. */
const path = /[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*|\[\d+\])*/gu;

export function expressionAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { document, selection } = editor;
  if (!selection.isEmpty) return document.getText(selection).trim();
  const { text } = document.lineAt(selection.active.line);
  const column = selection.active.character;
  for (const { 0: found, index } of text.matchAll(path)) {
    if (index > column || index + found.length < column) continue;
    const word = document.getWordRangeAtPosition(selection.active);
    const end = word ? Math.max(word.end.character - index, 0) : found.length;
    // An index right behind the word belongs to it.
    const indices = /^(?:\[\d+\])*/.exec(found.slice(end))?.[0] ?? '';
    return found.slice(0, end) + indices;
  }
  return undefined;
}
