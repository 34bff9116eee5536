/** Statistics over every element of a tensor that is read by windows, in bounded memory. */
import { assertNotCancelled, type Cancellation } from '../protocol/errors.ts';
import type { AxisRange, TensorStatistics } from '../protocol/tensor.ts';
import { blocks } from './blocks.ts';
import { itemSize } from './dtypes.ts';
import { flatIndex, type ElementSource } from './elementSource.ts';
import { HistogramAccumulator } from './histogram.ts';
import { jsonElement } from './jsonValue.ts';
import { sizeOf } from './shape.ts';
import { StatisticsAccumulator } from './statistics.ts';

/** What is in memory of a tensor that is read from one end to the other. */
const chunkBytes = 4 * 2 ** 20;

export interface StatisticsRun {
  /** Of a histogram; 0: none is asked for. */
  bins?: number;
  signal?: Cancellation | undefined;
  /** Fractions from 0 to 1, and the bytes so far. */
  onProgress?: ((fraction: number, bytes: number) => void) | undefined;
}

/** @returns the statistics but for their cost, and how many bytes were read for them. @throws TensorError `cancelled` */
export async function sourceStatistics(
  source: ElementSource,
  { bins = 0, signal, onProgress }: StatisticsRun = {},
): Promise<{ stats: Omit<TensorStatistics, 'cost'>; bytes: number }> {
  const { dtype, shape } = source;
  const accumulator = new StatisticsAccumulator(dtype);
  const order = source.fortranOrder ? 'column-major' : 'row-major';
  const total = (bins > 0 ? 2 : 1) * sizeOf(shape) * itemSize(dtype);
  let firstNotFinite = Infinity;
  let seen = 0;
  const pass = async (visit: (bytes: Uint8Array, ranges: readonly AxisRange[]) => void): Promise<void> => {
    for (const ranges of blocks(shape, chunkBytes / itemSize(dtype), order)) {
      assertNotCancelled(signal, `Reading ${source.name} was cancelled.`);
      const bytes = (await source.read(ranges)) as Uint8Array;
      visit(bytes, ranges);
      seen += bytes.length;
      onProgress?.(seen / total, seen);
    }
  };
  await pass((bytes, ranges) => {
    const counted = new StatisticsAccumulator(dtype);
    counted.add(bytes, 0);
    const partial = counted.partial();
    accumulator.merge({ ...partial, firstNotFinite: null });
    // Within a window row-major order is that of the whole tensor, so its first is the only one to look at.
    if (partial.firstNotFinite !== null) {
      firstNotFinite = Math.min(firstNotFinite, flatIndex(partial.firstNotFinite, ranges, shape));
    }
  });
  const { min, max, std, ...summary } = accumulator.finish();
  let histogram = null;
  if (bins > 0 && min !== null && max !== null) {
    const binned = new HistogramAccumulator(dtype, Number(min), Number(max), bins);
    await pass((bytes) => binned.add(bytes));
    histogram = binned.finish();
  }
  onProgress?.(1, seen);
  const extreme = (value: number | bigint | null) =>
    value === null ? null : (jsonElement(value, dtype) as number | string);
  const stats = {
    ...summary,
    min: extreme(min),
    max: extreme(max),
    // Finite elements whose squares overflow: infinite, as NumPy has it.
    std: Number.isNaN(std) ? Infinity : std,
    firstNotFinite: firstNotFinite === Infinity ? null : firstNotFinite,
    where: 'host' as const,
    histogram,
  };
  return { stats, bytes: seen };
}
