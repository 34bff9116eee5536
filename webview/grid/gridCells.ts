/**
 * The elements of a grid: its head, and the rows that are on screen. Rows that stay there when it scrolls are moved, and only
 * what differs is written.
 */
import type { CellPosition, Rectangle } from './windowPlan.ts';
import type { ShownCell } from './windowStore.ts';

export interface GridModel {
  rows: number;
  columns: number;
  /** For screen readers: what the grid shows. */
  label: string;
  rowLabel: (row: number) => string;
  columnLabel: (column: number) => string;
  /** undefined: on its way. */
  cell(row: number, column: number): ShownCell | undefined;
  /** Characters of the longest text that came so far; columns grow with it. */
  longestText(): number;
}

/** A row on screen. */
interface DrawnRow {
  element: HTMLElement;
  header: HTMLElement;
  cells: HTMLElement;
  row: number;
}

export class GridCells {
  readonly head = create('div', 'grid-row grid-head');
  readonly body = create('div', 'grid-body');
  readonly #headCells = create('div', 'grid-cells');
  #rows: DrawnRow[] = [];
  #columnsDrawn = 0;

  constructor() {
    this.head.setAttribute('role', 'row');
    this.head.setAttribute('aria-rowindex', '1');
    const corner = create('div', 'grid-header grid-corner');
    corner.setAttribute('role', 'columnheader');
    corner.setAttribute('aria-colindex', '1');
    corner.setAttribute('aria-label', 'Index');
    this.#headCells.setAttribute('role', 'presentation');
    this.body.setAttribute('role', 'rowgroup');
    this.head.append(corner, this.#headCells);
  }

  /** @returns the element of the active cell, named `active-cell`, if it is on screen */
  draw(visible: Rectangle, model: GridModel, active: CellPosition): Element | null {
    this.#placeRows(visible);
    this.#placeColumns(visible, model);
    for (const row of this.#rows) this.#writeRow(row, visible, model, active);
    const activeRow = this.#rows[active.row - visible.rowStart];
    const activeCell = activeRow?.cells.children[active.column - visible.columnStart] ?? null;
    this.body.querySelector('#active-cell')?.removeAttribute('id');
    if (activeCell) activeCell.id = 'active-cell';
    return activeCell;
  }

  /** The cell that an element is or is part of. */
  at(element: Element): CellPosition | undefined {
    const cell = element.closest('[role=gridcell]');
    const row = this.#rows.find((drawn) => drawn.element.contains(cell));
    return cell && row ? { row: row.row, column: Number(cell.getAttribute('aria-colindex')) - 2 } : undefined;
  }

  #placeRows({ rowStart, rowEnd }: Rectangle): void {
    const count = Math.max(0, rowEnd - rowStart);
    const shift = rowStart - (this.#rows[0]?.row ?? rowStart);
    if (Math.abs(shift) < this.#rows.length) {
      if (shift > 0) {
        const passed = this.#rows.splice(0, shift);
        this.body.append(...passed.map(({ element }) => element));
        this.#rows.push(...passed);
      } else if (shift < 0) {
        const passed = this.#rows.splice(shift);
        this.body.prepend(...passed.map(({ element }) => element));
        this.#rows.unshift(...passed);
      }
    }
    while (this.#rows.length > count) this.#rows.pop()?.element.remove();
    while (this.#rows.length < count) this.#rows.push(this.#newRow());
    this.#rows.forEach((drawn, i) => {
      const row = rowStart + i;
      if (drawn.row === row) return;
      drawn.row = row;
      drawn.element.setAttribute('aria-rowindex', String(row + 2));
      drawn.element.classList.toggle('odd', row % 2 === 1);
    });
  }

  #newRow(): DrawnRow {
    const drawn: DrawnRow = {
      element: create('div', 'grid-row'),
      header: create('div', 'grid-header'),
      cells: create('div', 'grid-cells'),
      row: -1,
    };
    drawn.element.setAttribute('role', 'row');
    drawn.header.setAttribute('role', 'rowheader');
    drawn.header.setAttribute('aria-colindex', '1');
    drawn.cells.setAttribute('role', 'presentation');
    drawn.element.append(drawn.header, drawn.cells);
    for (let i = 0; i < this.#columnsDrawn; i++) drawn.cells.append(newCell('gridcell'));
    this.body.append(drawn.element);
    return drawn;
  }

  #placeColumns({ columnStart, columnEnd }: Rectangle, model: GridModel): void {
    this.#columnsDrawn = Math.max(0, columnEnd - columnStart);
    resize(this.#headCells, this.#columnsDrawn, 'columnheader');
    for (let i = 0; i < this.#columnsDrawn; i++) {
      const cell = this.#headCells.children[i] as HTMLElement;
      write(cell, model.columnLabel(columnStart + i), 'grid-header');
      setIndex(cell, columnStart + i + 2);
    }
  }

  #writeRow(
    { header, cells, row }: DrawnRow,
    { columnStart }: Rectangle,
    model: GridModel,
    activeCell: CellPosition,
  ): void {
    write(header, model.rowLabel(row), 'grid-header');
    resize(cells, this.#columnsDrawn, 'gridcell');
    let cell = cells.firstElementChild as HTMLElement | null;
    for (let column = columnStart; cell; column++) {
      const shown = model.cell(row, column);
      const active = row === activeCell.row && column === activeCell.column;
      write(cell, shown?.text ?? '', classOf(shown, active));
      setIndex(cell, column + 2);
      cell = cell.nextElementSibling as HTMLElement | null;
    }
  }
}

function classOf(cell: ShownCell | undefined, active: boolean): string {
  let name = cell ? `grid-cell ${cell.kind}` : 'grid-cell loading';
  if (cell?.changed) name += ' changed';
  if (cell?.old) name += ' old';
  return active ? `${name} active` : name;
}

export function create(tag: 'div' | 'span', className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

function newCell(role: 'gridcell' | 'columnheader'): HTMLElement {
  const cell = create('div', '');
  cell.setAttribute('role', role);
  cell.append('');
  return cell;
}

function resize(cells: HTMLElement, count: number, role: 'gridcell' | 'columnheader'): void {
  while (cells.childElementCount > count) cells.lastElementChild?.remove();
  while (cells.childElementCount < count) cells.append(newCell(role));
}

/** Writes only what differs: most cells of a frame stay as they are. */
function write(cell: HTMLElement, text: string, className: string): void {
  const node = cell.firstChild as Text | null;
  if (!node) cell.append(text);
  else if (node.data !== text) node.data = text;
  if (cell.className !== className) cell.className = className;
}

function setIndex(cell: HTMLElement, index: number): void {
  const text = String(index);
  if (cell.ariaColIndex !== text) cell.ariaColIndex = text;
}
