/** From the dtype that a runtime stores to the dtype that the tensor has: TF.js keeps bool as int32 on webgpu, for one. */
import type { DType } from '../../protocol/tensor.ts';
import { dataViewOf, elementReader, elementWriter, itemSize } from '../../tensor/dtypes.ts';

/** @param bytes dense elements of `from` */
export function convert(bytes: Uint8Array, from: DType, to: DType): Uint8Array {
  if (from === to || (from === 'uint8' && to === 'bool') || from === 'unknown' || to === 'unknown') return bytes;
  const size = itemSize(from);
  const length = bytes.byteLength / size;
  const result = new Uint8Array(length * itemSize(to));
  const [source, target] = [dataViewOf(bytes), dataViewOf(result)];
  const read = elementReader(from);
  const write = elementWriter(to);
  for (let i = 0; i < length; i++) write(target, i * itemSize(to), read(source, i * size));
  return result;
}

/** Interleaves real and imaginary parts: complex64 from two float32. */
export function interleave(real: Uint8Array, imag: Uint8Array, partSize: number): Uint8Array {
  const result = new Uint8Array(real.byteLength + imag.byteLength);
  for (let from = 0, to = 0; from < real.byteLength; from += partSize, to += 2 * partSize) {
    result.set(real.subarray(from, from + partSize), to);
    result.set(imag.subarray(from, from + partSize), to + partSize);
  }
  return result;
}
