/**
 * A grid of any number of rows and columns, drawn with the few elements that fit on screen. Its content is a sheet that
 * sticks to the viewport of a scrolling element; what it shows follows from the scroll position. The grid keeps the
 * focus itself, and names its active cell to screen readers (`aria-activedescendant`): cells come and go.
 */
import { create, GridCells, type GridModel } from './gridCells.ts';
import { scrollMapping, type ScrollMapping } from './scrollMapping.ts';
import type { CellPosition, Rectangle } from './windowPlan.ts';

interface GridListener {
  /** Called whenever other cells are on screen. */
  onVisible(visible: Rectangle): void;
  /** Called when the active cell or the scroll position moved. */
  onMove(): void;
}

const fewestCharacters = 6;
const mostCharacters = 42;
const emptyModel: GridModel = {
  rows: 0,
  columns: 0,
  label: '',
  rowLabel: String,
  columnLabel: String,
  cell: () => undefined,
  longestText: () => 0,
};

export class Grid {
  readonly element = create('div', 'grid');
  readonly #scroller = create('div', 'grid-scroller');
  readonly #spacer = create('div', 'grid-spacer');
  readonly #sheet = create('div', 'grid-sheet');
  readonly #cells = new GridCells();
  readonly #listener: GridListener;
  #model = emptyModel;
  /** Pixels; in double precision where a scrollbar would not be exact. */
  #top = 0;
  #left = 0;
  #vertical: ScrollMapping = scrollMapping(0, 0);
  #horizontal: ScrollMapping = scrollMapping(0, 0);
  #rowHeight = 22;
  #characterWidth = 8;
  #columnWidth = 80;
  #headerWidth = 60;
  #characters = 0;
  #active: CellPosition = { row: 0, column: 0 };
  #refreshing = false;
  /** The scroll offsets that this grid set itself; the browser reports them like a person's. */
  #set = { top: 0, left: 0 };

