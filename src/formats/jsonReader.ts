/** Reads what json.ts writes, and bare nested arrays of numbers (see textNumbers.ts), booleans or strings. */
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import {
  dataViewOf,
  elementReader,
  elementWriter,
  isBigInteger,
  isComplex,
  isDType,
  itemSize,
} from '../tensor/dtypes.ts';
import type { Element } from '../tensor/dtypes.ts';
import { isHeld } from '../tensor/isHeld.ts';
import { formatBytes } from '../tensor/preview.ts';
import { sizeOf, unravelIndex } from '../tensor/shape.ts';
import { invalidFile } from './byteReader.ts';
import type { StoredTensor } from './format.ts';
import { tensorInMemory } from './inMemory.ts';
import { jsonSize, parsedBytes } from './jsonSize.ts';
import { readNumbers, type TextNumbers } from './textNumbers.ts';

/**
 * @param memoryLimit the most bytes that the values may take
 * @throws TensorError `invalid-file`; `too-large` for more values than there is room for, before they are held
 */
export function openJson(bytes: Uint8Array, memoryLimit: number): StoredTensor[] {
  assertRoom(bytes, memoryLimit);
  const text = new TextDecoder().decode(bytes);
  let document: unknown;
  try {
    document = JSON.parse(markLongIntegers(text));
  } catch (error) {
    throw noJson(text, error);
  }
  if (!isObject(document)) return [bareTensor(document)];
  if ('values' in document) return [typedTensor('tensor', document)];
  if ('dtype' in document && !isObject(document['dtype'])) {
    throw invalidFile('The tensor has a "dtype" but no "values".', 'Typed JSON has "dtype", "shape" and "values".');
  }
  return Object.entries(document).map(([name, entry]) => {
    if (!isObject(entry)) throw invalidFile(`${JSON.stringify(name)} has no "dtype", "shape" and "values".`);
    return typedTensor(name, entry);
  });
}

/** The marks of long integers are not in the file: where its fault stands is told without them. */
function noJson(text: string, marked: unknown): TensorError {
  try {
    JSON.parse(text);
  } catch (error) {
    return invalidFile(`The file is no JSON: ${(error as Error).message}.`, undefined, error);
  }
  throw marked;
}

function assertRoom(bytes: Uint8Array, memoryLimit: number): void {
  // Values are there twice for a while: as they are parsed, and as elements.
  const limit = 2 * memoryLimit;
  const size = jsonSize(bytes);
  const needed = parsedBytes(size);
  if (needed <= limit) return;
  throw new TensorError({
    code: 'too-large',
    message:
      `The text has up to ${size.values} values in ${size.containers} arrays and objects; parsed, they take about ` +
      `${formatBytes(needed)}, more than the ${formatBytes(limit)} that are held at once.`,
    help: 'Convert it to .npy, which is read by windows.',
  });
}

/** Before the digits of a long integer; a string of the file can begin so, but with no 16 digits behind it but by intent. */
const longMark = '\0';

/**
 * Integers of 16 digits and more as marked strings, which `leafOf` turns into bigints: of a number the parser keeps no
 * more than the nearest double.
 */
function markLongIntegers(text: string): string {
  // In most files there are none.
  if (!/(?<![\d.])\d{16}/.test(text)) return text;
  const pieces: string[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf('"', at);
    const between = start < 0 ? text.slice(at) : text.slice(at, start);
    pieces.push(between.replace(/(?<![\d.eE+-])-?\d{16,32}(?![\d.eE])/g, '"\\u0000$&"'));
    at = start < 0 ? text.length : stringEnd(text, start);
    if (start >= 0) pieces.push(text.slice(start, at));
  }
  return pieces.join('');
}

function leafOf(value: unknown): unknown {
  const isLong = typeof value === 'string' && value.startsWith(longMark) && /^-?\d{16,32}$/.test(value.slice(1));
  return isLong ? BigInt(value.slice(1)) : value;
}

