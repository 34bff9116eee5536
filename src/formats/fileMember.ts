/** Which tensor of a file is meant, where one is named in a line: `archive.npz#weights`. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { TensorError } from '../protocol/errors.ts';
import type { ListedTensor } from '../protocol/requests.ts';
import type { TensorFile } from './openTensorFile.ts';

const namesInAnError = 20;

/** The file and, behind a `#`, the name of a tensor in it. A file that has the `#` in its own name is meant as it is. */
export function splitFileMember(text: string): { file: string; member?: string } {
  const hash = text.lastIndexOf('#');
  if (hash < 1 || existsSync(text)) return { file: text };
  return { file: text.slice(0, hash), member: text.slice(hash + 1) };
}

/**
 * The tensor of that name. Without a name: the only one, or the one that is called as what it is for.
 * @param purpose the name of the variable that it is for
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
