/** Which elements to take where there are more of them than pixels: every k-th, never all. */
import type { Span } from '../slicebar/axisView.ts';
import type { Rectangle } from '../grid/windowPlan.ts';

/** What a picture may take at most, whatever its size on screen: about 600 KB of float32. */
const mostRows = 320;
const mostColumns = 480;

/** Every k-th of `count` from `start`, with the smallest k that leaves no more than `room`. */
function sampleSpan(start: number, count: number, room: number): Span & { step: number } {
  const step = Math.max(1, Math.ceil(count / Math.max(1, room)));
  return { start, count: Math.ceil(count / step), step };
}

export interface SamplePlan {
  rows: Span & { step: number };
  columns: Span & { step: number };
}

/**
 * @param region of the view
 * @param room on screen, in pixels
 * @param square the same step down and across, as images need it
 */
export function samplePlan(region: Rectangle, room: { width: number; height: number }, square = false): SamplePlan {
  const rows = region.rowEnd - region.rowStart;
  const columns = region.columnEnd - region.columnStart;
  let roomRows = Math.min(mostRows, room.height);
  let roomColumns = Math.min(mostColumns, room.width);
  if (square) {
    const step = Math.max(1, Math.ceil(rows / roomRows), Math.ceil(columns / roomColumns));
    roomRows = Math.ceil(rows / step);
    roomColumns = Math.ceil(columns / step);
  }
  return {
    rows: sampleSpan(region.rowStart, rows, roomRows),
    columns: sampleSpan(region.columnStart, columns, roomColumns),
  };
}

/** What the sample leaves out, in words; empty if nothing. */
export function sampleText({ rows, columns }: SamplePlan): string {
  const every = ({ step }: { step: number }, what: string) =>
    step === 1 ? `every ${what}` : `every ${step}${ordinal(step)} ${what}`;
  if (rows.step === 1 && columns.step === 1) return '';
  return `Sampled: ${every(rows, 'row')}, ${every(columns, 'column')}`;
}

function ordinal(n: number): string {
  if (n % 100 >= 11 && n % 100 <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][n % 10] ?? 'th';
}

/** A region of about `factor` times the size around a point of it, within the view. */
export function zoomed(
  region: Rectangle,
  extent: { rows: number; columns: number },
  at: { row: number; column: number },
  factor: number,
): Rectangle {
  const along = (start: number, end: number, point: number, size: number): [number, number] => {
    const length = Math.max(Math.min(4, size), Math.min(size, Math.round((end - start) * factor)));
    const first = Math.round(point - (length * (point - start)) / (end - start));
    const from = Math.max(0, Math.min(size - length, first));
    return [from, from + length];
  };
  const [rowStart, rowEnd] = along(region.rowStart, region.rowEnd, at.row, extent.rows);
  const [columnStart, columnEnd] = along(region.columnStart, region.columnEnd, at.column, extent.columns);
  return { rowStart, rowEnd, columnStart, columnEnd };
}

/** The region moved by so many rows and columns, within the view. */
export function moved(
  region: Rectangle,
  extent: { rows: number; columns: number },
  rows: number,
  columns: number,
): Rectangle {
  const down = Math.max(-region.rowStart, Math.min(extent.rows - region.rowEnd, Math.round(rows)));
  const across = Math.max(-region.columnStart, Math.min(extent.columns - region.columnEnd, Math.round(columns)));
  return {
    rowStart: region.rowStart + down,
    rowEnd: region.rowEnd + down,
    columnStart: region.columnStart + across,
    columnEnd: region.columnEnd + across,
  };
}
