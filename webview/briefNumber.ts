import { roundNumber } from '../src/tensor/roundNumber.ts';

/** A number beside a picture, as the end of a range is: more than four digits would say nothing there. */
export function briefNumber(value: number): string {
  return roundNumber(value, 4);
}

/** `12.5 %`; what misses a few elements is not all of them. */
export function percentage(part: number, whole: number): string {
  const text = briefNumber((100 * part) / whole);
  return text === '100' && part < whole ? '> 99.99 %' : `${text} %`;
}
