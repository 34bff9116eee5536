/** Nested arrays as people write them, `[[1, 2], [3, 4]]`: their shape, their elements, and the dtype they suggest. */
import { TensorTypeError, ValueError } from '../errors.ts';
import type { ArrayElement } from './elementFormat.ts';
import type { ArrayDType } from './storage.ts';

/** A value that TypeScript programs write for an array: nested to any depth, rows may be typed arrays. */
export type NestedValue = number | bigint | boolean | string | ArrayBufferView | readonly NestedValue[];

export interface Flattened {
  shape: number[];
  elements: ArrayElement[];
}

type Row = ArrayLike<unknown>;

function isRow(value: unknown): value is Row {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/**
 * Elements in row-major order. Where `complex`, the innermost pairs are complex numbers.
 * @throws ValueError for ragged nesting and for an array that contains itself
 */
export function flatten(value: unknown, complex = false): Flattened {
  const shape = shapeOf(value);
  if (complex && shape.at(-1) === 2) shape.pop();
  const elements: ArrayElement[] = [];
  collect(value, shape, 0, elements, complex, []);
  return { shape, elements };
}

function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  const path = new Set<unknown>();
  while (isRow(value)) {
    if (path.has(value)) throw containsItself(shape.length);
    path.add(value);
    shape.push(value.length);
    value = value[0];
  }
  return shape;
}

function containsItself(depth: number): ValueError {
  return new ValueError(
    `The array contains itself: at depth ${depth} it comes back to an array that it is part of.`,
    'Nest the rows without cycles, for example [[1, 2], [3, 4]].',
  );
}

function collect(
  value: unknown,
  shape: readonly number[],
  axis: number,
  into: ArrayElement[],
  complex: boolean,
  path: unknown[],
): void {
  if (axis === shape.length) {
    into.push(leafOf(value, complex, path));
    return;
  }
  const expected = shape[axis] as number;
  // First of all: how many items a row has that is the array itself, or what they are, is no reason.
  if (path.includes(value)) throw containsItself(axis);
  if (!isRow(value) || value.length !== expected) {
    const found = isRow(value) ? `${value.length} items` : describe(value);
    throw new ValueError(
      `Can't convert a ragged array to a rectangular one: ${placeOf(axis)} should have ${expected} items, found ${found}.`,
      'Give every row the same length.',
    );
  }
  path.push(value);
  for (let i = 0; i < expected; i++) collect(value[i], shape, axis + 1, into, complex, path);
  path.pop();
}

function leafOf(value: unknown, complex: boolean, path: readonly unknown[]): ArrayElement {
  if (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'string' ||
    typeof value === 'bigint'
  ) {
    return value;
  }
  if (complex && Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'number')) {
    return value as [number, number];
  }
  if (isRow(value)) {
    if (path.includes(value)) throw containsItself(path.length);
    throw new ValueError(
      "Can't convert a ragged array to a rectangular one: an array stands where another row has a single value.",
      'Nest every row to the same depth.',
    );
  }
  throw new TensorTypeError(
    `Can't make a tensor of ${describe(value)}.`,
    'Elements are numbers, booleans, strings or bigints.',
  );
}

function placeOf(axis: number): string {
  return axis === 0 ? 'the array' : `a row at depth ${axis}`;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'object') return `an object of class ${value.constructor?.name ?? 'Object'}`;
  return typeof value;
}

/**
 * The dtype that the elements suggest: a JavaScript number is `numbers` (it says nothing about being an integer).
 * @throws TensorTypeError for a mixture
 */
export function inferDType(elements: readonly ArrayElement[], numbers: ArrayDType): ArrayDType {
  const kinds = new Set(elements.map((element) => (Array.isArray(element) ? 'complex' : typeof element)));
  if (kinds.size === 0) return numbers;
  if (kinds.size > 1) {
    throw new TensorTypeError(`Can't tell one dtype from a mixture of ${[...kinds].join(' and ')}.`, 'Name the dtype.');
  }
  const [kind] = kinds;
  if (kind === 'boolean') return 'bool';
  if (kind === 'string') return 'string';
  if (kind === 'bigint') return 'int64';
  return kind === 'complex' ? 'complex64' : numbers;
}
