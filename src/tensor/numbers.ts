/**
 * Numbers as text: the fewest decimal digits that read back to the same float. A float32 that holds 3.7 prints as 3.7,
 * not as 3.700000047683716, the digits of the double that it widens to.
 */
import type { DType } from '../protocol/tensor.ts';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './dtypes.ts';
import type { Element } from './dtypes.ts';

type SmallFloat = 'float16' | 'bfloat16' | 'float32';

/** A binary float format as the search for its shortest digits sees it. */
interface FloatFormat {
  /** Any two decimals of so many digits read as different normal floats, so no search below is needed. */
  distinctDigits: number;
  /** So many digits always read back. */
  sufficientDigits: number;
  smallestNormal: number;
}

// Digits: floor((p - 1) log10 2) and 1 + ceil(p log10 2) for p bits of precision (11, 8, 24).
const formats: Record<SmallFloat, FloatFormat> = {
  float16: { distinctDigits: 3, sufficientDigits: 5, smallestNormal: 2 ** -14 },
  bfloat16: { distinctDigits: 2, sufficientDigits: 4, smallestNormal: 2 ** -126 },
  float32: { distinctDigits: 6, sufficientDigits: 9, smallestNormal: 2 ** -126 },
};

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

// 10^-22 to 10^22. Those from 10^0 on are exact; the others only tell floats apart, none of which lies that near to one.
const exactPowers = 22;
const powersOfTen = Float64Array.from({ length: 2 * exactPowers + 1 }, (_, i) => Number(`1e${i - exactPowers}`));

function powerOfTen(exponent: number): number {
  return powersOfTen[exponent + exactPowers] as number;
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** floor(log10(value)) for a positive normal float32 between 1e-22 and 1e22, whose bits are given. */
function decimalExponent(value: number, bits: number): number {
  const estimate = Math.floor(((bits >>> 23) - 127) * Math.LOG10E * Math.LN2);
  return value >= powerOfTen(estimate + 1) ? estimate + 1 : estimate;
}

/** As NumPy rounds the last digit: 445038.625 becomes 445038.62. */
function roundTiesToEven(value: number): number {
  return value + 2 ** 52 - 2 ** 52;
}

/**
 * A decimal as whole * 10^-shift; `whole` is -1 where it was found as text. One object is reused, so that a loop over
 * millions of elements allocates nothing.
 */
const decimal = { whole: -1, shift: 0 };

function found(candidate: number, whole: number, shift: number): number {
  decimal.whole = whole;
  decimal.shift = shift;
  return candidate;
}

function shortestMagnitude(value: number, dtype: SmallFloat): number {
  decimal.whole = -1;
  const { distinctDigits, sufficientDigits, smallestNormal } = formats[dtype];
  single[0] = value;
  const bits = singleBits[0] as number;
  const normal = value >= smallestNormal;
  let digits = normal ? distinctDigits : 1;
  // Below a power of two the floats lie twice as dense: the nearest decimal may miss there, and the next one above hit.
  const lopsided = normal && (bits & 0x7fffff) === 0;
  if (value > 1e-12 && value < 1e21) {
    // Within these bounds the scaled integer and the power of ten are exact, so one division or multiplication gives
    // the double nearest to the decimal, without any text.
    const exponent = decimalExponent(value, bits);
    for (; digits <= sufficientDigits; digits++) {
      const shift = digits - 1 - exponent;
      const power = powerOfTen(Math.abs(shift));
      const whole = roundTiesToEven(shift >= 0 ? value * power : value / power);
      const candidate = shift >= 0 ? whole / power : whole * power;
      if (readsBack(candidate, value, dtype)) return found(candidate, whole, shift);
      const above = shift >= 0 ? (whole + 1) / power : (whole + 1) * power;
      if (lopsided && readsBack(above, value, dtype)) return found(above, whole + 1, shift);
    }
  } else {
    for (; digits <= sufficientDigits; digits++) {
      const text = value.toPrecision(digits);
      if (readsBack(Number(text), value, dtype)) return Number(text);
      if (lopsided && readsBack(nextDecimal(text), value, dtype)) return nextDecimal(text);
    }
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

/**
 * The parts of the shortest decimal of a positive finite value, `whole * 10^-shift`, or null where only its text is
 * known. The object is the same at every call.
 */
export function shortestDecimal(value: number, dtype: SmallFloat): Readonly<{ whole: number; shift: number }> | null {
  shortestMagnitude(value, dtype);
  return decimal.whole < 0 ? null : decimal;
}

/** Any element as text; complex numbers as Python writes them: `1.5-2j`. */
export function formatElement(value: Element | string, dtype: DType): string {
  if (typeof value === 'number') return shortest(value, dtype);
  if (!Array.isArray(value)) return String(value);
  const imaginary = shortest(value[1], dtype);
  return `${shortest(value[0], dtype)}${/^[-]/.test(imaginary) ? '' : '+'}${imaginary}j`;
}
