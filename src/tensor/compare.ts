/**
 * Two tensors of the same shape, element by element, chunk by chunk, with the meaning of `numpy.allclose`: elements are
 * close if |a - b| <= atol + rtol * |b|; infinities are close to themselves, a NaN only to a NaN and only if asked for.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.isclose.html
 */
import type { DType } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, isBigInteger, itemSize } from './dtypes.ts';
import type { Element } from './dtypes.ts';

export interface CompareOptions {
  /** Relative tolerance, default 1e-5. */
  rtol?: number;
  /** Absolute tolerance, default 1e-8. */
  atol?: number;
  /** Whether NaN is close to NaN, default false. */
  equalNan?: boolean;
}

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

export class ComparisonAccumulator {
  readonly #a: DType;
  readonly #b: DType;
  readonly #options: Required<CompareOptions>;
  readonly #result: Comparison = {
    count: 0,
    different: 0,
    notFinite: 0,
    first: null,
    absolute: null,
    relative: null,
  };

  /** The dtypes may differ: values are compared, as doubles where both are not 64-bit integers. Not for strings. */
  constructor(a: DType, b: DType, { rtol = 1e-5, atol = 1e-8, equalNan = false }: CompareOptions = {}) {
    this.#a = a;
    this.#b = b;
    this.#options = { rtol, atol, equalNan };
  }

  /**
   * @param a whole elements, little-endian
   * @param b the same number of elements
   * @param firstIndex the flat index of the chunks' first element
   */
  add(a: ArrayBufferView, b: ArrayBufferView, firstIndex: number): void {
    const readA = elementReader(this.#a);
    const readB = elementReader(this.#b);
    const [sizeA, sizeB] = [itemSize(this.#a), itemSize(this.#b)];
    const [viewA, viewB] = [dataViewOf(a), dataViewOf(b)];
    const distance = isBigInteger(this.#a) && isBigInteger(this.#b) ? integerDistance : realOrComplexDistance;
    const count = Math.floor(a.byteLength / sizeA);
    if (count !== Math.floor(b.byteLength / sizeB))
      throw new RangeError('The chunks hold different numbers of elements.');
    for (let i = 0; i < count; i++) {
      const left = readA(viewA, i * sizeA);
      const right = readB(viewB, i * sizeB);
      this.#compare(left, right, distance(left, right), firstIndex + i);
    }
    this.#result.count += count;
  }

  #compare(a: Element, b: Element, difference: number, index: number): void {
    const result = this.#result;
    const { rtol, atol, equalNan } = this.#options;
    const size = magnitude(b);
    if (Number.isFinite(size) && Number.isFinite(difference)) {
      if (result.absolute === null || difference > result.absolute.difference) {
        result.absolute = { difference, index, a, b };
      }
      const relative = difference / size;
      if (size !== 0 && (result.relative === null || relative > result.relative.difference)) {
        result.relative = { difference: relative, index, a, b };
      }
      if (difference <= atol + rtol * size) return;
    } else {
      if (isSame(a, b) || (equalNan && isNaNElement(a) && isNaNElement(b))) return;
      result.notFinite++;
    }
    result.different++;
    result.first ??= index;
  }

  finish(): Comparison {
    return { ...this.#result };
  }
}

function magnitude(value: Element): number {
  return Array.isArray(value) ? Math.hypot(value[0], value[1]) : Math.abs(Number(value));
}

/** Exact below 2^53, whatever the size of the integers. */
function integerDistance(a: Element, b: Element): number {
  const difference = Number((a as bigint) - (b as bigint));
  return Math.abs(difference);
}

function realOrComplexDistance(a: Element, b: Element): number {
  if (!Array.isArray(a) && !Array.isArray(b)) return Math.abs(Number(a) - Number(b));
  const [re, im] = Array.isArray(a) ? a : [Number(a), 0];
  const [otherRe, otherIm] = Array.isArray(b) ? b : [Number(b), 0];
  return Math.hypot(re - otherRe, im - otherIm);
}

function isSame(a: Element, b: Element): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a[0] === b[0] && a[1] === b[1];
}

function isNaNElement(value: Element): boolean {
  return Array.isArray(value) ? value.some(Number.isNaN) : Number.isNaN(value);
}
