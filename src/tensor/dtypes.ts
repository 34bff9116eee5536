/**
 * Element types: sizes, kinds, names, and the way from little-endian bytes to JavaScript values and back.
 * Bytes are little-endian everywhere in this program; typed arrays are used on them directly, so the host has to be
 * little-endian too (every platform that Node and VS Code run on is).
 */
import { dtypes } from '../protocol/tensor.ts';
import type { DType } from '../protocol/tensor.ts';

/** One element as JavaScript holds it: int64 and uint64 are bigints, complex numbers are [re, im]. */
export type Element = number | bigint | boolean | [number, number];

/** Dtypes whose elements have a fixed size. */
type NumericDType = Exclude<DType, 'string' | 'unknown'>;

const itemSizes: Record<DType, number> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
  complex64: 8,
  complex128: 16,
  // A string has no fixed size; untyped memory is counted in bytes.
  string: 0,
  unknown: 1,
};

/** Bytes of one element; 0 for strings (no fixed size), 1 for `unknown` (raw bytes). */
export function itemSize(dtype: DType): number {
  return itemSizes[dtype];
}

export function isDType(text: string): text is DType {
  return (dtypes as readonly string[]).includes(text);
}

export function isFloat(dtype: DType): dtype is 'float16' | 'bfloat16' | 'float32' | 'float64' {
  return dtype === 'float16' || dtype === 'bfloat16' || dtype === 'float32' || dtype === 'float64';
}

/** int8 to int64 and uint8 to uint64; bool is not one of them. */
export function isInteger(dtype: DType): boolean {
  return /^u?int/.test(dtype);
}

export function isComplex(dtype: DType): dtype is 'complex64' | 'complex128' {
  return dtype === 'complex64' || dtype === 'complex128';
}

/** int64 and uint64: the integers that JavaScript holds as bigints. */
export function isBigInteger(dtype: DType): dtype is 'int64' | 'uint64' {
  return dtype === 'int64' || dtype === 'uint64';
}

/** The float dtype of a complex number's parts, otherwise the dtype itself. */
export function partDType(dtype: DType): DType {
  if (dtype === 'complex64') return 'float32';
  return dtype === 'complex128' ? 'float64' : dtype;
}

/** As elements are read, written and shown: memory that nobody has typed is bytes. */
export function storedDType<Given extends DType>(dtype: Given): Exclude<Given, 'unknown'> | 'uint8' {
  return dtype === 'unknown' ? 'uint8' : (dtype as Exclude<Given, 'unknown'>);
}

/** The dtype as Python code writes it behind `np.`; bfloat16 belongs to the `ml_dtypes` package, strings to `str_`. */
export function numpyName(dtype: DType): string {
  if (dtype === 'bool') return 'bool_';
  if (dtype === 'string') return 'str_';
  return storedDType(dtype);
}

// 2^(e - 25) for the exponent field e of a float16: with the mantissa as an integer, one multiplication decodes it.
const halfScale = Float64Array.from({ length: 31 }, (_, e) => 2 ** (Math.max(e, 1) - 25));

/** The value of a float16 given as its 16 bits (IEEE 754 binary16). */
export function float16ToNumber(bits: number): number {
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  let magnitude: number;
  if (exponent === 31) magnitude = mantissa === 0 ? Infinity : NaN;
  else magnitude = (exponent === 0 ? mantissa : mantissa + 1024) * (halfScale[exponent] as number);
  return bits & 0x8000 ? -magnitude : magnitude;
}

const scratch = new DataView(new ArrayBuffer(8));

/** The value of a bfloat16 given as its 16 bits: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** The exponent of the leading bit of a finite positive double that is not denormal. */
function exponentOf(value: number): number {
  scratch.setFloat64(0, value);
  return ((scratch.getUint16(0) >>> 4) & 0x7ff) - 1023;
}

/** To the nearest integer, ties to even; for 0 <= value < 2^52. */
function roundTiesToEven(value: number): number {
  return value + 2 ** 52 - 2 ** 52;
}

/** Rounds a double straight to a 16-bit float, ties to even: `significand` bits after the point, smallest normal 2^minExponent. */
function toSmallFloat(value: number, significand: number, minExponent: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const infinity = (2 * (1 - minExponent) + 1) << significand;
  if (value !== value) return infinity | (1 << (significand - 1));
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** minExponent) return sign | roundTiesToEven(magnitude * 2 ** (significand - minExponent));
  const exponent = exponentOf(magnitude);
  if (exponent > 1 - minExponent) return sign | infinity;
  // A mantissa that rounds up to the next power of two carries into the exponent by itself, up to infinity.
  const mantissa = roundTiesToEven(magnitude * 2 ** (significand - exponent));
  return sign | (((exponent - minExponent) << significand) + mantissa);
}

