/**
 * Two tensors of the same shape, element by element, chunk by chunk, with the meaning of `numpy.allclose`: elements are
 * close if |a - b| <= atol + rtol * |b|; infinities are close to themselves, a NaN only to a NaN and only if asked for.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.isclose.html
 */
import type { Tolerance } from '../protocol/comparison.ts';
import type { DType } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, isBigInteger, isComplex, itemSize } from './dtypes.ts';
import type { Element } from './dtypes.ts';
import { blockElements, blockReader } from './statisticsBlocks.ts';
import type { BlockReader } from './statisticsBlocks.ts';

/** The largest of some kind of difference, and where. */
export interface LargestDifference {
  difference: number;
  /** The flat row-major index. */
  index: number;
  a: Element;
  b: Element;
}

export interface Comparison {
  count: number;
  /** Elements that are not close. */
  different: number;
  /** Of those, elements where one is NaN or infinite and the other is not the same. */
  notFinite: number;
  /** The flat index of the first element that is not close, null if all are. */
  first: number | null;
  /** |a - b| over the elements that are finite in both, null if there are none. */
  absolute: LargestDifference | null;
  /** |a - b| / |b| over the elements that are finite in both and not 0 in b, null if there are none. */
  relative: LargestDifference | null;
}

/** The flat row-major index, in the whole tensor, of the k-th element of a chunk; it grows with k. */
type IndexOf = (k: number) => number;

