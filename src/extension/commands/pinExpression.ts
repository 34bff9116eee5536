/** Keeps an expression in the Tensors view. */
import * as vscode from 'vscode';
import type { Pins } from '../tree/pins.ts';
import { expressionAtCursor } from '../editor/expressionAtCursor.ts';
import type { Given } from './given.ts';

export async function pinExpression(pins: Pins, given: Given): Promise<void> {
  const expression = given.expression ?? (await askForExpression());
  if (expression === undefined || expression.trim() === '') return;
  await pins.add(expression.trim());
  await vscode.commands.executeCommand('tensorDebugger.tensors.focus');
}

function askForExpression(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Pin Expression',
    prompt: 'It is evaluated at every stop, without side effects.',
    placeHolder: 'model.layers[0].kernel',
    value: expressionAtCursor() ?? '',
  });
}
