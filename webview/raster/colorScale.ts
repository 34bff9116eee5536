/** From values to levels of a colour map: the range, with or without outliers, and which map where nobody chose one. */
import type { Histogram, TensorStatistics } from '../../src/protocol/tensor.ts';
import type { Colormap } from '../../src/protocol/viewer.ts';
import type { NamedColormap } from '../../src/tensor/colormaps.ts';

export interface ValueRange {
  min: number;
  max: number;
}

/** What the outermost colours leave out on either side. */
const outermost = 0.02;

/** The finite values' range; with `robust`, from their 2nd to their 98th percentile. Null where none is finite. */
export function rangeOfValues(values: ArrayLike<number>, robust: boolean): ValueRange | null {
  const finite = Float64Array.from(values).filter(Number.isFinite).sort();
  if (finite.length === 0) return null;
  // Linear between neighbours, as numpy.percentile.
  const at = (share: number): number => {
    const place = share * (finite.length - 1);
    const below = finite[Math.floor(place)] as number;
    return below + ((finite[Math.ceil(place)] as number) - below) * (place % 1);
  };
  return robust ? { min: at(outermost), max: at(1 - outermost) } : { min: at(0), max: at(1) };
}

/** The same, as near as statistics of the whole tensor tell. */
export function rangeOfStatistics({ min, max, histogram }: TensorStatistics, robust: boolean): ValueRange | null {
  if (!histogram) return null;
  // Of equal elements, the histogram's range is wider than theirs.
  return robust && min !== max ? percentiles(histogram) : { min: Number(min), max: Number(max) };
}

/** Linear within the bins that hold them. */
function percentiles({ min, max, counts }: Histogram): ValueRange {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const width = (max - min) / counts.length;
  const at = (share: number): number => {
    let left = share * total;
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin] as number;
      if (count > 0 && left <= count) return min + (bin + left / count) * width;
      left -= count;
    }
    return max;
  };
  return { min: at(outermost), max: at(1 - outermost) };
}

export interface ColorScale {
  map: NamedColormap;
  min: number;
  max: number;
}

/** `auto` is diverging where values lie on both sides of zero; a diverging map has zero in its middle. */
export function colorScale({ min, max }: ValueRange, chosen: Colormap): ColorScale {
  const map = chosen === 'auto' ? (min < 0 && max > 0 ? 'diverging' : 'viridis') : chosen;
  if (map !== 'diverging') return { map, min, max };
  const reach = Math.max(Math.abs(min), Math.abs(max));
  return { map, min: -reach, max: reach };
}

/** 0 to 255; values outside of the range get the outermost levels. A range of one value is its middle. */
export function levelOf(value: number, { min, max }: ValueRange): number {
  if (max === min) return value < min ? 0 : value > max ? 255 : 127;
  // Halved, so that a range from -1e308 to 1e308 does not overflow.
  const share = (value / 2 - min / 2) / (max / 2 - min / 2);
  return Math.round(255 * Math.max(0, Math.min(1, share)));
}
