/** Geometry of the histogram's bars. */
import type { Histogram } from '../../src/protocol/tensor.ts';

/** A bin that holds one element of a billion must still be seen. */
const leastHeight = 2;

/** In pixels; empty bins have none. */
export function barHeights(counts: readonly number[], height: number, logarithmic: boolean): number[] {
  const scale = (count: number) => (logarithmic ? Math.log1p(count) : count);
  const highest = Math.max(1, ...counts.map(scale));
  return counts.map((count) => (count === 0 ? 0 : Math.max(leastHeight, (scale(count) / highest) * height)));
}

/** The bin under a place from the left edge; null where there is none. */
export function binAt(x: number, width: number, bins: number): number | null {
  const bin = Math.floor((x / width) * bins);
  return bin >= 0 && bin < bins ? bin : null;
}

export function binRange({ min, max, counts }: Histogram, bin: number): [from: number, to: number] {
  const width = max / counts.length - min / counts.length;
  return [min + bin * width, bin === counts.length - 1 ? max : min + (bin + 1) * width];
}
