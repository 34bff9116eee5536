/**
 * Two tensors compared in bounded memory, wherever their elements are: in a paused program, in files, in memory. Both are
 * read by the same windows, one after the other.
 */
import { assertNotCancelled, TensorError, type Cancellation } from '../protocol/errors.ts';
import type { LargestDifferenceAt, TensorComparison, Tolerance } from '../protocol/comparison.ts';
import type { DType } from '../protocol/tensor.ts';
import { blocks } from './blocks.ts';
import type { BlockOrder } from './blocks.ts';
import { ComparisonAccumulator } from './compare.ts';
import type { Comparison, LargestDifference } from './compare.ts';
import { itemSize } from './dtypes.ts';
import type { Element } from './dtypes.ts';
import { flatIndex, shapedAs, type ElementSource } from './elementSource.ts';
import { jsonElement } from './jsonValue.ts';
import { formatType } from './preview.ts';
import { sameShape, sizeOf, unravelIndex } from './shape.ts';
import { sliceSize } from './slice.ts';

type Compared = Pick<ElementSource, 'name' | 'dtype' | 'shape'>;

interface HeldElements extends Compared {
  bytes: Uint8Array;
}

export interface CompareRun {
  signal?: Cancellation | undefined;
  /** Fractions from 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined;
}

const blockBytes = 4 * 2 ** 20;
/** What a string takes is not known before; NumPy's are padded, too. */
const guessedStringBytes = 256;

/** @throws TensorError `invalid-argument` where one holds strings and the other numbers; `cancelled`; what reading throws */
export async function compareSources(
  givenA: ElementSource,
  givenB: ElementSource,
  tolerance: Tolerance,
  { signal, onProgress }: CompareRun = {},
): Promise<TensorComparison> {
  const [a, b] = [shapedAs(givenA, givenB), shapedAs(givenB, givenA)];
  const comparison = notCompared(a, b, tolerance);
  if ((a.dtype === 'string') !== (b.dtype === 'string')) {
    throw new TensorError({
      code: 'invalid-argument',
      message: `${a.name} (${formatType(a.dtype, a.shape)}) and ${b.name} (${formatType(b.dtype, b.shape)}) can't be compared: one holds text, the other numbers.`,
    });
  }
  if (!comparison.sameShape) return comparison;
  const accumulator =
    a.dtype === 'string' ? new StringComparison() : new ComparisonAccumulator(a.dtype, b.dtype, tolerance);
  const size = a.dtype === 'string' ? guessedStringBytes : Math.max(itemSize(a.dtype), itemSize(b.dtype));
  const total = sizeOf(a.shape);
  let seen = 0;
  for (const ranges of blocks(a.shape, blockBytes / size, commonOrder(a, b))) {
    assertNotCancelled(signal, `Comparing ${a.name} with ${b.name} was cancelled.`);
    const [left, right] = [await a.read(ranges), await b.read(ranges)];
    accumulator.add(left as Uint8Array & string[], right as Uint8Array & string[], (k) =>
      flatIndex(k, ranges, a.shape),
    );
    seen += sliceSize(ranges);
    onProgress?.(seen / total);
  }
  return finished(comparison, accumulator.finish());
}

/** The same at once, for tensors in memory: dense little-endian elements in row-major order. Not for strings. */
export function compareElements(a: HeldElements, b: HeldElements, tolerance: Tolerance): TensorComparison {
  const comparison = notCompared(a, b, tolerance);
  if (!comparison.sameShape) return comparison;
  const accumulator = new ComparisonAccumulator(a.dtype, b.dtype, tolerance);
  accumulator.add(a.bytes, b.bytes, 0);
  return finished(comparison, accumulator.finish());
}

function notCompared(a: Compared, b: Compared, tolerance: Tolerance): TensorComparison {
  const of = ({ name, dtype, shape }: Compared) => ({ name, dtype, shape: [...shape] });
  return {
    a: of(a),
    b: of(b),
    tolerance,
    close: false,
    sameShape: sameShape(a.shape, b.shape),
    sameDType: a.dtype === b.dtype,
    count: 0,
    different: 0,
    notFinite: 0,
    first: null,
    absolute: null,
    relative: null,
  };
}

function finished(comparison: TensorComparison, result: Comparison): TensorComparison {
  const { a, b } = comparison;
  const { absolute, relative, first, ...counts } = result;
  const located = (largest: LargestDifference | null): LargestDifferenceAt | null =>
    largest && {
      difference: largest.difference === Infinity ? 'Infinity' : largest.difference,
      index: unravelIndex(largest.index, a.shape),
      ...differentTexts(largest, a.dtype, b.dtype),
    };
  return {
    ...comparison,
    ...counts,
    close: counts.different === 0,
    first: first === null ? null : unravelIndex(first, a.shape),
    absolute: located(absolute),
    relative: located(relative),
  };
}

/** The digits that tell the values of a dtype apart may be those of another value in the other dtype: 65504 as float16 is 65500. */
function differentTexts(largest: LargestDifference, dtypeA: DType, dtypeB: DType) {
  const texts = { a: asJson(largest.a, dtypeA), b: asJson(largest.b, dtypeB) };
  if (largest.difference === 0 || String(texts.a) !== String(texts.b)) return texts;
  return { a: asJson(largest.a, 'float64'), b: asJson(largest.b, 'float64') };
}

/** Booleans are compared as 0 and 1. */
function asJson(value: Element, dtype: DType) {
  return jsonElement(dtype === 'bool' && typeof value === 'number' ? value !== 0 : value, dtype);
}

function commonOrder(a: ElementSource, b: ElementSource): BlockOrder {
  if (!a.fortranOrder && !b.fortranOrder) return 'row-major';
  return a.fortranOrder && b.fortranOrder ? 'column-major' : 'square';
}

/** Text is the same or it is not. */
class StringComparison {
  #count = 0;
  #different = 0;
  #first: number | null = null;

  add(a: readonly string[], b: readonly string[], indexOf: (k: number) => number): void {
    a.forEach((text, k) => {
      if (text === b[k]) return;
      this.#different++;
      this.#first = Math.min(this.#first ?? Infinity, indexOf(k));
    });
    this.#count += a.length;
  }

  finish() {
    return {
      count: this.#count,
      different: this.#different,
      notFinite: 0,
      first: this.#first,
      absolute: null,
      relative: null,
    };
  }
}
