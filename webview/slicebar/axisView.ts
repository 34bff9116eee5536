/**
 * Which two axes of a tensor are the rows and the columns on screen, which part of them, and where the other axes stand.
 * One value of this type and one NumPy slice say the same: that is how the slice field and the controls stay in step.
 */
import type { AxisRange } from '../../src/protocol/tensor.ts';
import { formatSlice, isWhole, parseSlice, wholeSlice } from '../../src/tensor/slice.ts';

export interface AxisView {
  shape: readonly number[];
  /** The axis that runs down the screen; null for a 0-d tensor, or where a slice leaves no axis. */
  rows: number | null;
  /** The axis that runs across; null where there is one axis at most. */
  columns: number | null;
  /** Per axis; only those of `rows` and `columns` count. */
  ranges: readonly AxisRange[];
  /** Per axis, where it stands if it is neither `rows` nor `columns`. */
  index: readonly number[];
}

/** The last two axes, as NumPy prints; the others at 0. One axis runs down. */
export function defaultView(shape: readonly number[]): AxisView {
  const rank = shape.length;
  return {
    shape,
    rows: rank === 0 ? null : Math.max(0, rank - 2),
    columns: rank < 2 ? null : rank - 1,
    ranges: wholeSlice(shape),
    index: shape.map(() => 0),
  };
}

/**
 * The view that a slice asks for. Axes that it gives one index stand there; of more than two others, those that are on
 * screen already stay, otherwise the last two are shown and the rest stand at their first index in the slice.
 * @throws SliceError
 */
export function viewOfSlice(text: string, current: AxisView): AxisView {
  const { shape } = current;
  const ranges = parseSlice(text, shape);
  const open = shape.map((_, axis) => axis).filter((axis) => !(ranges[axis] as AxisRange).dropped);
  const index = ranges.map((range, axis) => standing(range, current.index[axis] as number));
  const kept = [current.rows, current.columns];
  const keeps = kept.every((axis) => axis !== null && open.includes(axis));
  const [first = null, columns = null] = keeps ? kept : open.slice(-2);
  // A slice that takes nothing shows nothing, whatever axis it is that takes nothing.
  const empty = open.find((axis) => (ranges[axis] as AxisRange).count === 0) ?? null;
  const rows = empty === null || empty === columns ? first : empty;
  return { shape, rows, columns, ranges: ranges.map((range) => ({ ...range, dropped: false })), index };
}

/** Where an axis stands that the slice leaves open but that has no room on screen: where it stood, if that is in it. */
function standing(range: AxisRange, before: number): number {
  if (range.count === 0) return 0;
  const steps = (before - range.start) / range.step;
  return Number.isInteger(steps) && steps >= 0 && steps < range.count ? before : range.start;
}

export function isShown(view: AxisView, axis: number): boolean {
  return axis === view.rows || axis === view.columns;
}

/** The ranges of what is on screen; the other axes dropped. */
function rangesOf(view: AxisView): AxisRange[] {
  return view.ranges.map((range, axis) => {
    if (isShown(view, axis)) return range;
    // An axis without elements has no index to stand at.
    if (view.shape[axis] === 0) return { start: 0, step: 1, count: 0, dropped: false };
    return { start: view.index[axis] as number, step: 1, count: 1, dropped: true };
  });
}

/** The NumPy slice of what is on screen, with `:` for whole axes: `3, :, 0:64:2`. */
export function sliceOfView(view: AxisView): string {
  return rangesOf(view)
    .map((range, axis) => {
      const size = [view.shape[axis] as number];
      return !range.dropped && isWhole([range], size) ? ':' : formatSlice([range], size);
    })
    .join(', ');
}

/** Two views with the same key show the same elements at the same places. */
export function keyOfView(view: AxisView): string {
  return `${view.rows}/${view.columns}/${sliceOfView(view)}`;
}

