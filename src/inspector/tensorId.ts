/** Ids of tensors: the agent's handle and, where the tensor was named with `as dtype[shape]`, how to read it. */
import type { Reinterpretation } from '../protocol/agent.ts';
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { isDType, itemSize } from '../tensor/dtypes.ts';

/** A handle, and how to read it where it was named with `as dtype[shape]`: both travel in the tensor's id. */
export function parseId(id: string): { id: string; as?: Reinterpretation } {
  const [handle, dtype, shape] = id.split(':');
  if (handle === undefined || dtype === undefined || !isDType(dtype)) return { id };
  const counts = shape === undefined ? {} : { shape: shape.split(',').filter(Boolean).map(Number) };
  return { id: handle, as: { dtype, ...counts } };
}

/** What `parseId` takes apart. */
export function formatId(id: string, as?: Reinterpretation): string {
  if (!as) return id;
  return as.shape ? `${id}:${as.dtype}:${as.shape.join(',')}` : `${id}:${as.dtype}`;
}

/** @throws TensorError `invalid-argument` */
export function asDType(text: string): DType {
  if (isDType(text) && itemSize(text) > 0) return text;
  throw new TensorError({
    code: 'invalid-argument',
    message: `"${text}" is not a dtype that memory can be read as.`,
    help: 'Use one of float16, bfloat16, float32, float64, int8 to int64, uint8 to uint64, bool, complex64, complex128.',
  });
}
