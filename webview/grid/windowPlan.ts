/**
 * Which pieces of a view to fetch. Cells are kept by small tiles, so that what is fetched is little more than what is on
 * screen (the target is 1.5), and missing tiles are asked for in few rectangles.
 */

/** A row and a column of a view. */
export interface CellPosition {
  row: number;
  column: number;
}

/** Rows and columns, the ends left out. */
export interface Rectangle {
  rowStart: number;
  rowEnd: number;
  columnStart: number;
  columnEnd: number;
}

/** Cells per tile. A screen of 45 x 17 cells touches at most 46 x 18 of them. */
export const tileRows = 2;
export const tileColumns = 2;
/** Fetched ahead while scrolling. */
const bandRows = 8;
const bandColumns = 2;

export function intersects(a: Rectangle, b: Rectangle): boolean {
  return a.rowStart < b.rowEnd && b.rowStart < a.rowEnd && a.columnStart < b.columnEnd && b.columnStart < a.columnEnd;
}

export function cellsIn(rectangle: Rectangle): number {
  return (rectangle.rowEnd - rectangle.rowStart) * (rectangle.columnEnd - rectangle.columnStart);
}

/** The cells of a rectangle, row by row. */
export function* positionsIn({ rowStart, rowEnd, columnStart, columnEnd }: Rectangle): Generator<CellPosition> {
  for (let row = rowStart; row < rowEnd; row++) {
    for (let column = columnStart; column < columnEnd; column++) yield { row, column };
  }
}

/** In tiles: those that the rectangle of cells touches. */
export function tilesOf(cells: Rectangle): Rectangle {
  return {
    rowStart: Math.floor(cells.rowStart / tileRows),
    rowEnd: Math.ceil(cells.rowEnd / tileRows),
    columnStart: Math.floor(cells.columnStart / tileColumns),
    columnEnd: Math.ceil(cells.columnEnd / tileColumns),
  };
}

/** In cells, cut to the view. */
export function cellsOf(tiles: Rectangle, extent: { rows: number; columns: number }): Rectangle {
  return {
    rowStart: tiles.rowStart * tileRows,
    rowEnd: Math.min(extent.rows, tiles.rowEnd * tileRows),
    columnStart: tiles.columnStart * tileColumns,
    columnEnd: Math.min(extent.columns, tiles.columnEnd * tileColumns),
  };
}

/**
 * What is on screen, and a band ahead in the direction of scrolling. A jump (more than a screen at once) has no
 * direction: nobody knows where the next one goes, and what is fetched ahead would be for nothing.
 * @param before what was on screen before
 */
export function withBandAhead(visible: Rectangle, before: Rectangle | null, extent: { rows: number; columns: number }) {
  if (!before || !intersects(visible, before)) return visible;
  const down = Math.sign(visible.rowStart - before.rowStart);
  const across = Math.sign(visible.columnStart - before.columnStart);
  return {
    rowStart: down < 0 ? Math.max(0, visible.rowStart - bandRows) : visible.rowStart,
    rowEnd: down > 0 ? Math.min(extent.rows, visible.rowEnd + bandRows) : visible.rowEnd,
    columnStart: across < 0 ? Math.max(0, visible.columnStart - bandColumns) : visible.columnStart,
    columnEnd: across > 0 ? Math.min(extent.columns, visible.columnEnd + bandColumns) : visible.columnEnd,
  };
}

/**
 * The tiles of a rectangle that are not there yet, as few rectangles without overlap: runs of each row of tiles, joined
 * with equal runs of the row above.
 */
export function missingRectangles(tiles: Rectangle, has: (row: number, column: number) => boolean): Rectangle[] {
  const done: Rectangle[] = [];
  let open: Rectangle[] = [];
  for (let row = tiles.rowStart; row < tiles.rowEnd; row++) {
    const next: Rectangle[] = [];
    for (let column = tiles.columnStart; column < tiles.columnEnd; column++) {
      if (has(row, column)) continue;
      const columnStart = column;
      while (column < tiles.columnEnd && !has(row, column)) column++;
      const above = open.find((run) => run.columnStart === columnStart && run.columnEnd === column);
      if (above) above.rowEnd++;
      next.push(above ?? { rowStart: row, rowEnd: row + 1, columnStart, columnEnd: column });
    }
    done.push(...open.filter((run) => !next.includes(run)));
    open = next;
  }
  return [...done, ...open];
}
