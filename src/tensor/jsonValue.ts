/**
 * Values as JSON carries them. bool is true or false. NaN, the infinities and -0 are strings, since JSON has no word
 * for them. Integers are numbers as long as a double holds them and prints all of their digits, otherwise strings: 2^60,
 * which a double holds, would print as 1152921504606847000. Floats are the double of their shortest digits; complex numbers are [re, im].
 */
import type { DType, JsonElement, JsonValues } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, itemSize } from './dtypes.ts';
import type { Element } from './dtypes.ts';
import { shortestNumber } from './numbers.ts';

/** One element by the rules above. */
export function jsonElement(value: Element | string, dtype: DType): JsonElement {
  if (typeof value === 'number') return jsonNumber(value, dtype);
  if (typeof value === 'bigint') return jsonInteger(value);
  if (Array.isArray(value)) return [jsonNumber(value[0], dtype), jsonNumber(value[1], dtype)];
  return value;
}

function jsonNumber(value: number, dtype: DType): number | string {
  if (value - value !== 0) return String(value);
  if (Object.is(value, -0)) return '-0';
  return shortestNumber(value, dtype);
}

function jsonInteger(value: bigint): number | string {
  const digits = String(value);
  const double = Number(value);
  return BigInt(double) === value && String(double) === digits ? double : digits;
}

/**
 * Nested as the shape; the bare value for a 0-d tensor.
 * @param values little-endian elements in row-major order, or the strings of a `string` tensor
 */
export function toJsonValues(
  values: ArrayBufferView | readonly string[],
  dtype: DType,
  shape: readonly number[],
): JsonValues {
  const elementAt = elementSource(values, dtype);
  let next = 0;
  const build = (axis: number): JsonValues => {
    if (axis === shape.length) return elementAt(next++);
    return Array.from({ length: shape[axis] as number }, () => build(axis + 1));
  };
  return build(0);
}

function elementSource(values: ArrayBufferView | readonly string[], dtype: DType): (k: number) => JsonElement {
  if (!ArrayBuffer.isView(values)) return (k) => values[k] ?? null;
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const view = dataViewOf(values);
  return (k) => jsonElement(read(view, k * size), dtype);
}
