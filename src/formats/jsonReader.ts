/** Reads what json.ts writes, and bare nested arrays of numbers (float64), booleans or strings. */
import { type TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { encodeElements, isBigInteger, isComplex, isDType } from '../tensor/dtypes.ts';
import type { Element } from '../tensor/dtypes.ts';
import { sizeOf } from '../tensor/shape.ts';
import { invalidFile } from './byteReader.ts';
import type { StoredTensor } from './format.ts';
import { tensorInMemory } from './inMemory.ts';

/** @throws TensorError `invalid-file` */
export function openJson(text: string): StoredTensor[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalidFile('The file is no JSON.', undefined, error);
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
  return tensorOf(name, dtype, shape as number[], flatten(values, shape as number[]));
}

function bareTensor(values: unknown): StoredTensor {
  const shape: number[] = [];
  let first = values;
  while (Array.isArray(first) && shape.length < 64) {
    shape.push(first.length);
    first = first[0];
  }
  const flat = flatten(values, shape);
  const type = typeof flat[0];
  return tensorOf('tensor', type === 'boolean' ? 'bool' : type === 'string' ? 'string' : 'float64', shape, flat);
}

function flatten(values: unknown, shape: readonly number[]): unknown[] {
  const flat: unknown[] = [];
  const visit = (value: unknown, axis: number): void => {
    if (axis === shape.length) {
      flat.push(value);
      return;
    }
    if (!Array.isArray(value) || value.length !== shape[axis]) {
      throw invalidFile(`The values do not nest as the shape [${shape.join(', ')}] at axis ${axis}.`);
    }
    for (const item of value) visit(item, axis + 1);
  };
  if (shape.length > 64) throw invalidFile(`The shape has ${shape.length} axes.`);
  visit(values, 0);
  if (flat.length !== sizeOf(shape)) throw invalidFile(`The values do not fill the shape [${shape.join(', ')}].`);
  return flat;
}

function tensorOf(name: string, dtype: DType, shape: number[], flat: readonly unknown[]): StoredTensor {
  if (dtype === 'string') {
    if (!flat.every((value) => typeof value === 'string')) throw invalidFile('Not all values are strings.');
    return tensorInMemory(name, dtype, shape, flat as string[]);
  }
  const elements = flat.map((value) => element(value, dtype));
  return tensorInMemory(name, dtype, shape, encodeElements(elements, dtype));
}

function element(value: unknown, dtype: DType): Element {
  if (dtype === 'bool') {
    if (typeof value === 'boolean') return value;
  } else if (isComplex(dtype)) {
    if (Array.isArray(value) && value.length === 2) return [real(value[0]), real(value[1])];
  } else if (isBigInteger(dtype)) {
    // Beyond 2^53 our own numbers are exact; of others the parser has kept no more than the nearest double.
    if (Number.isInteger(value) || (typeof value === 'string' && /^-?\d{1,20}$/.test(value))) {
      return BigInt(value as number | string);
    }
  } else return real(value);
  throw notA(dtype, value);
}

function real(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^(NaN|-?Infinity|-0)$/.test(value)) return Number(value);
  throw notA('number', value);
}

function notA(what: string, value: unknown): TensorError {
  // What nests deeper than the shape may nest deeper than a stack.
  const text = Array.isArray(value)
    ? 'An array'
    : isObject(value)
      ? 'An object'
      : (JSON.stringify(value) ?? 'undefined');
  return invalidFile(`${text.slice(0, 80)} is not a ${what} value.`);
}