/** The 16 bits of the float16 nearest to `value`, ties to even; every NaN becomes 0x7e00. */
export function numberToFloat16(value: number): number {
  return toSmallFloat(value, 10, -14);
}

/** The 16 bits of the bfloat16 nearest to `value`, ties to even; every NaN becomes 0x7fc0. */
export function numberToBfloat16(value: number): number {
  return toSmallFloat(value, 7, -126);
}

/** Reads the element that starts at `byteOffset`. */
type ElementReader = (view: DataView, byteOffset: number) => Element;

const readers: Record<NumericDType, ElementReader> = {
  float16: (view, at) => float16ToNumber(view.getUint16(at, true)),
  bfloat16: (view, at) => bfloat16ToNumber(view.getUint16(at, true)),
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
  int8: (view, at) => view.getInt8(at),
  int16: (view, at) => view.getInt16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  int64: (view, at) => view.getBigInt64(at, true),
  uint8: (view, at) => view.getUint8(at),
  uint16: (view, at) => view.getUint16(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  uint64: (view, at) => view.getBigUint64(at, true),
  bool: (view, at) => view.getUint8(at) !== 0,
  complex64: (view, at) => [view.getFloat32(at, true), view.getFloat32(at + 4, true)],
  complex128: (view, at) => [view.getFloat64(at, true), view.getFloat64(at + 8, true)],
};

/** How to read one element of little-endian bytes; `unknown` reads as uint8. Strings have no bytes: RangeError. */
export function elementReader(dtype: DType): ElementReader {
  if (dtype === 'string') throw new RangeError('Strings are not stored as elements of a fixed size.');
  return readers[storedDType(dtype)];
}

/** Writes one element; integers wrap as a typed array's do, floats round to nearest, ties to even. */
type ElementWriter = (view: DataView, byteOffset: number, value: Element) => void;

const asNumber = (value: Element): number => Number(value);
const asBigInt = (value: Element): bigint => BigInt(value as bigint);
const parts = (value: Element): [number, number] => (Array.isArray(value) ? value : [Number(value), 0]);

const writers: Record<NumericDType, ElementWriter> = {
  float16: (view, at, value) => view.setUint16(at, numberToFloat16(asNumber(value)), true),
  bfloat16: (view, at, value) => view.setUint16(at, numberToBfloat16(asNumber(value)), true),
  float32: (view, at, value) => view.setFloat32(at, asNumber(value), true),
  float64: (view, at, value) => view.setFloat64(at, asNumber(value), true),
  int8: (view, at, value) => view.setInt8(at, asNumber(value)),
  int16: (view, at, value) => view.setInt16(at, asNumber(value), true),
  int32: (view, at, value) => view.setInt32(at, asNumber(value), true),
  int64: (view, at, value) => view.setBigInt64(at, asBigInt(value), true),
  uint8: (view, at, value) => view.setUint8(at, asNumber(value)),
  uint16: (view, at, value) => view.setUint16(at, asNumber(value), true),
  uint32: (view, at, value) => view.setUint32(at, asNumber(value), true),
  uint64: (view, at, value) => view.setBigUint64(at, asBigInt(value), true),
  bool: (view, at, value) => view.setUint8(at, asNumber(value) === 0 ? 0 : 1),
  complex64: (view, at, value) => {
    const [re, im] = parts(value);
    view.setFloat32(at, re, true);
    view.setFloat32(at + 4, im, true);
  },
  complex128: (view, at, value) => {
    const [re, im] = parts(value);
    view.setFloat64(at, re, true);
    view.setFloat64(at + 8, im, true);
  },
};

/** How to write one element as little-endian bytes. Strings have no bytes: RangeError. */
export function elementWriter(dtype: DType): ElementWriter {
  if (dtype === 'string') throw new RangeError('Strings are not stored as elements of a fixed size.');
  return writers[storedDType(dtype)];
}

/** A DataView of the same bytes. */
export function dataViewOf(bytes: ArrayBufferView): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The elements of little-endian bytes as JavaScript values. */
export function decodeElements(bytes: ArrayBufferView, dtype: DType): Element[] {
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const view = dataViewOf(bytes);
  return Array.from({ length: Math.floor(bytes.byteLength / size) }, (_, i) => read(view, i * size));
}

/** JavaScript values as little-endian bytes. */
export function encodeElements(values: ArrayLike<Element>, dtype: DType): Uint8Array<ArrayBuffer> {
  const write = elementWriter(dtype);
  const size = itemSize(dtype);
  const bytes = new Uint8Array(values.length * size);
  const view = dataViewOf(bytes);
  for (let i = 0; i < values.length; i++) write(view, i * size, values[i] as Element);
  return bytes;
}
