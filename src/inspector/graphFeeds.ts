/** Values for a graph's inputs, from where a person names them: an expression of the frame, a handle, or a file. */
import { basename, resolve } from 'node:path';
import type { Protocol } from 'devtools-protocol';
import { splitFileMember } from '../formats/fileMember.ts';
import type { StoredTensor } from '../formats/format.ts';
import { openFile } from '../formats/nodeFiles.ts';
import { withFileName } from '../formats/openTensorFile.ts';
import { formatForFile } from '../formats/registry.ts';
import type { AgentFeed } from '../protocol/agent.ts';
import { TensorError } from '../protocol/errors.ts';
import { encodeElements } from '../tensor/dtypes.ts';
import { notATensor } from './evaluate.ts';
import { formatBytes, formatType } from '../tensor/preview.ts';
import { wholeSlice } from '../tensor/slice.ts';

/** What goes to the program in one message; Node closes the connection at about twice as much base64. */
const maxFileBytes = 48 * 2 ** 20;

/** Formats whose numbers are digits: they have no dtype that the author chose. */
const plainFormats = new Set(['csv', 'tsv']);

type FedValue = Omit<Extract<AgentFeed, { plain: boolean }>, 'name'>;

/** A primitive that an expression gave: a number, a boolean or a string, of rank 0. Undefined for anything else. */
export function primitiveFeed({
  type,
  value,
  unserializableValue,
}: Protocol.Runtime.RemoteObject): FedValue | undefined {
  const scalar = { shape: [], plain: true };
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  if (type === 'number') {
    const number = Number(unserializableValue ?? value);
    return { ...scalar, dtype: 'float64', base64: base64(encodeElements([number], 'float64')) };
  }
  if (type === 'bigint' && unserializableValue !== undefined) {
    const integer = BigInt(unserializableValue.slice(0, -1));
    return { ...scalar, dtype: 'int64', base64: base64(encodeElements([integer], 'int64')) };
  }
  if (type === 'boolean') return { ...scalar, dtype: 'bool', base64: base64(Uint8Array.of(value ? 1 : 0)) };
  return type === 'string' ? { ...scalar, dtype: 'string', strings: [value as string] } : undefined;
}

/**
 * Why what an expression gave feeds nothing.
 * @param problem of an array
 */
export function noFeed(
  input: string,
  expression: string,
  value: Protocol.Runtime.RemoteObject,
  problem: string | undefined,
): TensorError {
  if (problem === undefined) return notATensor(expression, value);
  return new TensorError({
    code: 'invalid-feed',
    message: `"${expression}" can't feed ${input}: ${problem}.`,
    help: 'Feed nested arrays of numbers whose rows have one length, typed arrays, or tensors.',
  });
}

/**
 * @param path of a file, or of a tensor in it: `batch.npz#images`
 * @throws TensorError `file-system`, `unknown-format`, `invalid-file`, `invalid-feed`, `too-large`
 */
export async function fileFeed(input: string, path: string): Promise<FedValue> {
  const { file, member } = splitFileMember(resolve(path));
  const format = formatForFile(file);
  if (!format.open) {
    throw new TensorError({
      code: 'unknown-format',
      message: `${basename(file)} can't feed ${input}: ${format.label} files are only written.`,
      help: 'Use .npy, .npz, .safetensors, .csv or .json.',
    });
  }
  const opened = await openFile(file);
  try {
    const tensors = await format.open(opened).catch((error: unknown) => {
      throw withFileName(error, file);
    });
    const stored = chosen(tensors, { input, member }, basename(file));
    if (stored.byteLength > maxFileBytes) {
      throw new TensorError({
        code: 'too-large',
        message: `${basename(file)} has ${formatBytes(stored.byteLength)} (${formatType(stored.dtype, stored.shape)}); up to ${formatBytes(maxFileBytes)} can be fed from a file.`,
        help: 'Load it in the program, and feed the variable that holds it.',
      });
    }
    const values = await stored.read(wholeSlice(stored.shape));
    const { dtype, shape } = stored;
    // JSON without a dtype is read as float64.
    const plain = plainFormats.has(format.name) || (format.name === 'json' && dtype === 'float64');
    if (!(values instanceof Uint8Array)) return { dtype, shape, plain, strings: values };
    return {
      dtype,
      shape,
      plain,
      base64: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
    };
  } finally {
    await opened.close();
  }
}

/** Of a file of several tensors, the one that is named, or has the input's name. */
function chosen(
  tensors: readonly StoredTensor[],
  { input, member }: { input: string; member: string | undefined },
  file: string,
): StoredTensor {
  const [first, second] = tensors;
  const wanted = member === undefined ? [input, input.replace(/:0$/, '')] : [member];
  const named = tensors.find(({ name }) => wanted.includes(name));
  if (named) return named;
  if (first && !second && member === undefined) return first;
  const names = tensors.map(({ name }) => name);
  throw new TensorError({
    code: 'invalid-feed',
    message: first
      ? `${file} holds ${tensors.length === 1 ? 'one tensor' : `${tensors.length} tensors`}, and none is called ${member ?? input}: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', ...' : ''}.`
      : `${file} holds no tensor.`,
    help: `Name the one that is meant: ${input}=${file}#NAME.`,
  });
}