  constructor(listener: GridListener) {
    this.#listener = listener;
    const { element } = this;
    element.tabIndex = 0;
    element.setAttribute('role', 'grid');
    element.setAttribute('aria-readonly', 'true');
    for (const part of [this.#scroller, this.#sheet]) part.setAttribute('role', 'presentation');
    this.#spacer.setAttribute('aria-hidden', 'true');
    this.#sheet.append(this.#cells.head, this.#cells.body);
    this.#scroller.append(this.#sheet, this.#spacer);
    this.#scroller.tabIndex = -1;
    element.append(this.#scroller);
    this.#scroller.addEventListener('scroll', () => this.#scrolled());
    this.#scroller.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    element.addEventListener('keydown', (event) => this.#key(event));
    element.addEventListener('mousedown', (event) => this.#press(event));
    new ResizeObserver(() => this.layout()).observe(this.#scroller);
  }

  get active(): CellPosition {
    return this.#active;
  }

  /** The first row and column on screen, with fractions of a cell. */
  get position(): CellPosition {
    return { row: this.#top / this.#rowHeight, column: this.#left / this.#columnWidth };
  }

  /** Shows another model. The active cell and the position are kept as far as the model has them. */
  show(model: GridModel, at: { active?: CellPosition; position?: CellPosition } = {}): void {
    const { row, column } = at.position ?? this.position;
    this.#model = model;
    this.#active = this.#clamp(at.active ?? this.#active);
    this.element.setAttribute('aria-rowcount', String(model.rows + 1));
    this.element.setAttribute('aria-colcount', String(model.columns + 1));
    this.element.setAttribute('aria-label', model.label);
    this.#characters = 0;
    this.#measure();
    this.#moveTo(row * this.#rowHeight, column * this.#columnWidth);
    this.#draw();
  }

  /** Cells came, or are written differently. */
  refresh(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    requestAnimationFrame(() => {
      this.#refreshing = false;
      this.#draw();
      // How long the texts are is known once they were written.
      if (this.#growColumns()) this.#draw();
    });
  }

  /** Writes cells anew, with columns as wide as their texts need from here on. */
  restyle(): void {
    const { column } = this.position;
    this.#characters = 0;
    this.#measure();
    this.#moveTo(this.#top, column * this.#columnWidth);
    this.refresh();
  }

  /** The size of the viewport changed. */
  layout(): void {
    const { row, column } = this.position;
    this.#measure();
    this.#moveTo(row * this.#rowHeight, column * this.#columnWidth);
    this.#draw();
  }

  /** Makes a cell the active one and brings it on screen: in the middle, if it was off screen. */
  goTo(cell: CellPosition, options: { center?: boolean } = {}): void {
    this.#active = this.#clamp(cell);
    const { row, column } = this.#active;
    const height = this.#viewHeight();
    const width = this.#viewWidth();
    const into = (position: number, start: number, size: number, room: number): number => {
      if (start >= position && start + size <= position + room) return position;
      if (options.center) return start - Math.max(0, (room - size) / 2);
      return start < position ? start : start + size - room;
    };
    this.#moveTo(
      into(this.#top, row * this.#rowHeight, this.#rowHeight, height),
      into(this.#left, column * this.#columnWidth, this.#columnWidth, width),
    );
    this.#draw();
  }

  #clamp({ row, column }: CellPosition): CellPosition {
    return {
      row: Math.max(0, Math.min(this.#model.rows - 1, row)),
      column: Math.max(0, Math.min(this.#model.columns - 1, column)),
    };
  }

  #viewHeight(): number {
    return Math.max(this.#rowHeight, this.#scroller.clientHeight - this.#rowHeight);
  }

  #viewWidth(): number {
    return Math.max(this.#columnWidth, this.#scroller.clientWidth - this.#headerWidth);
  }

  #measure(): void {
    const probe = create('span', 'grid-probe');
    probe.textContent = '0'.repeat(100);
    this.#sheet.append(probe);
    const box = probe.getBoundingClientRect();
    probe.remove();
    if (box.width > 0) {
      this.#characterWidth = box.width / 100;
      this.#rowHeight = Math.ceil(box.height) + 4;
    }
    const label = (count: number, text: (i: number) => string): number =>
      count === 0 ? 1 : Math.max(text(0).length, text(count - 1).length);
    const { rows, columns, rowLabel, columnLabel } = this.#model;
    this.#headerWidth = this.#width(Math.max(4, label(rows, rowLabel)));
    const least = Math.max(fewestCharacters, label(columns, columnLabel));
    this.#characters = Math.max(this.#characters, least);
    this.#columnWidth = this.#width(this.#characters);
    const { style } = this.element;
    style.setProperty('--row-height', `${this.#rowHeight}px`);
    style.setProperty('--column-width', `${this.#columnWidth}px`);
    style.setProperty('--header-width', `${this.#headerWidth}px`);
    const { clientHeight, clientWidth } = this.#scroller;
    this.#vertical = scrollMapping((rows + 1) * this.#rowHeight, clientHeight);
    this.#horizontal = scrollMapping(this.#headerWidth + columns * this.#columnWidth, clientWidth);
    this.#spacer.style.height = `${this.#vertical.spacer}px`;
    this.#spacer.style.width = `${this.#horizontal.spacer}px`;
  }

  #width(characters: number): number {
    return Math.ceil(characters * this.#characterWidth) + 16;
  }

  #growColumns(): boolean {
    const longest = Math.min(mostCharacters, this.#model.longestText());
    if (longest <= this.#characters) return false;
    const { column } = this.position;
    this.#characters = longest;
    this.#measure();
    this.#moveTo(this.#top, column * this.#columnWidth);
    return true;
  }

  #moveTo(top: number, left: number): void {
    this.#top = Math.max(0, Math.min(this.#vertical.end, top));
    this.#left = Math.max(0, Math.min(this.#horizontal.end, left));
    this.#scroller.scrollTop = this.#vertical.toScroll(this.#top);
    this.#scroller.scrollLeft = this.#horizontal.toScroll(this.#left);
    this.#set = { top: this.#scroller.scrollTop, left: this.#scroller.scrollLeft };
  }

  #scrolled(): void {
    const { scrollTop, scrollLeft } = this.#scroller;
    if (scrollTop === this.#set.top && scrollLeft === this.#set.left) return;
    // In proportion, a pixel of the scrollbar is many rows: what the bar did not move stays exact.
    if (scrollTop !== this.#set.top) this.#top = this.#vertical.toPosition(scrollTop);
    if (scrollLeft !== this.#set.left) this.#left = this.#horizontal.toPosition(scrollLeft);
    this.#set = { top: scrollTop, left: scrollLeft };
    this.#draw();
  }

  /** Where the scrollbar is in proportion, the wheel would move by many rows a pixel; it moves by pixels instead. */
  #wheel(event: WheelEvent): void {
    if (event.ctrlKey) return;
    const unit = [1, this.#rowHeight, this.#viewHeight()][event.deltaMode] ?? 1;
    const sideways = event.shiftKey && event.deltaX === 0;
    const down = sideways ? 0 : event.deltaY * unit;
    const across = (sideways ? event.deltaY : event.deltaX) * unit;
    if (!(this.#vertical.scaled && down !== 0) && !(this.#horizontal.scaled && across !== 0)) return;
    event.preventDefault();
    this.#moveTo(this.#top + down, this.#left + across);
    this.refresh();
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey && !['PageUp', 'PageDown'].includes(event.key)) return;
    const { row, column } = this.#active;
    const { rows, columns } = this.#model;
    const far = event.ctrlKey || event.metaKey;
    const pageRows = Math.max(1, Math.floor(this.#viewHeight() / this.#rowHeight) - 1);
    const pageColumns = Math.max(1, Math.floor(this.#viewWidth() / this.#columnWidth) - 1);
    const moves: Record<string, CellPosition> = {
      ArrowDown: { row: far ? rows - 1 : row + 1, column },
      ArrowUp: { row: far ? 0 : row - 1, column },
      ArrowRight: { row, column: far ? columns - 1 : column + 1 },
      ArrowLeft: { row, column: far ? 0 : column - 1 },
      PageDown: event.altKey ? { row, column: column + pageColumns } : { row: row + pageRows, column },
      PageUp: event.altKey ? { row, column: column - pageColumns } : { row: row - pageRows, column },
      Home: { row: far ? 0 : row, column: 0 },
      End: { row: far ? rows - 1 : row, column: columns - 1 },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    this.goTo(move);
  }

  #press(event: MouseEvent): void {
    const cell = this.#cells.at(event.target as Element);
    if (cell) this.goTo(cell);
  }

  /** Brings the elements in line with the position. */
  #draw(): void {
    const { rows, columns } = this.#model;
    const height = this.#scroller.clientHeight - this.#rowHeight;
    const width = this.#scroller.clientWidth - this.#headerWidth;
    if (height <= 0 || width <= 0) return;
    const firstRow = Math.floor(this.#top / this.#rowHeight);
    const firstColumn = Math.floor(this.#left / this.#columnWidth);
    const visible: Rectangle = {
      rowStart: firstRow,
      rowEnd: Math.min(rows, Math.ceil((this.#top + height) / this.#rowHeight)),
      columnStart: firstColumn,
      columnEnd: Math.min(columns, Math.ceil((this.#left + width) / this.#columnWidth)),
    };
    const { style } = this.#sheet;
    style.setProperty('--shift-x', `${firstColumn * this.#columnWidth - this.#left}px`);
    style.setProperty('--shift-y', `${firstRow * this.#rowHeight - this.#top}px`);
    const activeCell = this.#cells.draw(visible, this.#model, this.#active);
    if (activeCell) this.element.setAttribute('aria-activedescendant', activeCell.id);
    else this.element.removeAttribute('aria-activedescendant');
    this.#listener.onVisible(visible);
    this.#listener.onMove();
  }
}
