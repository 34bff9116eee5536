import type { StoredTensor } from '../../formats/format.ts';
import { tensorInMemory } from '../../formats/inMemory.ts';
import { TensorError } from '../../protocol/errors.ts';
import type { DType } from '../../protocol/tensor.ts';
import { dataViewOf, elementReader, elementWriter, isBigInteger, isComplex, itemSize } from '../../tensor/dtypes.ts';
import { isHeld } from '../../tensor/isHeld.ts';
import { formatElement } from '../../tensor/numbers.ts';
import { unravelIndex } from '../../tensor/shape.ts';
import { wholeSlice } from '../../tensor/slice.ts';

/**
 * The numbers of a text that names no dtype, in the one of what they are for; floats are rounded, as they are where a
 * program reads digits. Anything else stays as it is.
 * @param name of the file
 * @throws TensorError `invalid-argument` for a number that no element of `dtype` is: 1.5 as int32, 1e300 as float32
 */
export async function numbersAs(dtype: DType, stored: StoredTensor, name: string): Promise<StoredTensor> {
  const { dtype: from, shape } = stored;
  if (!stored.isPlain || dtype === 'string' || dtype === 'unknown' || isComplex(dtype) !== isComplex(from))
    return stored;
  const given = (await stored.read(wholeSlice(shape))) as Uint8Array;
  const [fromSize, size] = [itemSize(from), itemSize(dtype)];
  const count = given.length / fromSize;
  const bytes = new Uint8Array(count * size);
  const [source, target] = [dataViewOf(given), dataViewOf(bytes)];
  const [read, write, readBack] = [elementReader(from), elementWriter(dtype), elementReader(dtype)];
  for (let i = 0; i < count; i++) {
    const value = read(source, i * fromSize);
    const isWritten = !isBigInteger(dtype) || typeof value === 'bigint' || Number.isInteger(value);
    if (isWritten) write(target, i * size, isBigInteger(dtype) ? BigInt(value as number) : value);
    if (isWritten && isHeld(value, readBack(target, i * size), dtype)) continue;
    throw new TensorError({
      code: 'invalid-argument',
      message: `${name} has ${formatElement(value, from)} at [${unravelIndex(i, shape).join(', ')}], which no ${dtype} is.`,
      help: 'Correct the number, or name a tensor of another dtype.',
    });
  }
  return { ...stored, ...tensorInMemory(stored.name, dtype, shape, bytes) };
}
