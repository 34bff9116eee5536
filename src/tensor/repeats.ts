/** Broadcast axes: along an axis of stride 0 the same elements come again and again. */
import type { TensorStatistics } from '../protocol/tensor.ts';
import { ravelIndex, sizeOf, unravelIndex } from './shape.ts';

/** The shape of the elements that are stored: one along each axis of stride 0. */
export function distinctShape(shape: readonly number[], strides: readonly number[] = []): number[] {
  return shape.map((count, axis) => (strides[axis] === 0 ? Math.min(count, 1) : count));
}

/** Statistics of a whole shape, from those of its distinct elements: each counts as often as it comes. */
export function repeated(
  stats: Omit<TensorStatistics, 'cost'>,
  distinct: readonly number[],
  shape: readonly number[],
): Omit<TensorStatistics, 'cost'> {
  const { histogram, firstNotFinite } = stats;
  if (stats.count === 0) return stats;
  const times = sizeOf(shape) / sizeOf(distinct);
  return {
    ...stats,
    count: stats.count * times,
    zeros: stats.zeros * times,
    nan: stats.nan * times,
    posInf: stats.posInf * times,
    negInf: stats.negInf * times,
    firstNotFinite: firstNotFinite === null ? null : ravelIndex(unravelIndex(firstNotFinite, distinct), shape),
    histogram: histogram && { ...histogram, counts: histogram.counts.map((count) => count * times) },
  };
}
