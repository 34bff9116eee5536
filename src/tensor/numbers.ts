/**
 * Numbers as text: the fewest decimal digits that read back to the same float. A float32 that holds 3.7 prints as 3.7,
 * not as 3.700000047683716, the digits of the double that it widens to.
 */
import type { DType } from '../protocol/tensor.ts';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './dtypes.ts';
import type { Element } from './dtypes.ts';
import { floatFormats, shortestDecimal } from './shortestDecimal.ts';

type SmallFloat = 'float16' | 'bfloat16' | 'float32';

function readsBack(candidate: number, value: number, dtype: SmallFloat): boolean {
  if (dtype === 'float32') return Math.fround(candidate) === value && !isFalseTie(candidate, value);
  if (dtype === 'float16') return float16ToNumber(numberToFloat16(candidate)) === value;
  return bfloat16ToNumber(numberToBfloat16(candidate)) === value;
}

/**
 * Reading a decimal as a double and then rounding to float32 goes wrong where the double is a tie between two floats
 * and the decimal is not. Such a candidate is not used. (Integers below 2^53 are exact, so their ties are real; the
 * 16-bit formats have too few digits to come that near to a tie.)
 * @param rounded the float32 that `value` rounds to
 */
function isFalseTie(value: number, rounded: number): boolean {
  // The mirror image of a float32 in `value` is its neighbour only if `value` is the middle between the two.
  const mirrored = 2 * value - rounded;
  if (mirrored === rounded || Math.fround(mirrored) !== mirrored) return false;
  return !(Number.isInteger(value) && Math.abs(value) < 2 ** 53);
}

// Exact powers, all that `shortestDecimal` has for these dtypes.
const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

function shortestMagnitude(value: number, dtype: SmallFloat): number {
  const decimal = shortestDecimal(value, floatFormats[dtype]);
  if (decimal) {
    // An integer below 2^53 and an exact power: one division or multiplication gives the double nearest to the decimal.
    const power = powersOfTen[Math.abs(decimal.shift)] as number;
    return decimal.shift >= 0 ? decimal.low / power : decimal.low * power;
  }
  for (let digits = 1; digits <= floatFormats[dtype].digits; digits++) {
    const text = value.toPrecision(digits);
    if (readsBack(Number(text), value, dtype)) return Number(text);
    // Below a power of two the floats lie twice as dense: the nearest decimal may miss there, and the next one above hit.
    if (readsBack(nextDecimal(text), value, dtype)) return nextDecimal(text);
  }
  return value;
}

/** The decimal one unit in the last place above a text such as `1.2345e-20`. */
function nextDecimal(text: string): number {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const fraction = mantissa.split('.')[1] ?? '';
  const whole = BigInt(mantissa.replace('.', '')) + 1n;
  return Number(`${whole}e${Number(exponent) - fraction.length}`);
}

/**
 * The double nearest to the shortest decimal that reads back to this float; `String` of it prints that decimal.
 * @param value a value of the dtype, as a double; other dtypes than the small floats return it unchanged
 */
export function shortestNumber(value: number, dtype: DType): number {
  if (value === 0 || value - value !== 0) return value;
  if (dtype === 'complex64') dtype = 'float32';
  if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'bfloat16') return value;
  const magnitude = shortestMagnitude(Math.abs(value), dtype);
  return value < 0 ? -magnitude : magnitude;
}

/** The fewest digits that read back to the same float: `3.7`, `1e-45`, `-0`, `NaN`, `Infinity`. */
export function shortest(value: number, dtype: DType): string {
  return Object.is(value, -0) ? '-0' : String(shortestNumber(value, dtype));
}

/** Any element as text; complex numbers as Python writes them: `1.5-2j`. */
export function formatElement(value: Element, dtype: DType): string {
  if (typeof value === 'number') return shortest(value, dtype);
  if (!Array.isArray(value)) return String(value);
  const imaginary = shortest(value[1], dtype);
  return `${shortest(value[0], dtype)}${/^[-]/.test(imaginary) ? '' : '+'}${imaginary}j`;
}
