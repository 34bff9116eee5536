import type { Reinterpretation } from '../../protocol/agent.ts';
import { TensorError } from '../../protocol/errors.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { isRowMajor, rowMajorStrides, sizeOf } from '../../tensor/shape.ts';
import type { Readable } from '../readTensor.ts';

/** A tensor's bytes under another dtype and shape: how a raw buffer is typed. */
export function reinterpret(readable: Readable, { dtype, shape }: Reinterpretation): Readable {
  const { source } = readable;
  if (source.how !== 'host' && source.how !== 'webgpu') {
    throw new TensorError({
      code: 'invalid-argument',
      message: 'Only memory whose elements lie in one storage can be read as another dtype.',
    });
  }
  const size = itemSize(dtype);
  if (size === 0) {
    throw new TensorError({ code: 'invalid-argument', message: `Memory can't be read as ${dtype}.` });
  }
  const { layout } = source;
  if (!isRowMajor(layout.shape, layout.strides)) {
    throw new TensorError({
      code: 'invalid-argument',
      message: 'The tensor is not contiguous, so its bytes have no meaning as another dtype.',
    });
  }
  const bytes = sizeOf(layout.shape) * itemSize(layout.dtype);
  const wanted = shape ?? [bytes / size];
  if (!shape && bytes % size !== 0) {
    throw new TensorError({
      code: 'invalid-argument',
      message: `${bytes} bytes are no whole number of ${dtype} elements, which have ${size} bytes each.`,
      help: `To leave out the last ${bytes % size}, give the shape: ${dtype}[${Math.floor(bytes / size)}].`,
    });
  }
  const needed = sizeOf(wanted) * size;
  if (needed > bytes) {
    throw new TensorError({
      code: 'invalid-argument',
      message: `${dtype}[${wanted.join(', ')}] needs ${needed} bytes, and there are ${bytes}.`,
      help: `It holds ${Math.floor(bytes / size)} elements of ${dtype}.`,
    });
  }
  const startByte = layout.offset * itemSize(layout.dtype);
  const typed = { dtype, shape: wanted, strides: rowMajorStrides(wanted), offset: 0 };
  return {
    dtype,
    shape: wanted,
    byteLength: needed,
    source:
      source.how === 'host'
        ? { how: 'host', bytes: source.bytes.subarray(startByte), layout: typed }
        : { ...source, byteOffset: source.byteOffset + startByte, layout: typed },
  };
}