export class ComparisonAccumulator {
  readonly #a: DType;
  readonly #b: DType;
  readonly #tolerance: Tolerance;
  /** For dtypes whose values doubles hold: both sides in blocks of them. */
  readonly #blocks: { a: BlockReader; b: BlockReader } | null;
  readonly #result: Comparison = {
    count: 0,
    different: 0,
    notFinite: 0,
    first: null,
    absolute: null,
    relative: null,
  };

  /** The dtypes may differ: values are compared, 64-bit integers as what they are, others as doubles. Not for strings. */
  constructor(a: DType, b: DType, tolerance: Tolerance) {
    this.#a = a;
    this.#b = b;
    this.#tolerance = tolerance;
    const plain = [a, b].every((dtype) => !isComplex(dtype) && !isBigInteger(dtype) && dtype !== 'unknown');
    this.#blocks = plain ? { a: blockReader(a), b: blockReader(b) } : null;
  }

  /**
   * @param a whole elements, little-endian
   * @param b the same number of elements
   * @param first the flat index of the chunks' first element, or how to find that of each
   */
  add(a: ArrayBufferView, b: ArrayBufferView, first: number | IndexOf): void {
    const [sizeA, sizeB] = [itemSize(this.#a), itemSize(this.#b)];
    const count = Math.floor(a.byteLength / sizeA);
    if (count !== Math.floor(b.byteLength / sizeB))
      throw new RangeError('The chunks hold different numbers of elements.');
    const indexOf = typeof first === 'number' ? (k: number) => first + k : first;
    const firstBefore = this.#result.first;
    this.#result.first = null;
    if (this.#blocks) this.#addDoubles(a, b, this.#blocks, indexOf);
    else {
      const [readA, readB] = [elementReader(this.#a), elementReader(this.#b)];
      const [viewA, viewB] = [dataViewOf(a), dataViewOf(b)];
      for (let i = 0; i < count; i++) {
        const left = readA(viewA, i * sizeA);
        const right = readB(viewB, i * sizeB);
        this.#compare(left, right, Math.abs(difference(left, right)), i, indexOf);
      }
    }
    this.#result.count += count;
    // Chunks may come in any order.
    if (firstBefore !== null) this.#result.first = Math.min(firstBefore, this.#result.first ?? Infinity);
  }

  #addDoubles(
    a: ArrayBufferView,
    b: ArrayBufferView,
    read: { a: BlockReader; b: BlockReader },
    indexOf: IndexOf,
  ): void {
    const [sizeA, sizeB] = [itemSize(this.#a), itemSize(this.#b)];
    const count = a.byteLength / sizeA;
    for (let from = 0; from < count; from += blockElements) {
      const length = Math.min(blockElements, count - from);
      read.a(part(a, from * sizeA, length * sizeA), 0n, ({ values: left }) => {
        read.b(part(b, from * sizeB, length * sizeB), 0n, ({ values: right }) => {
          this.#compareBlock(left, right, length, (k) => indexOf(from + k));
        });
      });
    }
  }

  /** What `#compare` does, without an object for any element but a new largest difference. */
  #compareBlock(a: Float64Array, b: Float64Array, count: number, indexOf: IndexOf): void {
    const { rtol, atol } = this.#tolerance;
    let absolute = this.#result.absolute?.difference ?? -1;
    let relative = this.#result.relative?.difference ?? -1;
    for (let i = 0; i < count; i++) {
      const left = a[i] as number;
      const right = b[i] as number;
      const distance = Math.abs(left - right);
      const size = Math.abs(right);
      const isRecord = distance > absolute || (size !== 0 && distance > relative * size);
      // Also false for NaN and infinities.
      if (!isRecord && distance <= atol + rtol * size && size < Infinity) continue;
      this.#compare(left, right, distance, i, indexOf);
      absolute = this.#result.absolute?.difference ?? -1;
      relative = this.#result.relative?.difference ?? -1;
    }
  }

  #compare(a: Element, b: Element, distance: number, k: number, indexOf: IndexOf): void {
    const result = this.#result;
    const { rtol, atol, equalNan } = this.#tolerance;
    const size = magnitude(b);
    if (Number.isFinite(size) && Number.isFinite(distance)) {
      if (result.absolute === null || distance > result.absolute.difference) {
        result.absolute = { difference: distance, index: indexOf(k), a, b };
      }
      const relative = distance / size;
      if (size !== 0 && (result.relative === null || relative > result.relative.difference)) {
        result.relative = { difference: relative, index: indexOf(k), a, b };
      }
      if (distance <= atol + rtol * size) return;
    } else {
      if (isSame(a, b) || (equalNan && isNaNElement(a) && isNaNElement(b))) return;
      result.notFinite++;
    }
    result.different++;
    result.first ??= indexOf(k);
  }

  finish(): Comparison {
    return { ...this.#result };
  }
}

function part(view: ArrayBufferView, byteOffset: number, byteLength: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + byteOffset, byteLength);
}

function magnitude(value: Element): number {
  return Array.isArray(value) ? Math.hypot(value[0], value[1]) : Math.abs(Number(value));
}

/**
 * a - b; of complex numbers, how far they are apart. Exact also for 64-bit integers whose difference is below 2^53, whatever their
 * size and whatever they are compared with. NaN where one is NaN; an infinity is no different from itself.
 */
export function difference(a: Element, b: Element): number {
  if (typeof a === 'bigint') return integerDifference(a, b);
  if (typeof b === 'bigint') return Array.isArray(a) ? integerDifference(b, a) : 0 - integerDifference(b, a);
  if (Array.isArray(a) || Array.isArray(b)) {
    const [re, im] = complexParts(a);
    const [otherRe, otherIm] = complexParts(b);
    return Math.hypot(realDifference(re, otherRe), realDifference(im, otherIm));
  }
  return realDifference(Number(a), Number(b));
}

function integerDifference(integer: bigint, other: Element): number {
  if (typeof other === 'bigint') return Number(integer - other);
  if (Array.isArray(other)) return Math.hypot(integerDifference(integer, other[0]), other[1]);
  const value = Number(other);
  if (!Number.isFinite(value)) return Number(integer) - value;
  const whole = Math.trunc(value);
  return Number(integer - BigInt(whole)) - (value - whole);
}

function realDifference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function isSame(a: Element, b: Element): boolean {
  if (!Array.isArray(a) && !Array.isArray(b)) return a === b;
  const [re, im] = complexParts(a);
  const [otherRe, otherIm] = complexParts(b);
  return re === otherRe && im === otherIm;
}

function complexParts(value: Element): readonly [number, number] {
  return Array.isArray(value) ? value : [Number(value), 0];
}

function isNaNElement(value: Element): boolean {
  return Array.isArray(value) ? value.some(Number.isNaN) : Number.isNaN(value);
}
