/** Saving tensors as files. The file appears only when it is whole; cancelled, nothing is left behind. */
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { TensorWarning } from '../../protocol/tensor.ts';
import { formatBytes } from '../../tensor/preview.ts';
import type { TensorReader } from '../sources/tensorSource.ts';
import type { FrameTensors } from '../tree/frameTensors.ts';
import { chooseTensor, tensorsInScope } from './chooseTensor.ts';
import type { CommandArguments, Given } from './given.ts';

interface FileType {
  label: string;
  extension: string;
  /** The line of Python that reads the file. */
  python: (path: string) => string;
  fortranOrder?: boolean;
}

const npy: FileType = { label: 'NumPy array', extension: 'npy', python: (path) => `np.load(${path})` };
const npz: FileType = { label: 'NumPy archive', extension: 'npz', python: (path) => `np.load(${path})` };
const fortranNpy: FileType = { ...npy, label: 'NumPy array in Fortran order', fortranOrder: true };
/** SciPy's layout: the one array file that keeps a sparse tensor sparse. */
const sparseNpz: FileType = {
  label: 'SciPy sparse matrix',
  extension: 'npz',
  python: (path) => `scipy.sparse.load_npz(${path})`,
};
const csv: FileType = { label: 'CSV', extension: 'csv', python: (path) => `np.loadtxt(${path}, delimiter=",")` };

export function saveNpy(frame: FrameTensors, given?: Given): Promise<void> {
  return saveOne(frame, given, npy);
}

export function saveNpyFortran(frame: FrameTensors, given?: Given): Promise<void> {
  return saveOne(frame, given, fortranNpy);
}

export function saveCsv(frame: FrameTensors, given?: Given): Promise<void> {
  return saveOne(frame, given, csv);
}

export async function saveAllNpz(frame: FrameTensors, given?: CommandArguments): Promise<void> {
  const { source, readable } = await tensorsInScope(frame);
  const names = new Set<string>();
  const tensors = readable.map(({ expression, scope, tensor }) => {
    // An archive has every name once; an outer variable may have the name of an inner one.
    const name = names.has(expression) ? `${scope}.${expression}` : expression;
    names.add(name);
    return { name, tensor: { id: tensor.id } };
  });
  await save(source, [...new Map(tensors.map((item) => [item.name, item])).values()], npz, 'tensors', given?.file);
}

async function saveOne(frame: FrameTensors, given: Given, type: FileType) {
  const chosen = await chooseTensor(frame, given);
  if (!chosen) return;
  const { source, expression, tensor } = chosen;
  const file = given && !('kind' in given) ? given.file : undefined;
  const name = expression.replace(/[^\p{L}\p{N}_-]+/gu, '_').replace(/^_+|_+$/g, '') || 'tensor';
  const fileType = type === npy && tensor.kind === 'sparse' ? sparseNpz : type;
  await save(source, [{ name: expression, tensor: { id: tensor.id } }], fileType, name, file);
}

async function save(
  source: TensorReader,
  tensors: { name: string; tensor: { id: string } }[],
  type: FileType,
  defaultName: string,
  givenFile: string | undefined,
): Promise<void> {
  const file = givenFile ?? (await askForFile(type, defaultName, source.session?.workspaceFolder));
  if (file === undefined) return;
  const title = `Saving ${basename(file)}`;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const { export: written, warnings } = await vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const cancelling = token.onCancellationRequested(() => controller.abort());
    let done = 0;
    try {
      return await source.request(
        'tensor/export',
        // Whoever chose an existing file was asked by the dialog.
        { tensors, file, force: true, ...(type.fortranOrder && { fortranOrder: true }) },
        {
          signal: controller.signal,
          onProgress: (fraction, bytes) => {
            progress.report({ increment: (fraction - done) * 100, message: formatBytes(bytes) });
            done = fraction;
          },
        },
      );
    } finally {
      cancelling.dispose();
    }
  });
  void tellSaved(written.file, written.bytes, tensors.length, type, warnings);
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
  const copy = 'Copy Python Line';
  const said = warnings.map(({ message, help }) => `${message} ${help}`).join(' ');
  const chosen =
    said === ''
      ? await vscode.window.showInformationMessage(text, copy)
      : await vscode.window.showWarningMessage(`${text} ${said}`, copy);
  if (chosen === copy) await vscode.env.clipboard.writeText(type.python(JSON.stringify(file)));
}
