/**
 * Numbers as ASCII, straight into a buffer: the digits of numbers.ts without a string per element, for files of millions
 * of values. The layout of the digits is JavaScript's (`Number::toString` in ECMA-262).
 */
import type { DType } from '../protocol/tensor.ts';
import { shortest, shortestDecimal } from './numbers.ts';

/** No number takes more bytes. */
export const longestNumber = 25;

const zero = 48;
const point = 46;
const minus = 45;
const digits = new Uint8Array(20);

/**
 * Writes what `shortest(value, dtype)` gives.
 * @param into has room for `longestNumber` bytes from `at`
 * @returns where the next byte goes
 */
export function writeNumber(value: number, dtype: DType, into: Uint8Array, at: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < distinctIntegers(dtype) && Number.isInteger(value)) {
    if (value < 0 || Object.is(value, -0)) into[at++] = minus;
    return writeInteger(magnitude, into, at);
  }
  if ((dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16') && magnitude < Infinity) {
    const decimal = shortestDecimal(magnitude, dtype);
    if (decimal) {
      if (value < 0) into[at++] = minus;
      return writeDecimal(decimal.whole, decimal.shift, into, at);
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

/** The digits of an integer, from the last to the first, at the end of `digits`; returns where they start. */
function splitDigits(whole: number): number {
  let start = digits.length;
  // Above 31 bits in two halves, each of which divides as an integer.
  if (whole >= 2 ** 31) {
    const high = Math.floor(whole / 1e8);
    let low = (whole - high * 1e8) | 0;
    for (let i = 0; i < 8; i++) {
      const rest = (low / 10) | 0;
      digits[--start] = zero + low - rest * 10;
      low = rest;
    }
    whole = high;
  }
  let left = whole | 0;
  do {
    const rest = (left / 10) | 0;
    digits[--start] = zero + left - rest * 10;
    left = rest;
  } while (left > 0);
  return start;
}

function writeInteger(whole: number, into: Uint8Array, at: number): number {
  for (let i = splitDigits(whole); i < digits.length; i++) into[at++] = digits[i] as number;
  return at;
}

/** Positive, and with an exponent that JavaScript prints as one below 1e-6 and from 1e21 on. */
function writeDecimal(whole: number, shift: number, into: Uint8Array, at: number): number {
  const start = splitDigits(whole);
  let end = digits.length;
  while (end > start + 1 && digits[end - 1] === zero) end--;
  // How many digits stand before the point.
  const before = digits.length - start - shift;
  if (before > 21 || before < -5) return writeExponent(start, end, before - 1, into, at);
  if (before <= 0) {
    into[at++] = zero;
    into[at++] = point;
    for (let i = before; i < 0; i++) into[at++] = zero;
    for (let i = start; i < end; i++) into[at++] = digits[i] as number;
    return at;
  }
  for (let i = 0; i < Math.max(before, end - start); i++) {
    if (i === before) into[at++] = point;
    into[at++] = start + i < end ? (digits[start + i] as number) : zero;
  }
  return at;
}

function writeExponent(start: number, end: number, exponent: number, into: Uint8Array, at: number): number {
  into[at++] = digits[start] as number;
  if (end > start + 1) into[at++] = point;
  for (let i = start + 1; i < end; i++) into[at++] = digits[i] as number;
  return writeAscii(exponent < 0 ? `e${exponent}` : `e+${exponent}`, into, at);
}
