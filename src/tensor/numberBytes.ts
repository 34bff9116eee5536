/**
 * Numbers as ASCII, straight into a buffer: the digits of numbers.ts without a string per element, for files of millions
 * of values. The layout of the digits is JavaScript's (`Number::toString` in ECMA-262).
 */
import type { DType } from '../protocol/tensor.ts';
import { shortest } from './numbers.ts';
import { floatFormat, shortestDecimal, type Decimal } from './shortestDecimal.ts';

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
type NumberWriter = (value: number, into: DataView, at: number) => number;

export function numberWriter(dtype: DType): NumberWriter {
  const format = floatFormat(dtype);
  // Below this power of two, every integer is a value of its own, so its digits are the shortest.
  const distinctIntegers = 2 ** (format?.precision ?? 53);
  return (value, into, at) => {
    const magnitude = Math.abs(value);
    if (magnitude < distinctIntegers && Math.floor(magnitude) === magnitude) {
      if (value < 0 || Object.is(value, -0)) into.setUint8(at++, minus);
      return writeInteger(magnitude, into, at);
    }
    const decimal = format !== undefined && magnitude < Infinity ? shortestDecimal(magnitude, format) : null;
    if (decimal === null) return writeAscii(shortest(value, dtype), into, at);
    // Without a branch: where signs are random, half of them would be mispredicted.
    into.setUint8(at, minus);
    at += Number(value < 0);
    return writeDecimal(decimal, into, at);
  };
}

export function writeAscii(text: string, into: DataView, at: number): number {
  for (let i = 0; i < text.length; i++) into.setUint8(at++, text.charCodeAt(i));
  return at;
}

/** The four digits of 0 to 9999, as the little-endian number that is written in one step. */
const quads = Uint32Array.from({ length: 10000 }, (_, i) =>
  [1000, 100, 10, 1].reduce((bytes, unit, k) => bytes + (zero + (Math.floor(i / unit) % 10)) * 256 ** k, 0),
);

/** The last `count` digits of an integer below 2^31. */
function writeDigits(whole: number, count: number, into: DataView, at: number): void {
  let left = whole | 0;
  let end = at + count;
  for (; end - at >= 4; end -= 4) {
    const rest = (left / 10000) | 0;
    into.setUint32(end - 4, quads[left - 10000 * rest] as number, true);
    left = rest;
  }
  while (end > at) {
    const rest = (left / 10) | 0;
    into.setUint8(--end, zero + left - 10 * rest);
    left = rest;
  }
}

function digitCount(whole: number): number {
  let count = 1;
  for (let power = 10; whole >= power; power *= 10) count++;
  return count;
}

/** Below 2^53; in halves that divide as integers of 31 bits. */
function writeInteger(whole: number, into: DataView, at: number): number {
  if (whole < 1e9) {
    const count = digitCount(whole);
    writeDigits(whole, count, into, at);
    return at + count;
  }
  const high = Math.floor(whole / 1e8);
  const count = digitCount(high);
  writeDigits(high, count, into, at);
  writeEight(whole - high * 1e8, into, at + count);
  return at + count + 8;
}

/** Positive, and with an exponent that JavaScript prints as one below 1e-6 and from 1e21 on. */
function writeDecimal({ high, low, digits, shift }: Readonly<Decimal>, into: DataView, at: number): number {
  // How many digits stand before the point.
  const before = digits - shift;
  if (before <= 0 && before > -6) {
    into.setUint8(at++, zero);
    into.setUint8(at++, point);
    for (let i = before; i < 0; i++) into.setUint8(at++, zero);
    writeParts(high, low, digits, into, at);
    return withoutZeros(into, at, at + digits);
  }
  // One further, and those before the point back again, to make room for it.
  writeParts(high, low, digits, into, at + 1);
  const end = withoutZeros(into, at + 1, at + 1 + digits);
  const isExponential = before > 21 || before <= 0;
  const whole = isExponential ? 1 : before;
  for (let i = 0; i < whole; i++) into.setUint8(at + i, at + 1 + i < end ? into.getUint8(at + 1 + i) : zero);
  if (at + 1 + whole < end) {
    into.setUint8(at + whole, point);
    at = end;
  } else {
    at += whole;
  }
  if (!isExponential) return at;
  return writeAscii(before - 1 < 0 ? `e${before - 1}` : `e+${before - 1}`, into, at);
}

function writeParts(high: number, low: number, digits: number, into: DataView, at: number): void {
  if (digits === 17) {
    writeNine(high, into, at);
    writeEight(low, into, at + 9);
  } else if (digits === 9) {
    writeNine(low, into, at);
  } else {
    writeDigits(low, digits, into, at);
  }
}

/** The nine digits of an integer below 10^9, without a loop. */
function writeNine(whole: number, into: DataView, at: number): void {
  const first = (whole / 1e8) | 0;
  into.setUint8(at, zero + first);
  writeEight(whole - first * 1e8, into, at + 1);
}

/** The eight digits of an integer below 10^8. */
function writeEight(whole: number, into: DataView, at: number): void {
  const upper = (whole / 10000) | 0;
  into.setUint32(at, quads[upper] as number, true);
  into.setUint32(at + 4, quads[(whole | 0) - 10000 * upper] as number, true);
}

/** The end of the digits before it that are not zeros; one digit stays. */
function withoutZeros(into: DataView, start: number, end: number): number {
  while (end > start + 1 && into.getUint8(end - 1) === zero) end--;
  return end;
}
