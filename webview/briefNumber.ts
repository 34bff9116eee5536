import { roundNumber } from '../src/tensor/roundNumber.ts';

/** A number beside a picture, as the end of a range is, or a percentage: more than four digits would say nothing there. */
export function briefNumber(value: number): string {
  return roundNumber(value, 4);
}
