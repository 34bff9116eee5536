/**
 * The numbers of a text, as the dtype that holds them: float64, or int64 and uint64 for integers among which there are
 * some that no double is.
 */
import type { TensorError } from '../protocol/errors.ts';
import { invalidFile } from './byteReader.ts';

export interface TextNumbers {
  dtype: 'float64' | 'int64' | 'uint64';
  bytes: Uint8Array;
}

/** Bigints are integers whose digits no double may be. */
type Cell = string | number | bigint;

interface Cells {
  /** Visits them in the order of the file, as often as it is called. */
  each: (visit: (cell: Cell) => void) => void;
  /** At least as many as there are. */
  most: number;
  /** Where the k-th one goes. */
  placeOf: (k: number) => number;
}

const itemSize = 8;
/** Integers of fewer digits are below 2^53. */
const longDigits = 16;
/** The digits of 2^64, a sign, and some zeros before them. */
const longestInteger = 32;
const integerText = /^[+-]?\d+$/;
const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const part = '(?:\\d+\\.?\\d*(?:e[+-]?\\d+)?|\\.\\d+(?:e[+-]?\\d+)?|inf|nan)';
const complexText = new RegExp(`^\\(?([+-]?${part})([+-]${part})j\\)?$`, 'i');
const words: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity, true: 1, false: 0 };

/**
 * null if a text among the cells is no number.
 * @throws TensorError `invalid-file` for an integer that no double is, where not all of them are integers of 64 bits
 */
export function readNumbers({ each, most, placeOf }: Cells): TextNumbers | null {
  const numbers = new Float64Array(most);
  let count = 0;
  let isNumeric = true;
  let isExact = true;
  let lost: string | undefined;
  each((cell) => {
    if (!isNumeric) return;
    const value = parseNumber(cell);
    if (value === null) {
      isNumeric = false;
      return;
    }
    if (!isSame(cell, value)) {
      isExact = false;
      // A double that was printed in full reads back to the same one.
      if (String(value) !== String(cell)) lost ??= String(cell);
    }
    numbers[placeOf(count++)] = value;
  });
  if (!isNumeric) return null;
  const integers = isExact ? null : readIntegers({ each, most, placeOf });
  if (integers) return integers;
  if (lost !== undefined) throw notHeld(lost);
  return { dtype: 'float64', bytes: new Uint8Array(numbers.buffer, 0, count * itemSize) };
}

/** The nearest double; null for what is no number. */
function parseNumber(cell: Cell): number | null {
  if (typeof cell !== 'string' || numberText.test(cell)) return Number(cell);
  return words[cell.toLowerCase()] ?? null;
}

/** Whether an integer is the double; decimals are meant to be rounded. */
function isSame(cell: Cell, value: number): boolean {
  if (typeof cell === 'bigint') return BigInt(value) === cell;
  if (typeof cell === 'number' || cell.length < longDigits || !integerText.test(cell)) return true;
  if (Number.isSafeInteger(value)) return true;
  return cell.length <= longestInteger && BigInt(value) === BigInt(cell);
}

/** null where a text among the cells is no complex number of Python, as 1+2j or (1+2j). */
export function readComplex({ each, most, placeOf }: Cells): Uint8Array | null {
  const parts = new Float64Array(2 * most);
  let count = 0;
  let isComplex = true;
  each((cell) => {
    const match = isComplex ? complexText.exec(String(cell)) : null;
    if (!match) {
      isComplex = false;
      return;
    }
    const at = 2 * placeOf(count++);
    const [, real = '', imaginary = ''] = match;
    parts[at] = partOf(real);
    parts[at + 1] = partOf(imaginary);
  });
  return isComplex ? new Uint8Array(parts.buffer, 0, 2 * count * itemSize) : null;
}

function partOf(text: string): number {
  // What is left is -nan.
  return parseNumber(text.replace('+', '')) ?? NaN;
}

/** null where there is anything else, or an integer of more than 64 bits. */
function readIntegers({ each, most, placeOf }: Cells): TextNumbers | null {
  const integers = new BigUint64Array(most);
  let count = 0;
  let [isInteger, low, high] = [true, 0n, 0n];
  each((cell) => {
    const text = String(cell);
    isInteger &&= text.length <= longestInteger && integerText.test(text);
    if (!isInteger) return;
    const value = BigInt(text);
    if (value < low) low = value;
    if (value > high) high = value;
    // Negative ones as their two's complement, which is what an int64 is.
    integers[placeOf(count++)] = value;
  });
  if (!isInteger) return null;
  const bytes = new Uint8Array(integers.buffer, 0, count * itemSize);
  if (low === BigInt.asIntN(64, low) && high === BigInt.asIntN(64, high)) return { dtype: 'int64', bytes };
  return low === 0n && high === BigInt.asUintN(64, high) ? { dtype: 'uint64', bytes } : null;
}

function notHeld(digits: string): TensorError {
  return invalidFile(
    `The file has the integer ${digits.slice(0, 80)}, which no float64 is, and not all of its values are integers of 64 bits.`,
    'Write integers of more than 2^53 into a file of their own, or as .npy.',
  );
}
