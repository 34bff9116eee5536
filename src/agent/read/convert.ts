/** From the dtype that a runtime stores to the dtype that the tensor has: TF.js keeps bool as int32 on webgpu, for one. */
import { TensorError } from '../../protocol/errors.ts';
import type { DType } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';

type Numeric = Float32Array | Float64Array | Int32Array | Uint8Array;

function typed(bytes: Uint8Array, dtype: DType): Numeric {
  const length = bytes.byteLength / itemSize(dtype);
  switch (dtype) {
    case 'float32':
      return new Float32Array(bytes.buffer, bytes.byteOffset, length);
    case 'float64':
      return new Float64Array(bytes.buffer, bytes.byteOffset, length);
    case 'int32':
      return new Int32Array(bytes.buffer, bytes.byteOffset, length);
    case 'uint8':
    case 'bool':
      return bytes;
    default:
      throw new TensorError({
        code: 'not-readable',
        message: `Values stored as ${dtype} can't be shown as another dtype.`,
      });
  }
}

/** @param bytes dense elements of `from`, in a buffer of their own (so that they are aligned) */
export function convert(bytes: Uint8Array, from: DType, to: DType): Uint8Array {
  if (from === to || (from === 'uint8' && to === 'bool') || to === 'unknown') return bytes;
  const source = typed(bytes, from);
  const result = new Uint8Array(source.length * itemSize(to));
  const target = typed(result, to);
  if (to === 'bool') for (let i = 0; i < source.length; i++) target[i] = source[i] === 0 ? 0 : 1;
  else target.set(source);
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
