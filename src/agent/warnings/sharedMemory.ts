import type { TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';

export interface InMemory {
  expression: string;
  tensor: TensorDescriptor;
  /** Undefined if the values are not in host memory. */
  bytes: Uint8Array | undefined;
}

/** Arrays of the program that are the memory of a tensor in the same frame; both are told. */
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
      const own = tensors.find(({ bytes }) => overlap(bytes!, array.bytes!));
      if (!own) continue;
      const warning = sharedMemory(array.expression, own.expression);
      for (const { tensor } of [array, own]) tensor.warnings = [...tensor.warnings, warning];
    }
  }
}

function sharedMemory(array: string, tensor: string): TensorWarning {
  return {
    code: 'shared-memory',
    message: `${array} is the memory of the tensor ${tensor} itself: writing to ${array} changes ${tensor}.`,
    help: `Work on a copy: ${array}.slice(), or make the tensor of one: tf.tensor(${array}.slice()).`,
  };
}

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}
