/** Looks for the nearest NaN or infinity in a tensor that is read by windows, block by block. */
import { assertNotCancelled, type Cancellation } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { blocks } from './blocks.ts';
import { isComplex, isFloat, itemSize } from './dtypes.ts';
import { flatIndex, type ElementSource } from './elementSource.ts';
import { sizeOf } from './shape.ts';
import { StatisticsAccumulator } from './statistics.ts';

/** What is in memory at a time. */
const blockBytes = 4 * 2 ** 20;
/** Looked at from its end when searching backwards; there each hit costs a look at the rest. */
const stretchElements = 4096;

/**
 * The flat (row-major) index of the nearest NaN or infinity after or before `from`, which itself is left out; null if
 * there is none.
 * @throws TensorError `cancelled`
 */
export async function findNotFinite(
  source: ElementSource,
  from: number,
  direction: 'next' | 'previous',
  signal?: Cancellation,
): Promise<number | null> {
  const { dtype, shape } = source;
  if (!isFloat(dtype) && !isComplex(dtype)) return null;
  const windows = [...blocks(shape, blockBytes / itemSize(dtype))];
  if (direction === 'previous') windows.reverse();
  for (const ranges of windows) {
    assertNotCancelled(signal, 'The search was cancelled.');
    // In row-major order a block's elements follow one another.
    const start = flatIndex(0, ranges, shape);
    const count = sizeOf(ranges.map((range) => range.count));
    const first = direction === 'next' ? Math.max(0, from + 1 - start) : 0;
    const end = direction === 'next' ? count : Math.min(count, from - start);
    if (first >= end) continue;
    const bytes = (await source.read(ranges)) as Uint8Array;
    const found = direction === 'next' ? firstIn(bytes, dtype, first, end) : lastIn(bytes, dtype, end);
    if (found !== null) return start + found;
  }
  return null;
}

function firstIn(bytes: Uint8Array, dtype: DType, first: number, end: number): number | null {
  const size = itemSize(dtype);
  const accumulator = new StatisticsAccumulator(dtype);
  accumulator.add(bytes.subarray(first * size, end * size), first);
  return accumulator.finish().firstNotFinite;
}

function lastIn(bytes: Uint8Array, dtype: DType, end: number): number | null {
  for (let stop = end; stop > 0; stop -= stretchElements) {
    let found = firstIn(bytes, dtype, Math.max(0, stop - stretchElements), stop);
    for (let later = found; later !== null; later = firstIn(bytes, dtype, later + 1, stop)) found = later;
    if (found !== null) return found;
  }
  return null;
}
