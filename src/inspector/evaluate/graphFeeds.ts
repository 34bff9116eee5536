/** Values for a graph's inputs, from where a person names them: an expression of the frame, a handle, or a file. */
import { basename } from 'node:path';
import type { Protocol } from 'devtools-protocol';
import { withFileMember } from '../../formats/fileMember.ts';
import type { AgentFeed } from '../../protocol/agent.ts';
import { TensorError } from '../../protocol/errors.ts';
import { encodeElements } from '../../tensor/dtypes.ts';
import { formatBytes, formatType } from '../../tensor/preview.ts';
import { wholeSlice } from '../../tensor/slice.ts';
import { notATensor } from './evaluate.ts';

/** What goes to the program in one message; Node closes the connection at about twice as much base64. */
const maxFileBytes = 48 * 2 ** 20;

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
 * @throws TensorError `file-system`, `unknown-format`, `invalid-file`, `no-such-tensor`, `too-large`
 */
export function fileFeed(input: string, path: string): Promise<FedValue> {
  return withFileMember(path, input.replace(/:0$/, ''), async (stored, file) => {
    const { dtype, shape, byteLength } = stored;
    if (byteLength > maxFileBytes) {
      throw new TensorError({
        code: 'too-large',
        message: `${basename(file.path)} has ${formatBytes(byteLength)} (${formatType(dtype, shape)}); up to ${formatBytes(maxFileBytes)} can be fed from a file.`,
        help: 'Load it in the program, and feed the variable that holds it.',
      });
    }
    const values = await stored.read(wholeSlice(shape));
    const plain = stored.isPlain === true;
    if (!(values instanceof Uint8Array)) return { dtype, shape, plain, strings: values };
    const base64 = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
    return { dtype, shape, plain, base64 };
  });
}
