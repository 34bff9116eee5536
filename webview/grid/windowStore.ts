/**
 * The cells that are here: fetches what is on screen, lets go of requests that have scrolled away, and keeps the last
 * stop's windows so that what changed can be told.
 */
import { reportOf, TensorError } from '../../src/protocol/errors.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { extentOf, keyOfView, windowSlice } from '../slicebar/axisView.ts';
import type { AxisView } from '../slicebar/axisView.ts';
import { CellBlock } from './cellBlock.ts';
import type { Cell, WindowData } from './cellBlock.ts';
import { kindOf } from './numberText.ts';
import type { NumberStyle } from './numberText.ts';
import {
  cellsIn,
  cellsOf,
  intersects,
  missingRectangles,
  positionsIn,
  tileColumns,
  tileRows,
  tilesOf,
  withBandAhead,
} from './windowPlan.ts';
import type { CellPosition, Rectangle } from './windowPlan.ts';

/** Requests under way at once; while they are, newer wishes replace older ones instead of queueing up. */
const requestsAtOnce = 3;
/** About 100 screens. */
const tilesKept = 50_000;
/** Texts that are longer are cut on screen anyway. */
const longestText = 64;

interface Place {
  block: CellBlock;
  /** The cell of the view that is the block's first. */
  row: number;
  column: number;
}
type Tiles = Map<number, Place>;

interface Fetch {
  tiles: Rectangle;
  abort: AbortController;
}

export interface ShownCell extends Cell {
  /** Differs from the last stop; false where that is not known. */
  changed: boolean;
  /** From the last stop: the new value is on its way, or can't be read any more. */
  old: boolean;
}

/** The windows on screen, so that they can be shown again without the program. */
export interface KeptWindow {
  /** Of the view, see `keyOfView`. */
  key: string;
  cells: Rectangle;
  /** Row by row: base64 of the elements' bytes, or the strings. */
  data: string | string[];
}

/** Whether a cell has other bits in one window than in the other; false where one is not here. */
function haveDifferent(row: number, column: number, a: Place | undefined, b: Place | undefined): boolean {
  if (!a || !b) return false;
  return !a.block.sameBits(row - a.row, column - a.column, b.block, row - b.row, column - b.column);
}

/** @throws TensorError */
type ReadWindow = (slice: string, elements: number, signal: AbortSignal) => Promise<WindowData>;

export class WindowStore {
  readonly #read: ReadWindow;
  readonly #onChange: () => void;
  #dtype: DType = 'unknown';
  #view: AxisView | null = null;
  #extent = { rows: 0, columns: 0 };
  #tileColumns = 0;
  #byView = new Map<string, Tiles>();
  #before = new Map<string, Tiles>();
  #tiles: Tiles = new Map();
  #tilesBefore: Tiles | undefined;
  #fetches = new Set<Fetch>();
  #visible: Rectangle | null = null;
  #wanted: Rectangle | null = null;
  #error: TensorError | null = null;
  #reading = true;
  /** Of the texts that came since the view was set. */
  longestText = 0;

  constructor(read: ReadWindow, onChange: () => void) {
    this.#read = read;
    this.#onChange = onChange;
  }

  /** What went wrong at the last fetch; nothing more is fetched until `retry`. */
  get error(): TensorError | null {
    return this.#error;
  }

