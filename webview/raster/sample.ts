/** Where a sample of a view lies, and which element of it stands for a cell. */
import type { CellPosition } from '../grid/windowPlan.ts';
import type { Rectangle } from '../grid/windowPlan.ts';
import type { SamplePlan } from './sampling.ts';

/** The part of the view that a sample stands for: each element for the `step` rows and columns from its own on. */
export function coveredBy({ rows, columns }: SamplePlan): Rectangle {
  return {
    rowStart: rows.start,
    rowEnd: rows.start + rows.count * rows.step,
    columnStart: columns.start,
    columnEnd: columns.start + columns.count * columns.step,
  };
}

/** The element of the sample that stands for a cell: its own place in the view, and its place in the sample. */
export function sampleAt(
  { rows, columns }: SamplePlan,
  cell: CellPosition,
): { row: number; column: number; sampleRow: number; sampleColumn: number; k: number } | null {
  const sampleRow = Math.floor((cell.row - rows.start) / rows.step);
  const sampleColumn = Math.floor((cell.column - columns.start) / columns.step);
  if (sampleRow < 0 || sampleRow >= rows.count || sampleColumn < 0 || sampleColumn >= columns.count) return null;
  return {
    row: rows.start + sampleRow * rows.step,
    column: columns.start + sampleColumn * columns.step,
    sampleRow,
    sampleColumn,
    k: sampleRow * columns.count + sampleColumn,
  };
}
