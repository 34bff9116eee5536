/** Where the ticks of an axis lie, and what they say. */
import { roundNumber } from '../src/tensor/roundNumber.ts';

/**
 * Multiples of 1, 2 or 5 times a power of ten; none where there is no room between the ends.
 * @param most about so many
 */
export function ticksBetween(min: number, max: number, most: number, leastStep = 0): number[] {
  // Divided first: the extremes of float64 are further apart than its largest number.
  const rough = max / most - min / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(leastStep, power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10));
  if (!(step > 0)) return [];
  const first = Math.ceil(min / step);
  const length = Math.max(0, Math.floor(max / step) - first + 1);
  return Array.from({ length }, (_, k) => (first + k) * step);
}

/** Powers of ten, or every k-th of them, up to a count. */
export function logarithmicTicks(max: number, most: number): number[] {
  const decades = Math.floor(Math.log10(max)) + 1;
  const every = Math.ceil(decades / most);
  return Array.from({ length: Math.ceil(decades / every) }, (_, k) => 10 ** (k * every));
}

/** Numbers along an axis, with at least four digits and as many more as tell one from the next. */
export function axisTexts(values: readonly number[]): string[] {
  const [first = 0, second = first] = values;
  const largest = Math.max(...values.map(Math.abs));
  const digits = Math.ceil(Math.log10(largest / Math.abs(second - first))) + 2;
  return values.map((value) => roundNumber(value, Number.isFinite(digits) ? Math.min(17, Math.max(4, digits)) : 4));
}
