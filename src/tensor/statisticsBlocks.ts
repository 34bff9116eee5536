/**
 * Cuts chunks of any dtype into blocks of doubles, so that one loop, which the engine compiles once, serves every
 * dtype. One buffer is reused; nothing is allocated per element.
 */
import type { DType } from '../protocol/tensor.ts';
import { isBigInteger, isComplex, itemSize } from './dtypes.ts';

/** Elements per block: 64 KiB of doubles stay in a core's cache. */
export const blockElements = 8192;

export interface Block {
  /** The elements, minus the origin; two per complex element. Valid during the call only. */
  values: Float64Array;
  count: number;
  /** The flat index of the block's first element in the chunk. */
  from: number;
  /** What is subtracted from each 64-bit integer, so that doubles hold the differences; 0 for other dtypes. */
  origin: bigint;
  /** For 64-bit integers, whose differences say none of these exactly. */
  sum: bigint | null;
  zeros: number | null;
  min: bigint | null;
  max: bigint | null;
}

/** Calls `visit` for each block of a chunk. `origin` is the one of the blocks before, null at the first. */
export type BlockReader = (chunk: ArrayBufferView, origin: bigint | null, visit: (block: Block) => void) => void;

type NumberArray =
  Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;
type NumberArrayConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => NumberArray;

/** The typed array whose elements are the dtype's, or, for the dtypes that have none, its raw parts. */
const storage: Partial<Record<DType, NumberArrayConstructor>> = {
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
  complex64: Float32Array,
  complex128: Float64Array,
};

/** How to cut chunks of this dtype; string and `unknown` have no blocks. */
export function blockReader(dtype: DType): BlockReader {
  const buffer = new Float64Array(blockElements * (isComplex(dtype) ? 2 : 1));
  if (isBigInteger(dtype)) return bigIntegerReader(buffer, dtype === 'int64');
  const parts = isComplex(dtype) ? 2 : 1;
  const Storage = storage[dtype] as NumberArrayConstructor;
  const decode = decoder(dtype);
  return (chunk, _origin, visit) => {
    forEachPiece(chunk, itemSize(dtype), (bytes, byteOffset, count, from) => {
      const elements = new Storage(bytes, byteOffset, count * parts);
      decode(elements, buffer);
      visit({ values: buffer, count, from, origin: 0n, sum: null, zeros: null, min: null, max: null });
    });
  };
}

/** How to turn stored parts into doubles; `into` is as long as the longest block. */
function decoder(dtype: DType): (elements: NumberArray, into: Float64Array) => void {
  if (dtype === 'float16') return float16Decoder();
  if (dtype === 'bfloat16') return bfloat16Decoder();
  if (dtype !== 'bool') return (elements, into) => into.set(elements);
  return (elements, into) => {
    for (let i = 0; i < elements.length; i++) into[i] = elements[i] === 0 ? 0 : 1;
  };
}

/** A bfloat16 is the upper half of a float32. */
function bfloat16Decoder(): (elements: NumberArray, into: Float64Array) => void {
  const words = new Uint32Array(blockElements);
  const floats = new Float32Array(words.buffer);
  return (elements, into) => {
    for (let i = 0; i < elements.length; i++) words[i] = (elements[i] as number) << 16;
    into.set(floats);
  };
}

/** A float16's bits, moved to a float32's places, are the value times 2^-112, denormals included. */
function float16Decoder(): (elements: NumberArray, into: Float64Array) => void {
  const words = new Uint32Array(blockElements);
  const floats = new Float32Array(words.buffer);
  return (elements, into) => {
    for (let i = 0; i < elements.length; i++) {
      const bits = elements[i] as number;
      const special = (bits & 0x7c00) === 0x7c00 ? 0x7f800000 : 0;
      words[i] = ((bits & 0x8000) << 16) | ((bits & 0x7fff) << 13) | special;
    }
    into.set(floats);
    for (let i = 0; i < elements.length; i++) into[i] = (into[i] as number) * 2 ** 112;
  };
}

/**
 * 64-bit integers as pairs of 32-bit halves, since reading them as bigints would allocate each one. Differences from the
 * first element are exact as doubles below 2^53; the sum, zeros and extremes are found on the halves themselves.
 */
function bigIntegerReader(buffer: Float64Array, signed: boolean): BlockReader {
  const combine = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);
  return (chunk, origin, visit) => {
    forEachPiece(chunk, 8, (bytes, byteOffset, count, from) => {
      const lows = new Uint32Array(bytes, byteOffset, count * 2);
      const highs = signed ? new Int32Array(bytes, byteOffset, count * 2) : lows;
      origin ??= combine(highs[1] as number, lows[0] as number);
      const originHigh = Number(origin >> 32n);
      const originLow = Number(origin & 0xffffffffn);
      // Exact: a block has 2^13 halves of 32 bits.
      let sumHigh = 0;
      let sumLow = 0;
      let zeros = 0;
      let smallest = 0;
      let largest = 0;
      for (let i = 0; i < count; i++) {
        const low = lows[2 * i] as number;
        const high = highs[2 * i + 1] as number;
        sumHigh += high;
        sumLow += low;
        if (low === 0 && high === 0) zeros++;
        const minHigh = highs[smallest + 1] as number;
        const maxHigh = highs[largest + 1] as number;
        if (high < minHigh || (high === minHigh && low < (lows[smallest] as number))) smallest = 2 * i;
        if (high > maxHigh || (high === maxHigh && low > (lows[largest] as number))) largest = 2 * i;
        buffer[i] = (high - originHigh) * 4294967296 + (low - originLow);
      }
      const sum = combine(sumHigh, 0) + BigInt(sumLow);
      const min = combine(highs[smallest + 1] as number, lows[smallest] as number);
      const max = combine(highs[largest + 1] as number, lows[largest] as number);
      visit({ values: buffer, count, from, origin, sum, zeros, min, max });
    });
  };
}

/** Pieces of a chunk at an address that a typed array can start at; a chunk that starts elsewhere is copied by pieces. */
function forEachPiece(
  chunk: ArrayBufferView,
  size: number,
  visit: (buffer: ArrayBufferLike, byteOffset: number, count: number, from: number) => void,
): void {
  const total = Math.floor(chunk.byteLength / size);
  const aligned = chunk.byteOffset % Math.min(size, 8) === 0;
  const copy = aligned ? null : new Uint8Array(Math.min(total, blockElements) * size);
  for (let from = 0; from < total; from += blockElements) {
    const count = Math.min(blockElements, total - from);
    const byteOffset = chunk.byteOffset + from * size;
    if (!copy) visit(chunk.buffer, byteOffset, count, from);
    else {
      copy.set(new Uint8Array(chunk.buffer, byteOffset, count * size));
      visit(copy.buffer, 0, count, from);
    }
  }
}