/** How many rows and columns the view has. */
export function extentOf(view: AxisView): { rows: number; columns: number } {
  const count = (axis: number | null): number => (axis === null ? 1 : (view.ranges[axis] as AxisRange).count);
  const empty = view.shape.some((size, axis) => size === 0 && !isShown(view, axis));
  return empty ? { rows: 0, columns: 0 } : { rows: count(view.rows), columns: count(view.columns) };
}

/** Rows or columns of a view: `count` of them, every `step`-th from `start`. */
export interface Span {
  start: number;
  count: number;
  step?: number;
}

/** A piece of the view as the slice that reads it, and where its elements lie in the answer. */
export interface WindowSlice {
  slice: string;
  rows: number;
  columns: number;
  /** In elements of the answer. */
  rowStride: number;
  columnStride: number;
}

export function windowSlice(view: AxisView, rows: Span, columns: Span): WindowSlice {
  const ranges = rangesOf(view);
  const cut = (axis: number | null, span: Span): void => {
    if (axis === null) return;
    const { start, step } = ranges[axis] as AxisRange;
    const every = span.step ?? 1;
    ranges[axis] = { start: start + span.start * step, step: step * every, count: span.count, dropped: false };
  };
  cut(view.rows, rows);
  cut(view.columns, columns);
  const transposed = view.rows !== null && view.columns !== null && view.rows > view.columns;
  return {
    slice: formatSlice(ranges, view.shape),
    rows: rows.count,
    columns: columns.count,
    rowStride: transposed ? 1 : columns.count,
    columnStride: transposed ? rows.count : 1,
  };
}

/** The element index, on its own axis, of a row or column on screen. */
export function elementIndex(view: AxisView, axis: number | null, position: number): number {
  if (axis === null) return 0;
  const { start, step } = view.ranges[axis] as AxisRange;
  return start + position * step;
}

/** The multi-index of a cell. */
export function indexOfCell(view: AxisView, row: number, column: number): number[] {
  return view.shape.map((_, axis) => {
    if (axis === view.rows) return elementIndex(view, axis, row);
    if (axis === view.columns) return elementIndex(view, axis, column);
    return view.index[axis] as number;
  });
}

/** Where an element is on screen, and the view that has it there: other axes move, and a slice that leaves it out goes. */
export function locate(view: AxisView, index: readonly number[]): { view: AxisView; row: number; column: number } {
  const ranges = view.ranges.map((range, axis) =>
    positionIn(range, index[axis] as number) === null ? (wholeSlice(view.shape)[axis] as AxisRange) : range,
  );
  const position = (axis: number | null): number =>
    axis === null ? 0 : (positionIn(ranges[axis] as AxisRange, index[axis] as number) as number);
  const moved = view.index.map((before, axis) => (isShown(view, axis) ? before : (index[axis] as number)));
  return { view: { ...view, ranges, index: moved }, row: position(view.rows), column: position(view.columns) };
}

function positionIn({ start, step, count }: AxisRange, index: number): number | null {
  const position = (index - start) / step;
  return Number.isInteger(position) && position >= 0 && position < count ? position : null;
}

/** Another axis down or across; an axis that comes on screen is shown whole. Choosing the one of the other way swaps. */
export function withAxis(view: AxisView, place: 'rows' | 'columns', axis: number | null): AxisView {
  const other = place === 'rows' ? 'columns' : 'rows';
  if (view[place] === axis) return view;
  const next = { ...view, [place]: axis, [other]: view[other] === axis ? view[place] : view[other] };
  const ranges = view.ranges.map((range, i) =>
    isShown(next, i) && !isShown(view, i) ? (wholeSlice(view.shape)[i] as AxisRange) : range,
  );
  return { ...next, ranges };
}

/** Moves an axis that is not on screen; the index is cut to the axis. */
export function withIndex(view: AxisView, axis: number, index: number): AxisView {
  const last = Math.max(0, (view.shape[axis] as number) - 1);
  const next = Math.min(last, Math.max(0, Math.trunc(index)));
  return { ...view, index: view.index.map((before, i) => (i === axis ? next : before)) };
}
