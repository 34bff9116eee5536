/** Which tensor of a file is meant, where one is named in a line: `archive.npz#weights`. */
import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { TensorError } from '../protocol/errors.ts';
import type { ListedTensor } from '../protocol/requests.ts';
import type { StoredTensor } from './format.ts';
import { openTensorFile, type TensorFile } from './openTensorFile.ts';

const namesInAnError = 20;

/**
 * The file and, behind a `#`, the name of a tensor in it. Both may have a `#` of their own: what is there as a file is the
 * file, the longest such name before a shorter one.
 */
export function splitFileMember(text: string): { file: string; member?: string } {
  if (existsSync(text)) return { file: text };
  const splits = [...text.matchAll(/(?<!^)#/g)].map(({ index }) => ({
    file: text.slice(0, index),
    member: text.slice(index + 1),
  }));
  const isThere = ({ file }: { file: string }) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  // Where none is there, the shortest is what will be said to be missing.
  return splits.findLast(isThere) ?? splits[0] ?? { file: text };
}

/**
 * Opens a tensor for as long as `use` takes.
 * @param path of a file, or of a tensor in it: `batch.npz#images`
 * @param purpose the name of the variable or input that it is for, by which one of several is taken
 * @throws TensorError as `openTensorFile` and `selectTensor`, and why it can't be read
 */
export async function withFileMember<Result>(
  path: string,
  purpose: string | undefined,
  use: (stored: StoredTensor, file: TensorFile, member: string | undefined) => Promise<Result>,
): Promise<Result> {
  const { file: name, member } = splitFileMember(resolve(path));
  const file = await openTensorFile(name);
  try {
    return await use(file.source(selectTensor(file, member, purpose).tensor.id), file, member);
  } finally {
    await file.dispose();
  }
}

/**
 * The tensor of that name. Without a name: the only one, or the one that is called as what it is for.
 * @param purpose the name of the variable or input that it is for
 * @throws TensorError `no-such-tensor`, with the names that there are
 */
export function selectTensor(file: TensorFile, member: string | undefined, purpose?: string): ListedTensor {
  const { tensors } = file;
  const named = tensors.find(({ expression }) => expression === (member ?? purpose));
  if (named) return named;
  if (member === undefined && tensors.length === 1) return tensors[0] as ListedTensor;
  const name = basename(file.path);
  const names = tensors.slice(0, namesInAnError).map(({ expression }) => expression);
  if (tensors.length > names.length) names.push('...');
  throw new TensorError({
    code: 'no-such-tensor',
    message:
      member === undefined
        ? `${name} holds ${tensors.length} tensors; which one is meant is not clear.`
        : `${name} holds no tensor called "${member}".`,
    help: tensors.length === 0 ? 'It is empty.' : `Write ${name}#NAME with one of: ${names.join(', ')}.`,
  });
}
