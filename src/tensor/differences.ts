import { TensorError } from '../protocol/errors.ts';
import { difference } from './compare.ts';
import { dataViewOf, elementReader, itemSize } from './dtypes.ts';
import { shapedAs, type ElementSource } from './elementSource.ts';
import { formatType } from './preview.ts';
import { sameShape } from './shape.ts';
import { sliceSize } from './slice.ts';

/**
 * `a - b`, element by element: a float64 tensor of the same shape. Of complex numbers, how far they are apart.
 * @throws TensorError `invalid-argument` for different shapes, and for text
 */
export function differences(givenA: ElementSource, givenB: ElementSource): ElementSource {
  const [a, b] = [shapedAs(givenA, givenB), shapedAs(givenB, givenA)];
  if (!sameShape(a.shape, b.shape) || a.dtype === 'string' || b.dtype === 'string') {
    throw new TensorError({
      code: 'invalid-argument',
      message: `${a.name} (${formatType(a.dtype, a.shape)}) and ${b.name} (${formatType(b.dtype, b.shape)}) have no differences element by element.`,
      help: 'Numbers of the same shape have.',
    });
  }
  const [readA, readB] = [elementReader(a.dtype), elementReader(b.dtype)];
  const [sizeA, sizeB] = [itemSize(a.dtype), itemSize(b.dtype)];
  return {
    name: `${a.name} - ${b.name}`,
    dtype: 'float64',
    shape: a.shape,
    async read(ranges) {
      const [left, right] = (await Promise.all([a.read(ranges), b.read(ranges)])) as [Uint8Array, Uint8Array];
      const [viewA, viewB] = [dataViewOf(left), dataViewOf(right)];
      const found = Float64Array.from({ length: sliceSize(ranges) }, (_, i) =>
        difference(readA(viewA, i * sizeA), readB(viewB, i * sizeB)),
      );
      return new Uint8Array(found.buffer);
    },
  };
}
