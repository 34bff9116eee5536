/** Runs an expression of TF.js ops, and its kernels again on the cpu backend; the result opens as text. */
import * as vscode from 'vscode';
import type { FrameTensors } from '../sources/frameTensors.ts';
import { stoppedFrame } from './chooseTensor.ts';
import type { Given } from './given.ts';

export async function compareBackends(frame: FrameTensors, given: Given): Promise<void> {
  const { source, frameId } = await stoppedFrame(frame);
  const expression = (given.expression ?? (await askForExpression()))?.trim();
  if (!expression) return;
  const options = { location: vscode.ProgressLocation.Notification, title: `Comparing backends: ${expression}` };
  const { text } = await vscode.window.withProgress(options, () =>
    source.request('tensor/compareBackends', { expression, frameId }),
  );
  const document = await vscode.workspace.openTextDocument({ content: text });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
}

function askForExpression(): Thenable<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  return vscode.window.showInputBox({
    title: 'Compare Backends',
    prompt:
      'A tensor, whose op is looked for in the source, or an op. It is run again in the stopped frame, and on the cpu backend.',
    placeHolder: 'logits, or tf.matMul(a, b)',
    value: editor?.document.getText(editor.selection) ?? '',
  });
}
