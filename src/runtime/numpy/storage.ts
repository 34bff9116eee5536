/** The memory of host arrays: which typed array holds which dtype, and how one element is read and written. */
import type { DType } from '../../protocol/tensor.ts';
import {
  bfloat16ToNumber,
  float16ToNumber,
  isComplex,
  isInteger,
  numberToBfloat16,
  numberToFloat16,
} from '../../tensor/dtypes.ts';
import { TensorTypeError, ValueError } from '../errors.ts';
import type { ArrayElement } from './elementFormat.ts';

export type NumberStorage =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;
/** What holds an array's elements. float16 and bfloat16 are kept as bits, complex numbers as pairs. */
export type Storage = NumberStorage | BigInt64Array | BigUint64Array | string[];

/** Dtypes that host arrays can have. */
export type ArrayDType = Exclude<DType, 'unknown'>;

const constructors = {
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  complex64: Float32Array,
  complex128: Float64Array,
} as const;

/** How many items of the storage one element takes. */
function partsOf(dtype: DType): number {
  return isComplex(dtype) ? 2 : 1;
}

/** New memory for `size` elements: zeros, or empty strings. */
export function allocate(dtype: ArrayDType, size: number): Storage {
  if (dtype === 'string') return new Array<string>(size).fill('');
  return new constructors[dtype](size * partsOf(dtype));
}

/** Dense elements as the memory of an array, without a copy. */
export function storageOver(dtype: Exclude<ArrayDType, 'string'>, { buffer }: ArrayBufferView<ArrayBuffer>): Storage {
  return new constructors[dtype](buffer);
}

/** A copy of `count` elements from `start` on. */
export function copyStorage(storage: Storage, start: number, count: number, dtype: DType): Storage {
  const parts = partsOf(dtype);
  return storage.slice(start * parts, (start + count) * parts);
}

/** The dtype that a typed array's elements have as they are; undefined for what is none. */
export function dtypeOfTypedArray(value: unknown): ArrayDType | undefined {
  if (value instanceof Uint8ClampedArray) return 'uint8';
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return undefined;
  const name = Object.prototype.toString.call(value).slice('[object '.length, -'Array]'.length);
  const dtype = name.replace(/^Big/, '').toLowerCase();
  return dtype in constructors ? (dtype as ArrayDType) : undefined;
}

/** The element at an index counted in elements. */
export function readElement(storage: Storage, dtype: ArrayDType, at: number): ArrayElement {
  if (isComplex(dtype)) return [storage[2 * at] as number, storage[2 * at + 1] as number];
  const value = storage[at] as number | bigint | string;
  if (dtype === 'bool') return value !== 0;
  if (dtype === 'float16') return float16ToNumber(value as number);
  return dtype === 'bfloat16' ? bfloat16ToNumber(value as number) : value;
}

/** Writes an element; what the dtype can't hold is refused rather than cut, except that floats are rounded. */
export function writeElement(storage: Storage, dtype: ArrayDType, at: number, value: ArrayElement): void {
  const items = storage as (number | bigint | string)[];
  const stored = toStored(value, dtype);
  if (Array.isArray(stored)) {
    items[2 * at] = stored[0];
    items[2 * at + 1] = stored[1];
  } else items[at] = stored;
}

function toStored(value: ArrayElement, dtype: ArrayDType): number | bigint | string | [number, number] {
  if (dtype === 'string') {
    if (typeof value === 'string') return value;
    throw new TensorTypeError(`A string array can't hold ${describeElement(value)}.`);
  }
  if (isComplex(dtype)) return Array.isArray(value) ? value : [toNumber(value, dtype), 0];
  if (dtype === 'int64' || dtype === 'uint64') return toBigInteger(value, dtype);
  const number = toNumber(value, dtype);
  if (dtype === 'bool') return number === 0 ? 0 : 1;
  if (dtype === 'float16') return numberToFloat16(number);
  if (dtype === 'bfloat16') return numberToBfloat16(number);
  if (isInteger(dtype)) assertInteger(number, dtype);
  return number;
}

function toNumber(value: ArrayElement, dtype: DType): number {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  throw new TensorTypeError(`${dtype} can't hold ${describeElement(value)}.`);
}

function toBigInteger(value: ArrayElement, dtype: 'int64' | 'uint64'): bigint {
  if (typeof value === 'number' && !Number.isInteger(value)) throw notAnInteger(value, dtype);
  if (typeof value === 'string' || Array.isArray(value)) {
    throw new TensorTypeError(`${dtype} can't hold ${describeElement(value)}.`);
  }
  const integer = BigInt(value);
  const wrapped = dtype === 'int64' ? BigInt.asIntN(64, integer) : BigInt.asUintN(64, integer);
  if (wrapped !== integer) throw new ValueError(`${integer} is outside the range of ${dtype}.`);
  return integer;
}

function assertInteger(value: number, dtype: ArrayDType): void {
  if (!Number.isInteger(value)) throw notAnInteger(value, dtype);
  const bits = Number(/\d+$/.exec(dtype)?.[0]);
  const low = dtype.startsWith('u') ? 0 : -(2 ** (bits - 1));
  const high = dtype.startsWith('u') ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  if (value < low || value > high)
    throw new ValueError(`${value} is outside the range of ${dtype}, ${low} to ${high}.`);
}

function notAnInteger(value: number, dtype: ArrayDType): TensorTypeError {
  return new TensorTypeError(
    `${dtype} can't hold ${value}, which is no integer.`,
    'Round it first, or use a float dtype.',
  );
}

function describeElement(value: ArrayElement): string {
  if (Array.isArray(value)) return `the complex number [${value.join(', ')}]`;
  return typeof value === 'string' ? `the string ${JSON.stringify(value)}` : `the ${typeof value} ${value}`;
}
