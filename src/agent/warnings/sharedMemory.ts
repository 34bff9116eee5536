import type { TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';
import { namesInWords } from './names.ts';

export interface InMemory {
  expression: string;
  tensor: TensorDescriptor;
  /** Undefined if the values are not in host memory. */
  bytes: Uint8Array | undefined;
}

/** Arrays of the program that are the memory of tensors in the same frame; all of them are told. */
export function warnOfSharedMemory(listed: readonly InMemory[]): void {
  const byBuffer = new Map<ArrayBufferLike, InMemory[]>();
  for (const entry of listed) {
    if (!entry.bytes) continue;
    const here = byBuffer.get(entry.bytes.buffer);
    if (here) here.push(entry);
    else byBuffer.set(entry.bytes.buffer, [entry]);
  }
  for (const sharers of byBuffer.values()) {
    const arrays = sharers.filter(({ tensor }) => tensor.kind === 'array');
    const tensors = sharers.filter(({ tensor }) => tensor.kind !== 'array');
    for (const array of arrays) {
      const owners = tensors.filter(({ bytes }) => overlap(bytes!, array.bytes!));
      if (owners.length === 0) continue;
      const warning = sharedMemory(array, owners);
      for (const { tensor } of [array, ...owners]) tensor.warnings = [...tensor.warnings, warning];
    }
  }
}

function sharedMemory(array: InMemory, owners: readonly InMemory[]): TensorWarning {
  const { expression } = array;
  const names = namesInWords(owners.map((owner) => owner.expression));
  const copy = copyOf(array);
  const remade = remadeOf(owners[0]!, array, copy);
  return {
    code: 'shared-memory',
    message:
      owners.length === 1
        ? `${expression} is the memory of the tensor ${names} itself: writing to ${expression} changes ${names}.`
        : `${expression} is the memory of the tensors ${names} themselves: writing to ${expression} changes all of them.`,
    help: `Work on a copy: ${copy}${remade === undefined ? '' : `; or make the tensor of one: ${remade}`}.`,
  };
}

/** What makes a copy of an array, as one would type it. */
function copyOf({ expression, tensor: { runtime, className } }: InMemory): string {
  if (runtime === 'tfjs') return `tf.buffer(${expression}.shape, ${expression}.dtype, ${expression}.values.slice())`;
  if (runtime === 'tensor-debugger') return `${expression}.copy()`;
  if (runtime !== 'typed-array') return `a copy of ${expression}`;
  // The slice() of a Node buffer is a view, and a DataView has none.
  if (className === 'Buffer') return `Buffer.from(${expression})`;
  const bytes = `new Uint8Array(${expression}.buffer, ${expression}.byteOffset, ${expression}.byteLength)`;
  return `${className === 'DataView' ? bytes : expression}.slice()`;
}

/** What makes a tensor like the one that is over an array, over a copy of it; undefined where no line is known for it. */
function remadeOf({ expression, tensor: { runtime } }: InMemory, array: InMemory, copy: string): string | undefined {
  if (runtime === 'tfjs' && array.tensor.runtime === 'tfjs') return `${copy}.toTensor()`;
  if (runtime === 'tfjs') return `tf.tensor(${copy}, ${expression}.shape, ${expression}.dtype)`;
  return runtime === 'onnxruntime' ? `new Tensor(${expression}.type, ${copy}, ${expression}.dims)` : undefined;
}

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}