  /** Whether a cell on screen differs from the last stop. */
  get showsChanges(): boolean {
    if (!this.#visible || !this.#tilesBefore) return false;
    for (const { row, column } of positionsIn(this.#visible)) {
      const [now, before] = [this.#place(this.#tiles, row, column), this.#place(this.#tilesBefore, row, column)];
      if (haveDifferent(row, column, now, before)) return true;
    }
    return false;
  }

  /** Nothing of this view is here, neither of this stop nor of the last one. */
  get isEmpty(): boolean {
    return this.#tiles.size === 0 && !this.#tilesBefore?.size;
  }

  get fetching(): boolean {
    return this.#fetches.size > 0;
  }

  /** Another tensor: nothing of the old one counts. */
  reset(dtype: DType): void {
    this.#dtype = dtype;
    this.#before = new Map();
    this.#startOver();
  }

  /** The same tensor at a later stop: what was here is the last stop's now. */
  nextStop(): void {
    this.#before = this.#byView;
    this.#startOver();
  }

  #startOver(): void {
    this.#abort(() => true);
    this.#byView = new Map();
    this.#error = null;
    this.#reading = true;
    if (this.#view) this.show(this.#view);
  }

  /** No more reading; what is here stays. */
  freeze(): void {
    this.#reading = false;
    this.#abort(() => true);
  }

  show(view: AxisView): void {
    const key = keyOfView(view);
    this.#view = view;
    this.#extent = extentOf(view);
    this.#tileColumns = Math.ceil(this.#extent.columns / tileColumns);
    this.#abort(() => true);
    this.#tiles = this.#byView.get(key) ?? new Map<number, Place>();
    this.#byView.set(key, this.#tiles);
    this.#tilesBefore = this.#before.get(key);
    this.#visible = null;
    this.#wanted = null;
    this.#error = null;
    this.longestText = 0;
  }

  retry(): void {
    this.#error = null;
    this.#fill();
  }

  /** What is on screen now. */
  want(visible: Rectangle): void {
    this.#wanted = withBandAhead(visible, this.#visible, this.#extent);
    this.#visible = visible;
    const wanted = tilesOf(this.#wanted);
    this.#abort(({ tiles }) => !intersects(tiles, wanted));
    this.#fill();
  }

  #abort(which: (fetch: Fetch) => boolean): void {
    for (const fetch of [...this.#fetches].filter(which)) {
      this.#fetches.delete(fetch);
      fetch.abort.abort();
    }
  }

  #key(tileRow: number, tileColumn: number): number {
    return tileRow * this.#tileColumns + tileColumn;
  }

  #fill(): void {
    if (!this.#wanted || !this.#reading || this.#error) return;
    const missing = missingRectangles(tilesOf(this.#wanted), (row, column) => {
      if (this.#tiles.has(this.#key(row, column))) return true;
      const tile = { rowStart: row, rowEnd: row + 1, columnStart: column, columnEnd: column + 1 };
      return [...this.#fetches].some(({ tiles }) => intersects(tiles, tile));
    });
    for (const tiles of missing) {
      if (this.#fetches.size >= requestsAtOnce) return;
      this.#fetch(tiles);
    }
  }

  #fetch(tiles: Rectangle): void {
    const view = this.#view as AxisView;
    const cells = cellsOf(tiles, this.#extent);
    const layout = windowSlice(
      view,
      { start: cells.rowStart, count: cells.rowEnd - cells.rowStart },
      { start: cells.columnStart, count: cells.columnEnd - cells.columnStart },
    );
    const fetch: Fetch = { tiles, abort: new AbortController() };
    this.#fetches.add(fetch);
    this.#read(layout.slice, cellsIn(cells), fetch.abort.signal)
      .then((data) => {
        if (!this.#fetches.delete(fetch)) return;
        this.#keep(tiles, {
          block: new CellBlock(this.#dtype, layout, data),
          row: cells.rowStart,
          column: cells.columnStart,
        });
      })
      .catch((error: unknown) => {
        if (fetch.abort.signal.aborted) return;
        this.#fetches.delete(fetch);
        this.#error = error instanceof TensorError ? error : new TensorError(reportOf(error), { cause: error });
      })
      .finally(() => {
        if (fetch.abort.signal.aborted) return;
        this.#fill();
        this.#onChange();
      });
  }

  #keep(tiles: Rectangle, place: Place): void {
    for (let row = tiles.rowStart; row < tiles.rowEnd; row++) {
      for (let column = tiles.columnStart; column < tiles.columnEnd; column++) {
        this.#tiles.set(this.#key(row, column), place);
      }
    }
    for (const key of this.#tiles.keys()) {
      if (this.#tiles.size <= tilesKept) break;
      this.#tiles.delete(key);
    }
  }

  #place(tiles: Tiles | undefined, row: number, column: number): Place | undefined {
    return tiles?.get(this.#key(Math.floor(row / tileRows), Math.floor(column / tileColumns)));
  }

  /** The cell, as of this stop or the last; undefined where it is on its way. */
  cell(row: number, column: number, style: NumberStyle): ShownCell | undefined {
    const now = this.#place(this.#tiles, row, column);
    const before = this.#place(this.#tilesBefore, row, column);
    const shown = now ?? before;
    if (!shown) return undefined;
    const cell = shown.block.cell(row - shown.row, column - shown.column, style);
    this.longestText = Math.max(this.longestText, Math.min(longestText, cell.text.length));
    return { ...cell, changed: haveDifferent(row, column, now, before), old: now === undefined };
  }

  /** The nearest NaN or infinity before or after a cell among those that are here, row by row. */
  findNotFinite(from: CellPosition, direction: 'next' | 'previous'): CellPosition | null {
    const sign = direction === 'next' ? 1 : -1;
    const distance = ({ row, column }: CellPosition) =>
      sign * ((row - from.row) * this.#extent.columns + column - from.column);
    let found: CellPosition | null = null;
    const shown = new Map([...(this.#tilesBefore ?? []), ...this.#tiles]);
    for (const [key, { block, row, column }] of shown) {
      const [rowStart, columnStart] = [Math.floor(key / this.#tileColumns), key % this.#tileColumns];
      const tile = { rowStart, rowEnd: rowStart + 1, columnStart, columnEnd: columnStart + 1 };
      for (const cell of positionsIn(cellsOf(tile, this.#extent))) {
        const isNearer = distance(cell) > 0 && (!found || distance(cell) < distance(found));
        if (isNearer && kindOf(block.value(cell.row - row, cell.column - column)) !== 'finite') found = cell;
      }
    }
    return found;
  }

  /** What is on screen, for `restore`; null while a part of it is missing. */
  keep(): KeptWindow | null {
    if (!this.#view || !this.#visible) return null;
    const tiles = tilesOf(this.#visible);
    const cells = cellsOf(tiles, this.#extent);
    const strings: string[] = [];
    let bytes = '';
    for (const { row, column } of positionsIn(cells)) {
      const place = this.#place(this.#tiles, row, column);
      if (!place) return null;
      const raw = place.block.raw(row - place.row, column - place.column);
      if (typeof raw === 'string') strings.push(raw);
      else bytes += String.fromCharCode(...raw);
    }
    return { key: keyOfView(this.#view), cells, data: this.#dtype === 'string' ? strings : btoa(bytes) };
  }

  /** Puts a window back that was kept of this view. */
  restore({ key, cells, data }: KeptWindow): void {
    if (!this.#view || key !== keyOfView(this.#view)) return;
    const [rows, columns] = [cells.rowEnd - cells.rowStart, cells.columnEnd - cells.columnStart];
    const layout = { slice: '', rows, columns, rowStride: columns, columnStride: 1 };
    const values =
      typeof data === 'string' ? { bytes: Uint8Array.from(atob(data), (c) => c.charCodeAt(0)) } : { values: data };
    const block = new CellBlock(this.#dtype, layout, values);
    this.#keep(tilesOf(cells), { block, row: cells.rowStart, column: cells.columnStart });
  }

  /** The bits of a cell that is here, as hexadecimal text. */
  bits(row: number, column: number): string {
    const place = this.#place(this.#tiles, row, column) ?? this.#place(this.#tilesBefore, row, column);
    return place?.block.bits(row - place.row, column - place.column) ?? '';
  }
}