/** Behind the string that starts there. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typedTensor(name: string, { dtype, shape, values }: Record<string, unknown>): StoredTensor {
  if (typeof dtype !== 'string' || !isDType(dtype)) {
    throw invalidFile(
      `${JSON.stringify(name)} has an unknown dtype: ${typeof dtype === 'string' ? dtype.slice(0, 80) : typeof dtype}.`,
    );
  }
  if (!Array.isArray(shape) || !shape.every((count) => Number.isSafeInteger(count) && (count as number) >= 0)) {
    throw invalidFile(`${JSON.stringify(name)} has an impossible shape.`);
  }
  return tensorOf(name, dtype, shape as number[], values);
}

function bareTensor(values: unknown): StoredTensor {
  const shape: number[] = [];
  let first = values;
  while (Array.isArray(first) && shape.length < 64) {
    shape.push(first.length);
    first = first[0];
  }
  const type = typeof leafOf(first);
  if (type === 'boolean' || type === 'string') {
    return tensorOf('tensor', type === 'boolean' ? 'bool' : 'string', shape, values);
  }
  const each = (visit: (number: number | bigint) => void): void =>
    visitLeaves(values, shape, (leaf) => visit(typeof leaf === 'bigint' ? leaf : real(leaf)));
  // Only a text could be no number.
  const { dtype, bytes } = readNumbers({ each, most: countLeaves(values, shape), placeOf: (k) => k }) as TextNumbers;
  return { ...tensorInMemory('tensor', dtype, shape, bytes), isPlain: true };
}

/** Visits the values in row-major order. @throws TensorError `invalid-file` where they do not nest as the shape */
function visitLeaves(values: unknown, shape: readonly number[], visit: (leaf: unknown, k: number) => void): void {
  let count = 0;
  const walk = (value: unknown, axis: number): void => {
    if (axis === shape.length) {
      visit(leafOf(value), count++);
      return;
    }
    if (!Array.isArray(value) || value.length !== shape[axis]) {
      throw invalidFile(`The values do not nest as the shape [${shape.join(', ')}] at axis ${axis}.`);
    }
    for (const item of value) walk(item, axis + 1);
  };
  if (shape.length > 64) throw invalidFile(`The shape has ${shape.length} axes.`);
  walk(values, 0);
  if (count !== sizeOf(shape)) throw invalidFile(`The values do not fill the shape [${shape.join(', ')}].`);
}

function countLeaves(values: unknown, shape: readonly number[]): number {
  let count = 0;
  visitLeaves(values, shape, () => count++);
  return count;
}

function tensorOf(name: string, dtype: DType, shape: number[], values: unknown): StoredTensor {
  if (dtype === 'string') {
    const texts: string[] = [];
    visitLeaves(values, shape, (leaf) => {
      if (typeof leaf !== 'string') throw invalidFile('Not all values are strings.');
      texts.push(leaf);
    });
    return tensorInMemory(name, dtype, shape, texts);
  }
  const write = elementWriter(dtype);
  const size = itemSize(dtype);
  const bytes = new Uint8Array(countLeaves(values, shape) * size);
  const view = dataViewOf(bytes);
  const readBack = elementReader(dtype);
  visitLeaves(values, shape, (leaf, k) => {
    const value = element(leaf, dtype);
    write(view, k * size, value);
    if (!isHeld(value, readBack(view, k * size), dtype)) throw outside(name, dtype, unravelIndex(k, shape), leaf);
  });
  return tensorInMemory(name, dtype, shape, bytes);
}

function outside(name: string, dtype: DType, index: number[], leaf: unknown): TensorError {
  return invalidFile(
    `${index.length > 0 ? `${name}[${index.join(', ')}]` : name} is ${typeof leaf === 'bigint' ? leaf : JSON.stringify(leaf)}, which no ${dtype} is.`,
    'Correct the value, or the "dtype" of the tensor.',
  );
}

function element(value: unknown, dtype: DType): Element {
  if (dtype === 'bool') {
    if (typeof value === 'boolean') return value;
  } else if (isComplex(dtype)) {
    if (Array.isArray(value) && value.length === 2) return [real(leafOf(value[0])), real(leafOf(value[1]))];
  } else if (isBigInteger(dtype)) {
    if (typeof value === 'bigint') return value;
    if (Number.isInteger(value) || (typeof value === 'string' && /^-?\d{1,20}$/.test(value))) {
      return BigInt(value as number | string);
    }
  } else return real(value);
  throw notA(dtype, value);
}

function real(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && /^(NaN|-?Infinity|-0)$/.test(value)) return Number(value);
  throw notA('number', value);
}

function notA(what: string, value: unknown): TensorError {
  // What nests deeper than the shape may nest deeper than a stack.
  const text = Array.isArray(value)
    ? 'An array'
    : isObject(value)
      ? 'An object'
      : typeof value === 'bigint'
        ? String(value)
        : (JSON.stringify(value) ?? 'undefined');
  return invalidFile(`${text.slice(0, 80)} is not a ${what} value.`);
}
