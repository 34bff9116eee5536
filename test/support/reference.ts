/**
 * Plain reference implementations for the reader suites: nothing here shares code with what they test, and every one
 * goes element by element.
 */
import type { DType } from '../../src/protocol/tensor.ts';
import type { Random } from '../unit/random.ts';

/** A slice as text, and the indices that it takes of each axis. */
interface ReferenceSlice {
  text: string;
  indices: number[][];
  shape: number[];
}

/** Python's `range(*slice(start, stop, step).indices(size))`, by walking. */
function walk(size: number, start: number | null, stop: number | null, step: number): number[] {
  const resolve = (value: number): number => (value < 0 ? value + size : value);
  const indices: number[] = [];
  if (step > 0) {
    const end = stop === null ? size : Math.min(size, resolve(stop));
    for (let i = start === null ? 0 : Math.max(0, resolve(start)); i < end; i += step) indices.push(i);
  } else {
    const end = stop === null ? -1 : Math.max(-1, resolve(stop));
    for (let i = start === null ? size - 1 : Math.min(size - 1, resolve(start)); i > end; i += step) indices.push(i);
  }
  return indices;
}

/** Integers, ranges with and without ends, steps of both signs, an ellipsis now and then. */
export function randomSlice(random: Random, shape: readonly number[]): ReferenceSlice {
  const whole = (size: number) => Array.from({ length: size }, (_, i) => i);
  const used = random.integer(0, shape.length);
  const front = random.integer(0, used);
  const dropped: boolean[] = [];
  const pieces: string[] = [];
  const indices = shape.map((size, axis) => {
    const isSkipped = axis >= front && axis < shape.length - (used - front);
    if (isSkipped) return whole(size);
    const end = (): number | null => (random.integer(0, 3) === 0 ? null : random.integer(-size - 2, size + 2));
    if (size > 0 && random.integer(0, 3) === 0) {
      const index = random.integer(-size, size - 1);
      pieces[axis] = String(index);
      dropped[axis] = true;
      return [index < 0 ? index + size : index];
    }
    const [start, stop] = [end(), end()];
    const step = random.pick([null, 1, 1, 2, 3, 7, -1, -2, -5]);
    pieces[axis] = `${start ?? ''}:${stop ?? ''}${step === null ? random.pick(['', ':']) : `:${step}`}`;
    return walk(size, start, stop, step ?? 1);
  });
  const before = pieces.slice(0, front);
  const after = pieces.slice(shape.length - (used - front));
  const needsEllipsis = after.length > 0 || random.integer(0, 4) === 0;
  return {
    text: [...before, ...(needsEllipsis ? ['...'] : []), ...after].join(', '),
    indices,
    shape: indices.filter((_, axis) => !dropped[axis]).map((list) => list.length),
  };
}

/** Flat positions, row-major, of the elements that the indices take. */
export function positions(shape: readonly number[], indices: readonly number[][]): number[] {
  let result = [0];
  shape.forEach((size, axis) => {
    result = result.flatMap((base) => indices[axis]!.map((index) => base * size + index));
  });
  return result;
}

export function pickBytes(bytes: Uint8Array, size: number, at: readonly number[]): Uint8Array {
  const result = new Uint8Array(at.length * size);
  at.forEach((position, k) => result.set(bytes.subarray(position * size, (position + 1) * size), k * size));
  return result;
}

/** A float16 or bfloat16 by the definition of the format. */
function smallFloat(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = bits & (2 ** fractionBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction * 2 ** -fractionBits) * 2 ** (exponent - bias);
}

/** Real elements as numbers; 64-bit integers as bigints. */
export function referenceValues(bytes: Uint8Array, dtype: DType): (number | bigint)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read: Partial<Record<DType, [number, (at: number) => number | bigint]>> = {
    float16: [2, (at) => smallFloat(view.getUint16(at, true), 5, 10)],
    bfloat16: [2, (at) => smallFloat(view.getUint16(at, true), 8, 7)],
    float32: [4, (at) => view.getFloat32(at, true)],
    float64: [8, (at) => view.getFloat64(at, true)],
    int8: [1, (at) => view.getInt8(at)],
    int16: [2, (at) => view.getInt16(at, true)],
    int32: [4, (at) => view.getInt32(at, true)],
    int64: [8, (at) => view.getBigInt64(at, true)],
    uint8: [1, (at) => view.getUint8(at)],
    uint16: [2, (at) => view.getUint16(at, true)],
    uint32: [4, (at) => view.getUint32(at, true)],
    uint64: [8, (at) => view.getBigUint64(at, true)],
    bool: [1, (at) => (view.getUint8(at) === 0 ? 0 : 1)],
  };
  const [size, get] = read[dtype]!;
  return Array.from({ length: bytes.byteLength / size }, (_, k) => get(k * size));
}

interface ReferenceStatistics {
  count: number;
  finite: number;
  zeros: number;
  nan: number;
  posInf: number;
  negInf: number;
  firstNotFinite: number | null;
  min: number | bigint | null;
  max: number | bigint | null;
  mean: number | null;
  std: number | null;
  /** The largest magnitude. */
  scale: number;
}

/** Two passes in double precision. */
export function referenceStatistics(values: readonly (number | bigint)[]): ReferenceStatistics {
  const finite = values.filter((value) => typeof value === 'bigint' || Number.isFinite(value));
  const numbers = finite.map(Number);
  const firstNotFinite = values.findIndex((value) => typeof value === 'number' && !Number.isFinite(value));
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const extreme = (isBetter: (a: number | bigint, b: number | bigint) => boolean) =>
    finite.length === 0 ? null : finite.reduce((best, value) => (isBetter(value, best) ? value : best));
  return {
    count: values.length,
    finite: finite.length,
    zeros: finite.filter((value) => value === 0 || value === 0n).length,
    nan: values.filter((value) => Number.isNaN(value)).length,
    posInf: values.filter((value) => value === Infinity).length,
    negInf: values.filter((value) => value === -Infinity).length,
    firstNotFinite: firstNotFinite < 0 ? null : firstNotFinite,
    min: extreme((a, b) => a < b),
    max: extreme((a, b) => a > b),
    mean: finite.length === 0 ? null : mean,
    std: finite.length === 0 ? null : Math.sqrt(squares / numbers.length),
    scale: numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}
