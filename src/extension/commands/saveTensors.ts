/** Saving tensors as files. The file appears only when it is whole; cancelled, nothing is left behind. */
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { reportText, TensorError } from '../../protocol/errors.ts';
import type { TensorRequests } from '../../protocol/requests.ts';
import type { TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';
import { formatBytes } from '../../tensor/preview.ts';
import type { TensorReader } from '../sources/tensorSource.ts';
import type { FrameTensors } from '../sources/frameTensors.ts';
import { chooseTensor, tensorsInScope } from './chooseTensor.ts';
import { csv, fileTypesFor, npz, numpyType, type FileType } from './fileTypes.ts';
import type { Given } from './given.ts';
import { withProgress } from './progress.ts';

export function saveNpy(frame: FrameTensors, given: Given): Promise<void> {
  return saveOne(frame, given, numpyType);
}

export function saveCsv(frame: FrameTensors, given: Given): Promise<void> {
  return saveOne(frame, given, () => csv);
}

export function saveAs(frame: FrameTensors, given: Given): Promise<void> {
  return saveOne(frame, given, askForType);
}

async function askForType(tensor: TensorDescriptor, name: string): Promise<FileType | undefined> {
  const items = fileTypesFor(tensor).map((type) => {
    const { label, extension, description } = type;
    return { label, description: `.${extension}${description === undefined ? '' : `, ${description}`}`, type };
  });
  return (await vscode.window.showQuickPick(items, { title: `Save ${name}`, placeHolder: 'As which kind of file?' }))
    ?.type;
}

export async function saveAllNpz(frame: FrameTensors, { file }: Given): Promise<void> {
  const { source, readable } = await tensorsInScope(frame);
  const names = new Set<string>();
  const tensors = readable.map(({ expression, scope, tensor }) => {
    // An archive has every name once; an outer variable may have the name of an inner one.
    const name = names.has(expression) ? `${scope}.${expression}` : expression;
    names.add(name);
    return { name, tensor: { id: tensor.id } };
  });
  await save(source, [...new Map(tensors.map((item) => [item.name, item])).values()], npz, 'tensors', file);
}

async function saveOne(
  frame: FrameTensors,
  given: Given,
  typeOf: (tensor: TensorDescriptor, name: string) => FileType | undefined | Promise<FileType | undefined>,
): Promise<void> {
  const chosen = await chooseTensor(frame, given);
  if (!chosen) return;
  const { source, expression, tensor } = chosen;
  const type = await typeOf(tensor, expression);
  if (!type) return;
  const name = expression.replace(/[^\p{L}\p{N}_-]+/gu, '_').replace(/^_+|_+$/g, '') || 'tensor';
  await save(source, [{ name: expression, tensor: { id: tensor.id } }], type, name, given.file);
}

async function save(
  source: TensorReader,
  tensors: NamedTensor[],
  type: FileType,
  defaultName: string,
  givenFile: string | undefined,
): Promise<void> {
  const file = givenFile ?? (await askForFile(type, defaultName, source.session?.workspaceFolder));
  if (file === undefined) return;
  const write = (loss: 'warn' | 'refuse') => writeFile(source, tensors, file, { type, loss });
  let written: TensorRequests['tensor/export']['result'];
  try {
    written = await write(type.isPicture ? 'warn' : 'refuse');
  } catch (error) {
    if (!(error instanceof TensorError) || error.code !== 'lossy-dtype') throw error;
    const anyway = 'Save Anyway';
    if ((await vscode.window.showWarningMessage(reportText(error), anyway)) !== anyway) return;
    written = await write('warn');
  }
  void tellSaved(written.export.file, written.export.bytes, tensors.length, type, written.warnings);
}

interface NamedTensor {
  name: string;
  tensor: { id: string };
}

function writeFile(
  source: TensorReader,
  tensors: NamedTensor[],
  file: string,
  { type, loss }: { type: FileType; loss: 'warn' | 'refuse' },
): Thenable<TensorRequests['tensor/export']['result']> {
  // Whoever chose an existing file was asked by the dialog.
  const request = { tensors, file, force: true, loss, ...(type.encoding && { encoding: type.encoding }) };
  return withProgress(`Saving ${basename(file)}`, (progress) => source.request('tensor/export', request, progress));
}

async function askForFile(
  { label, extension }: FileType,
  name: string,
  folder: vscode.WorkspaceFolder | undefined,
): Promise<string | undefined> {
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(folder?.uri.fsPath ?? homedir(), `${name}.${extension}`)),
    filters: { [label]: [extension] },
  });
  if (!uri) return undefined;
  // The ending names the format.
  return uri.fsPath.toLowerCase().endsWith(`.${extension}`) ? uri.fsPath : `${uri.fsPath}.${extension}`;
}

async function tellSaved(
  file: string,
  bytes: number,
  count: number,
  type: FileType,
  warnings: readonly TensorWarning[],
): Promise<void> {
  const what = count === 1 ? '' : `, ${count} tensors`;
  const text = `Saved ${basename(file)} (${formatBytes(bytes)}${what}).`;
  const { python } = type;
  const actions = python ? ['Copy Python Line'] : [];
  const said = warnings.map(({ message, help }) => `${message} ${help}`).join(' ');
  const chosen =
    said === ''
      ? await vscode.window.showInformationMessage(text, ...actions)
      : await vscode.window.showWarningMessage(`${text} ${said}`, ...actions);
  if (chosen !== undefined && python) await vscode.env.clipboard.writeText(python(JSON.stringify(file)));
}
