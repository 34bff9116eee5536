/** The tensors that a sparse one is made of, as TensorFlow has it: each may live anywhere, and is read as what it is. */
import { itemSize } from '../../tensor/dtypes.ts';
import { isObject } from '../safely.ts';
import type { StopContext } from '../source.ts';

export interface SparseParts {
  /** int32 or int64 [count, rank]: where the values stand. */
  indices: object;
  /** [count] */
  values: object;
  /** int32 or int64 [rank]; absent where the shape is known without it. */
  denseShape?: object;
}

/** The bytes that the values and their indices take. */
export function sparseByteLength({ indices, values }: SparseParts, stop: StopContext): number {
  const bytes = (part: object) => stop.readerOf(part)?.describe(part, stop).byteLength ?? 0;
  return bytes(indices) + bytes(values);
}

/** The dense shape where it lies in host memory: a look at it copies nothing, and the device is not asked. */
export function shapeOnHost({ denseShape }: SparseParts, stop: StopContext): number[] | undefined {
  const reader = denseShape && stop.readerOf(denseShape);
  if (!reader || reader.describe(denseShape, stop).location === 'device') return undefined;
  const source = reader.source(denseShape, stop);
  if (source.how !== 'host' || source.layout.shape.length !== 1) return undefined;
  const { dtype, shape, strides, offset } = source.layout;
  if (dtype !== 'int32' && dtype !== 'int64') return undefined;
  const { buffer, byteOffset, byteLength } = source.bytes;
  const view = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: shape[0]! }, (_, axis) => {
    const at = (offset + axis * strides[0]!) * itemSize(dtype);
    return dtype === 'int32' ? view.getInt32(at, true) : Number(view.getBigInt64(at, true));
  });
}

/** Of what the method returned, which may be anything. */
export function isSparseParts(value: unknown): value is SparseParts {
  if (!isObject(value)) return false;
  const { indices, values, denseShape } = value as Partial<SparseParts>;
  return isObject(indices) && isObject(values) && (denseShape === undefined || isObject(denseShape));
}
