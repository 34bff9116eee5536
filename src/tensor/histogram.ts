/**
 * Equal-width histograms as `numpy.histogram` makes them: a bin holds its lower edge and not its upper one, except the
 * last, which holds both; if all elements are equal, the range is half a unit to either side.
 */
import type { DType, Histogram } from '../protocol/tensor.ts';
import { isComplex } from './dtypes.ts';
import { blockReader } from './statisticsBlocks.ts';
import type { Block, BlockReader } from './statisticsBlocks.ts';

/** The outer edges for elements between `min` and `max`. */
export function histogramRange(min: number, max: number): { min: number; max: number } {
  return min === max ? { min: min - 0.5, max: max + 0.5 } : { min, max };
}

/** Counts elements into bins, chunk by chunk; NaN, the infinities and what lies outside the range are left out. */
export class HistogramAccumulator {
  readonly #read: BlockReader;
  readonly #edges: Float64Array;
  readonly #counts: Float64Array;

  /**
   * @param min the smallest finite element, `max` the largest; a second pass over what `StatisticsAccumulator` found
   * @param bins how many, at least 1
   */
  constructor(dtype: DType, min: number, max: number, bins: number) {
    if (isComplex(dtype)) throw new RangeError('Complex numbers have no order, so no histogram.');
    this.#read = blockReader(dtype);
    this.#edges = linearEdges(histogramRange(min, max), bins);
    this.#counts = new Float64Array(bins);
  }

  /** @param chunk whole elements, little-endian */
  add(chunk: ArrayBufferView): void {
    this.#read(chunk, 0n, (block) => countInto(this.#counts, this.#edges, block));
  }

  finish(): Histogram {
    return { min: this.#edges[0] as number, max: this.#edges.at(-1) as number, counts: [...this.#counts] };
  }
}

/** What to multiply by so that `max - min` is no more than the largest double. */
function safeScale(min: number, max: number): number {
  return max - min === Infinity ? 0.5 : 1;
}

/** As `numpy.linspace`: the last edge is the maximum itself, not a sum that comes near it. */
function linearEdges({ min, max }: { min: number; max: number }, bins: number): Float64Array {
  const scale = safeScale(min, max);
  const step = (max * scale - min * scale) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? max : (min * scale + i * step) / scale));
}

function countInto(counts: Float64Array, edges: Float64Array, { values, count }: Block): void {
  const bins = counts.length;
  const min = edges[0] as number;
  const max = edges[bins] as number;
  const scale = safeScale(min, max);
  const range = max * scale - min * scale;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    if (!(value >= min && value <= max)) continue;
    // Equal elements so large that half a unit is nothing leave a range without a width: the last bin holds both edges.
    let bin = range === 0 ? bins - 1 : Math.min(Math.floor(((value * scale - min * scale) / range) * bins), bins - 1);
    // The division rounds; the edges decide.
    if (value < (edges[bin] as number)) bin--;
    else if (bin < bins - 1 && value >= (edges[bin + 1] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
}
