/**
 * Numbers as ASCII, straight into a buffer: the digits of numbers.ts without a string per element, for files of millions
 * of values. The layout of the digits is JavaScript's (`Number::toString` in ECMA-262).
 */
import type { DType } from '../protocol/tensor.ts';
import { shortest } from './numbers.ts';
import { shortestDecimal, type Decimal } from './shortestDecimal.ts';

/** No number takes more bytes, nor scratch space beyond them. */
export const longestNumber = 25;

const zero = 48;
const point = 46;
const minus = 45;

/**
 * Writes what `shortest(value, dtype)` gives.
 * @param into has room for `longestNumber` bytes from `at`, all of which may be overwritten
 * @returns where the next byte goes
 */
export function writeNumber(value: number, dtype: DType, into: Uint8Array, at: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < distinctIntegers(dtype) && Number.isInteger(value)) {
    if (value < 0 || Object.is(value, -0)) into[at++] = minus;
    return writeInteger(magnitude, into, at);
  }
  if (magnitude < Infinity) {
    const decimal = shortestDecimal(magnitude, dtype);
    if (decimal) {
      if (value < 0) into[at++] = minus;
      return writeDecimal(decimal, into, at);
    }
  }
  return writeAscii(shortest(value, dtype), into, at);
}

/** Below this power of two, every integer is a value of its own, so its digits are the shortest. */
function distinctIntegers(dtype: DType): number {
  if (dtype === 'float32') return 2 ** 24;
  if (dtype === 'float16') return 2 ** 11;
  return dtype === 'bfloat16' ? 2 ** 8 : 2 ** 53;
}

export function writeAscii(text: string, into: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) into[at++] = text.charCodeAt(i);
  return at;
}

/** The two digits of 0 to 99. */
const pairs = Uint8Array.from({ length: 200 }, (_, i) => zero + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10));

/** The last `count` digits of an integer below 2^31. */
function writeDigits(whole: number, count: number, into: Uint8Array, at: number): void {
  let left = whole | 0;
  let end = at + count;
  while (end - at > 1) {
    const rest = (left / 100) | 0;
    const pair = 2 * (left - 100 * rest);
    into[--end] = pairs[pair + 1] as number;
    into[--end] = pairs[pair] as number;
    left = rest;
  }
  if (end > at) into[at] = zero + (left % 10);
}

function digitCount(whole: number): number {
  let count = 1;
  for (let power = 10; whole >= power; power *= 10) count++;
  return count;
}

/** Below 2^53; in halves that divide as integers of 31 bits. */
function writeInteger(whole: number, into: Uint8Array, at: number): number {
  if (whole < 1e9) {
    const count = digitCount(whole);
    writeDigits(whole, count, into, at);
    return at + count;
  }
  const high = Math.floor(whole / 1e8);
  const count = digitCount(high);
  writeDigits(high, count, into, at);
  writeDigits(whole - high * 1e8, 8, into, at + count);
  return at + count + 8;
}

/** Positive, and with an exponent that JavaScript prints as one below 1e-6 and from 1e21 on. */
function writeDecimal({ high, low, digits, shift }: Readonly<Decimal>, into: Uint8Array, at: number): number {
  // How many digits stand before the point.
  const before = digits - shift;
  if (before <= 0 && before > -6) {
    into[at++] = zero;
    into[at++] = point;
    for (let i = before; i < 0; i++) into[at++] = zero;
    writeParts(high, low, digits, into, at);
    return withoutZeros(into, at, at + digits);
  }
  // One further, and those before the point back again, to make room for it.
  writeParts(high, low, digits, into, at + 1);
  const end = withoutZeros(into, at + 1, at + 1 + digits);
  const isExponential = before > 21 || before <= 0;
  const whole = isExponential ? 1 : before;
  for (let i = 0; i < whole; i++) into[at + i] = at + 1 + i < end ? (into[at + 1 + i] as number) : zero;
  if (at + 1 + whole < end) {
    into[at + whole] = point;
    at = end;
  } else {
    at += whole;
  }
  if (!isExponential) return at;
  return writeAscii(before - 1 < 0 ? `e${before - 1}` : `e+${before - 1}`, into, at);
}

function writeParts(high: number, low: number, digits: number, into: Uint8Array, at: number): void {
  if (digits <= 9) {
    writeDigits(low, digits, into, at);
    return;
  }
  writeDigits(high, digits - 8, into, at);
  writeDigits(low, 8, into, at + digits - 8);
}

/** The end of the digits before it that are not zeros; one digit stays. */
function withoutZeros(into: Uint8Array, start: number, end: number): number {
  while (end > start + 1 && into[end - 1] === zero) end--;
  return end;
}
