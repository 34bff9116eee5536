/** What comparing two tensors says; see `src/tensor/compareSources.ts`. */
import type { DType, JsonElement } from './tensor.ts';

/** Elements are close if |a - b| <= atol + rtol * |b|, as `numpy.allclose` has it. */
export interface Tolerance {
  /** Relative to |b|. */
  rtol: number;
  atol: number;
  /** Whether NaN is close to NaN. */
  equalNan: boolean;
}
/** NumPy's. */
export const defaultTolerance: Tolerance = { rtol: 1e-5, atol: 1e-8, equalNan: false };

interface ComparedTensor {
  name: string;
  dtype: DType;
  shape: number[];
}

/** The largest of some kind of difference, and where. */
export interface LargestDifferenceAt {
  /** A relative one may be too large for a double. */
  difference: number | 'Infinity';
  /** One per axis. */
  index: number[];
  a: JsonElement;
  b: JsonElement;
}

export interface TensorComparison {
  a: ComparedTensor;
  b: ComparedTensor;
  tolerance: Tolerance;
  /** Whether every element is close. Tensors of different shapes never are, and nothing but the shapes is compared. */
  close: boolean;
  sameShape: boolean;
  sameDType: boolean;
  /** Elements that were compared. */
  count: number;
  /** Of those, elements that are not close. */
  different: number;
  /** Of those, elements where one is NaN or infinite and the other is not the same. */
  notFinite: number;
  /** The first element that is not close, row by row. */
  first: number[] | null;
  /** |a - b| over the elements that are finite in both; null if there are none, and for strings. */
  absolute: LargestDifferenceAt | null;
  /** |a - b| / |b| over those of them that are not 0 in b. */
  relative: LargestDifferenceAt | null;
}
