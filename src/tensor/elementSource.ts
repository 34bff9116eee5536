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

/** A column of a text has the axes of what it is for, if that has as many elements. */
export function shapedAs(source: ElementSource, { shape }: { shape: readonly (number | null)[] }): ElementSource {
  const [rows = 1] = source.shape;
  const [count = 1] = shape;
  if (!source.isColumn || shape.length > 1 || count !== rows) return source;
  const one: AxisRange = { start: 0, step: 1, count: 1, dropped: false };
  return { ...source, shape: shape.map(() => rows), read: (ranges) => source.read([ranges[0] ?? one, one]) };
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
