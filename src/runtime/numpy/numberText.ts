/**
 * Floats as NumPy writes them. NumPy prints the shortest digits that read back, but at a cut-off, and where more digits
 * are asked for than those, it prints the digits of the exact binary value, rounded half to even ("Dragon4"). JavaScript's
 * `toFixed` and `toExponential` round such ties up, so the exact value is taken as an integer times a power of two.
 * Checked against NumPy 1.24, `numpy/core/arrayprint.py` and `dragon4.c`.
 */
import type { DType } from '../../protocol/tensor.ts';
import { shortestNumber } from '../../tensor/numbers.ts';

const bits = new DataView(new ArrayBuffer(8));

/** The integer nearest to `magnitude * 10^decimals`, ties to even. */
function roundScaled(magnitude: number, decimals: number): bigint {
  bits.setFloat64(0, magnitude);
  const word = bits.getBigUint64(0);
  const exponentField = Number(word >> 52n) & 0x7ff;
  const fraction = word & 0xfffffffffffffn;
  const mantissa = exponentField === 0 ? fraction : fraction | (1n << 52n);
  const exponent = Math.max(exponentField, 1) - 1075;
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent > 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (decimals > 0) numerator *= 10n ** BigInt(decimals);
  else denominator *= 10n ** BigInt(-decimals);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** Decimal digits without zeros at either end; the first stands for `10^exponent`. */
interface Decimal {
  digits: string;
  exponent: number;
}

function shortestDecimal(magnitude: number, dtype: DType): Decimal {
  const [mantissa = '', exponent = '0'] = String(shortestNumber(magnitude, dtype)).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  const digits = all.slice(leading).replace(/0+$/, '');
  return digits === ''
    ? { digits: '0', exponent: 0 }
    : { digits, exponent: Number(exponent) + whole.length - 1 - leading };
}

/** `null`: as many digits as are needed. */
type Precision = number | null;

function signOf(value: number, plus: boolean): string {
  if (value < 0 || Object.is(value, -0)) return '-';
  return plus ? '+' : '';
}

/**
 * `12.5`, `3.`: the digits after the point are the shortest ones, at most `precision`; none are added.
 * @param exactWhole whether digits before the point are those of the exact value; otherwise zeros fill up what the
 * shortest digits leave open
 */
export function positional(
  value: number,
  dtype: DType,
  {
    precision = null,
    plus = false,
    exactWhole = false,
  }: { precision?: Precision; plus?: boolean; exactWhole?: boolean },
): string {
  const magnitude = Math.abs(value);
  const { digits, exponent } = shortestDecimal(magnitude, dtype);
  const decimals = Math.max(0, digits.length - 1 - exponent);
  let text: string;
  if (precision !== null && decimals > precision) text = fixed(magnitude, precision);
  else if (exactWhole && digits.length - 1 < exponent) text = fixed(magnitude, 0);
  else if (exponent < 0) text = `0.${'0'.repeat(-exponent - 1)}${digits === '0' ? '' : digits}`;
  else text = `${digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${digits.slice(exponent + 1)}`;
  return signOf(value, plus) + text.replace(/0+$/, '');
}

function fixed(magnitude: number, decimals: number): string {
  const text = String(roundScaled(magnitude, decimals)).padStart(decimals + 1, '0');
  return `${text.slice(0, text.length - decimals)}.${text.slice(text.length - decimals)}`;
}

/** The first `1 + decimals` digits of the exact value, rounded. */
function leadingDigits(magnitude: number, decimals: number): Decimal {
  if (magnitude === 0) return { digits: '0'.repeat(decimals + 1), exponent: 0 };
  const exponent = Number(magnitude.toExponential(20).split('e')[1]);
  const digits = String(roundScaled(magnitude, decimals - exponent));
  // Rounding can carry into one more digit: 9.99 becomes 10.0.
  return digits.length > decimals + 1 ? { digits: digits.slice(0, -1), exponent: exponent + 1 } : { digits, exponent };
}

/**
 * `1.5e+10`, `1.e-05`.
 * @param precision at most so many digits after the point
 * @param minimum at least so many
 * @param exponentDigits at least so many, and two
 */
export function scientific(
  value: number,
  dtype: DType,
  {
    precision = null,
    minimum = 0,
    exponentDigits = 2,
    plus = false,
  }: { precision?: Precision; minimum?: number; exponentDigits?: number; plus?: boolean },
): string {
  const magnitude = Math.abs(value);
  let decimal = shortestDecimal(magnitude, dtype);
  const decimals = decimal.digits.length - 1;
  const wanted = Math.max(minimum, precision === null ? decimals : Math.min(decimals, precision));
  if (wanted !== decimals) decimal = leadingDigits(magnitude, wanted);
  let fraction = decimal.digits.slice(1).replace(/0+$/, '');
  fraction = fraction.padEnd(minimum, '0');
  const exponent = `${decimal.exponent < 0 ? '-' : '+'}${String(Math.abs(decimal.exponent)).padStart(Math.max(2, exponentDigits), '0')}`;
  return `${signOf(value, plus)}${decimal.digits[0]}.${fraction}e${exponent}`;
}

/** A float as a scalar's `str` in NumPy: `3.7`, `1e+20`, `-0.0`, `nan`. */
export function floatScalarText(value: number, dtype: DType): string {
  if (value !== value) return 'nan';
  if (value - value !== 0) return value < 0 ? '-inf' : 'inf';
  const text = isPositional(value) ? positional(value, dtype, {}) : withoutPoint(scientific(value, dtype, {}));
  return text.endsWith('.') ? `${text}0` : text;
}

/** A complex scalar's `str`: `(1-2j)`, `2j`. */
export function complexScalarText([re, im]: readonly [number, number], dtype: DType): string {
  const part = dtype === 'complex64' ? 'float32' : 'float64';
  const imaginary = `${partText(im, part)}j`;
  if (Object.is(re, 0)) return imaginary;
  return `(${partText(re, part)}${imaginary.startsWith('-') ? '' : '+'}${imaginary})`;
}

function partText(value: number, dtype: DType): string {
  return floatScalarText(value, dtype).replace(/\.0$/, '');
}

function isPositional(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e16);
}

function withoutPoint(text: string): string {
  return text.replace('.e', 'e');
}
