import type { AxisRange, DType } from '../protocol/tensor.ts';
import { ravelIndex, unravelIndex } from './shape.ts';

/** A tensor whose windows can be read, wherever its elements are: in a paused program, in a file, computed from others. */
export interface ElementSource {
  /** What it is called in messages. */
  name: string;
  dtype: DType;
  shape: readonly number[];
  /** Columns are read faster than rows. */
  fortranOrder?: boolean;
  /** [n, 1] from a text without a word about its axes: it may have been [n], or of no axis. */
  isColumn?: boolean;
  /** Little-endian elements in row-major order, or the strings of a `string` tensor. */
  read(ranges: readonly AxisRange[]): Promise<Uint8Array | readonly string[]>;
}

/** The flat index, in the whole tensor, of the k-th element of a window. */
export function flatIndex(k: number, ranges: readonly AxisRange[], shape: readonly number[]): number {
  const index = unravelIndex(
    k,
    ranges.map(({ count }) => count),
  );
  return ravelIndex(
    index.map((at, axis) => at * (ranges[axis] as AxisRange).step + (ranges[axis] as AxisRange).start),
    shape,
  );
}
