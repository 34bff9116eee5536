/** Putting a file's values into a variable of the stopped program, as a new tensor of its own runtime. */
import * as vscode from 'vscode';
import { formats } from '../../formats/registry.ts';
import { reportText, TensorError } from '../../protocol/errors.ts';
import { formatType } from '../../tensor/preview.ts';
import type { FrameTensors } from '../sources/frameTensors.ts';
import { chooseTensor } from './chooseTensor.ts';
import type { Given } from './given.ts';
import { withProgress } from './progress.ts';

const readable = formats.flatMap((format) => (format.open ? format.extensions.map((ending) => ending.slice(1)) : []));

export async function replaceFromFile(frame: FrameTensors, given: Given): Promise<void> {
  const chosen = await chooseTensor(frame, given);
  if (!chosen) return;
  const { expression, tensor } = chosen;
  const type = formatType(tensor.dtype, tensor.shape);
  const file = given.file ?? (await askForFile(expression, type));
  if (file === undefined) return;
  const { focus } = frame;
  if (focus.kind !== 'stopped') {
    throw new TensorError({
      code: 'not-paused',
      message: 'The program ran on before the file was chosen; nothing was replaced.',
      help: 'Choose it again at the next stop.',
    });
  }
  const { source, frameId } = focus;
  const { message, warnings } = await withProgress(`Replacing ${expression}`, (progress) =>
    source.request('tensor/assign', { expression, file, frameId }, progress),
  );
  void frame.refresh();
  // The command is over, whenever the message is put away.
  if (warnings.length === 0) void vscode.window.showInformationMessage(message);
  else {
    void vscode.window.showWarningMessage([message, ...warnings.map(reportText)].join(' '));
  }
}

async function askForFile(expression: string, type: string): Promise<string | undefined> {
  const uris = await vscode.window.showOpenDialog({
    title: `Values for ${expression}, ${type}`,
    openLabel: 'Replace',
    filters: { 'Tensor files': readable },
  });
  return uris?.[0]?.fsPath;
}
