/**
 * The fewest decimal digits that read back to the same float, by arithmetic alone: the value is scaled to as many digits
 * as always suffice, and the shortest decimal that is nearer to it than half the gap to the next float is taken. Where
 * doubles can't tell (at the edge of that interval, or between two decimals as near), the answer is null, and whoever
 * asks searches in text.
 */
import type { DType } from '../protocol/tensor.ts';

/** How the digits of a binary float are found. */
interface FloatFormat {
  /** Bits of precision, with the hidden one. */
  precision: number;
  smallestNormal: number;
  /** So many digits always read back: 1 + ceil(precision * log10 2). */
  digits: number;
  /** The smallest power of ten above the whole interval of such an integer: no two multiples of it fit. */
  coarsest: number;
}

export const floatFormats = {
  float16: { precision: 11, smallestNormal: 2 ** -14, digits: 5, coarsest: 100 },
  bfloat16: { precision: 8, smallestNormal: 2 ** -126, digits: 4, coarsest: 100 },
  float32: { precision: 24, smallestNormal: 2 ** -126, digits: 9, coarsest: 1000 },
  float64: { precision: 53, smallestNormal: 2 ** -1022, digits: 17, coarsest: 100 },
} as const satisfies Partial<Record<DType, FloatFormat>>;

/** `(high * 10^8 + low) * 10^-shift`, whose integer has at most `digits` digits. */
export interface Decimal {
  /** Not 0 only for float64. */
  high: number;
  low: number;
  digits: number;
  shift: number;
}

const lowDigits = 1e8;

// 10^-22 to 10^22 are exact from 10^0 on. Those below only tell a value's magnitude, where one too large or too small is
// noticed afterwards. From 10^23 to 10^45 what a double leaves over is a double, too: 5^45 has 105 bits.
const largestPower = 45;
const exactPower = 22;
const powers = Float64Array.from({ length: 2 * largestPower + 1 }, (_, i) => Number(`1e${i - largestPower}`));
const remainders = Float64Array.from({ length: largestPower + 1 }, (_, i) =>
  Number(10n ** BigInt(i) - BigInt(Number(`1e${i}`))),
);
const powersOfTwo = Float64Array.from({ length: 2046 }, (_, i) => 2 ** (i - 1023));

/** The power of ten of a power of two; of what lies above it, this one or the next. */
const magnitudes = Int16Array.from({ length: 2046 }, (_, i) => Math.floor((i - 1023) * Math.LOG10E * Math.LN2));

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Little-endian machines have the exponent in the second word. */
const upper = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

const decimal: Decimal = { high: 0, low: 0, digits: 0, shift: 0 };

/** How the digits of a dtype are found; undefined for other dtypes than float16, bfloat16, float32 and float64. */
export function floatFormat(dtype: DType): FloatFormat | undefined {
  return (floatFormats as Partial<Record<DType, FloatFormat>>)[dtype];
}

/**
 * @param value positive and finite, a value of the format
 * @returns the same object at every call, so that a loop over millions of elements allocates nothing; null where the
 * digits are not known
 */
export function shortestDecimal(value: number, format: FloatFormat): Readonly<Decimal> | null {
  if (value < format.smallestNormal) return null;
  double[0] = value;
  const word = words[upper] as number;
  const exponent = (word >>> 20) - 1023;
  const halfGap = powersOfTwo[exponent - format.precision + 1023] as number;
  const estimate = magnitudes[exponent + 1023] as number;
  // Never true of a value too large for the table.
  const magnitude = value >= (powers[estimate + 1 + largestPower] as number) ? estimate + 1 : estimate;
  const shift = format.digits - 1 - magnitude;
  decimal.digits = format.digits;
  decimal.shift = shift;
  // Just above a power of two the floats below lie twice as dense.
  const lopsided = (word & 0xfffff) === 0 && words[1 - upper] === 0;
  if (format.digits === 17) {
    if (shift < 0 || shift > largestPower) return null;
    return wideDecimal(value, halfGap, shift, lopsided) ? decimal : null;
  }
  if (shift < -exactPower || shift > exactPower) return null;
  const power = powers[Math.abs(shift) + largestPower] as number;
  decimal.high = 0;
  // Both are exact, or rounded once; a decimal that a double can't tell from a tie is one.
  const scaled = shift >= 0 ? value * power : value / power;
  const reach = shift >= 0 ? halfGap * power : halfGap / power;
  decimal.low = nearestMultiple(scaled, reach, format.coarsest, lopsided, true);
  // Rounded up to one digit more, it has another shift.
  return decimal.low > 0 && decimal.low < (powers[format.digits + largestPower] as number) ? decimal : null;
}

/** Far more than the roundings of a scaled value add up to, far less than the gaps between floats. */
const tolerance = 1e-6;

/**
 * The multiple of the largest power of ten that has one within `reach`, or -1 where that is not sure.
 * @param evenTies as NumPy rounds the last digit: 445038.625 becomes 445038.62
 */
function nearestMultiple(
  scaled: number,
  reach: number,
  coarsest: number,
  lopsided: boolean,
  evenTies: boolean,
): number {
  for (let unit = coarsest, inverse = 1 / coarsest; unit >= 1; unit /= 10, inverse *= 10) {
    const multiple = nearestInteger(scaled * inverse) * unit;
    const distance = Math.abs(multiple - scaled);
    if (distance >= reach + tolerance) continue;
    if (distance > reach - tolerance) return -1;
    if (lopsided && multiple < scaled && distance > reach / 2 - tolerance) {
      // It misses on the dense side, or it may; the next one above, further but on the wide side, would do.
      if (distance < reach / 2 + tolerance || unit - distance < reach + tolerance) return -1;
      continue;
    }
    const offTie = unit / 2 - distance;
    if (offTie >= tolerance) return multiple;
    // Only divided, a tie is sure to be one.
    return evenTies && offTie === 0 ? nearestInteger(scaled / unit) * unit : -1;
  }
  return -1;
}

/** Ties to even. */
function nearestInteger(value: number): number {
  return value + 2 ** 52 - 2 ** 52;
}

const splitter = 2 ** 27 + 1;

/** Its upper 26 bits: products of two halves are exact. */
function upperHalf(value: number): number {
  const split = value * splitter;
  return split - (split - value);
}

const upperPowers = powers.map(upperHalf);

/** Fills `decimal` for a double, in arithmetic of two doubles (Dekker 1971); false where it is not sure. */
function wideDecimal(value: number, halfGap: number, shift: number, lopsided: boolean): boolean {
  const power = powers[shift + largestPower] as number;
  const product = value * power;
  const valueHigh = upperHalf(value);
  const valueLow = value - valueHigh;
  const powerHigh = upperPowers[shift + largestPower] as number;
  const powerLow = power - powerHigh;
  const error = valueLow * powerLow - (product - valueHigh * powerHigh - valueLow * powerHigh - valueHigh * powerLow);
  const rest = error + value * (remainders[shift] as number);
  // One off where the product is all but a multiple: then the other part is out of its range.
  let high = Math.floor(product * 1e-8);
  // Exact: both have 53 bits or fewer, of the same size.
  let low = nearestMultiple(product - high * lowDigits + rest, halfGap * power, 100, lopsided, false);
  if (low < 0 || low > lowDigits) return false;
  if (low === lowDigits) {
    low = 0;
    high++;
  }
  decimal.high = high;
  decimal.low = low;
  // Seventeen digits: the magnitude was right.
  return high >= lowDigits && high < 10 * lowDigits;
}
