/**
 * A picture of a part of the view, on a canvas: zoom by the wheel or + and -, pan by dragging or Shift and the arrows, a
 * point under the mouse or moved by the arrows. While finer pixels are on their way, the coarse ones are shown enlarged.
 */
import type { CellPosition } from '../grid/windowPlan.ts';
import type { Rectangle } from '../grid/windowPlan.ts';
import { moved, zoomed } from './sampling.ts';

interface Raster {
  pixels: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
  /** The part of the view that the pixels stand for. */
  covers: Rectangle;
}

interface RasterListener {
  /** Another part of the view is shown, or there is other room for it. */
  onRegion: () => void;
  onPoint: (point: CellPosition | null) => void;
  /** A double click or Enter on a point. */
  onChoose: (point: CellPosition) => void;
}

const zoomStep = 1.5;
/** Cells are square unless that would leave less than this many pixels for one side. */
const leastSide = 32;

export class RasterView {
  readonly element = document.createElement('div');
  readonly #canvas = document.createElement('canvas');
  readonly #listener: RasterListener;
  #extent = { rows: 0, columns: 0 };
  #region: Rectangle = { rowStart: 0, rowEnd: 0, columnStart: 0, columnEnd: 0 };
  #raster: { image: OffscreenCanvas; covers: Rectangle } | null = null;
  #point: CellPosition | null = null;
  #drag: { x: number; y: number; region: Rectangle } | null = null;

  constructor(listener: RasterListener) {
    this.#listener = listener;
    this.element.className = 'raster';
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute('role', 'img');
    this.element.append(this.#canvas);
    const canvas = this.#canvas;
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener('keydown', (event) => this.#key(event));
    canvas.addEventListener('pointermove', (event) => this.#pointerMove(event));
    canvas.addEventListener('pointerleave', () => this.#setPoint(null));
    canvas.addEventListener('pointerdown', (event) => {
      this.#drag = { x: event.offsetX, y: event.offsetY, region: this.#region };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointerup', () => (this.#drag = null));
    canvas.addEventListener('dblclick', () => this.#point && this.#listener.onChoose(this.#point));
    new ResizeObserver(() => {
      this.draw();
      this.#listener.onRegion();
    }).observe(this.element);
  }

  get region(): Rectangle {
    return this.#region;
  }

  get isWhole(): boolean {
    return sameRectangle(this.#region, wholeOf(this.#extent));
  }

  /** In device pixels. */
  get room(): { width: number; height: number } {
    const { width, height } = this.#place();
    return { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) };
  }

  /** Another view: all of it is shown. The same one keeps its part. */
  setExtent(extent: { rows: number; columns: number }): void {
    if (extent.rows === this.#extent.rows && extent.columns === this.#extent.columns) return;
    this.#extent = extent;
    this.#region = wholeOf(extent);
    this.#raster = null;
    this.#setPoint(null);
  }

  setRaster(raster: Raster | null): void {
    this.#raster = null;
    if (raster) {
      const image = new OffscreenCanvas(raster.width, raster.height);
      image.getContext('2d')?.putImageData(new ImageData(raster.pixels, raster.width, raster.height), 0, 0);
      this.#raster = { image, covers: raster.covers };
    }
    this.draw();
  }

  setLabel(label: string): void {
    this.#canvas.setAttribute('aria-label', label);
  }

  zoom(direction: 'in' | 'out' | 'whole'): void {
    const { rowStart, rowEnd, columnStart, columnEnd } = this.#region;
    const middle = this.#point ?? { row: (rowStart + rowEnd) / 2, column: (columnStart + columnEnd) / 2 };
    if (direction === 'whole') this.#setRegion(wholeOf(this.#extent));
    else this.#setRegion(zoomed(this.#region, this.#extent, middle, direction === 'in' ? 1 / zoomStep : zoomStep));
  }

  #setRegion(region: Rectangle): void {
    if (sameRectangle(region, this.#region)) return;
    this.#region = region;
    this.draw();
    this.#listener.onRegion();
  }

  #setPoint(point: CellPosition | null): void {
    if (point?.row === this.#point?.row && point?.column === this.#point?.column) return;
    this.#point = point;
    this.draw();
    this.#listener.onPoint(point);
  }

  /** Where the region lies on the canvas, in CSS pixels: as large as fits, with square cells where that makes sense. */
  #place(): { x: number; y: number; width: number; height: number } {
    const { clientWidth, clientHeight } = this.element;
    const rows = Math.max(1, this.#region.rowEnd - this.#region.rowStart);
    const columns = Math.max(1, this.#region.columnEnd - this.#region.columnStart);
    const cell = Math.min(clientWidth / columns, clientHeight / rows);
    const width = Math.min(clientWidth, Math.max(leastSide, cell * columns));
    const height = Math.min(clientHeight, Math.max(leastSide, cell * rows));
    return { x: (clientWidth - width) / 2, y: (clientHeight - height) / 2, width, height };
  }

  draw(): void {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === 0 || clientHeight === 0) return;
    const canvas = this.#canvas;
    const scale = devicePixelRatio;
    canvas.width = Math.round(clientWidth * scale);
    canvas.height = Math.round(clientHeight * scale);
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.scale(scale, scale);
    context.imageSmoothingEnabled = false;
    const place = this.#place();
    const cellWidth = place.width / (this.#region.columnEnd - this.#region.columnStart);
    const cellHeight = place.height / (this.#region.rowEnd - this.#region.rowStart);
    context.beginPath();
    context.rect(place.x, place.y, place.width, place.height);
    context.clip();
    const xOf = (column: number) => place.x + (column - this.#region.columnStart) * cellWidth;
    const yOf = (row: number) => place.y + (row - this.#region.rowStart) * cellHeight;
    if (this.#raster) {
      const { rowStart, rowEnd, columnStart, columnEnd } = this.#raster.covers;
      const { image } = this.#raster;
      const [x, y] = [xOf(columnStart), yOf(rowStart)];
      context.drawImage(image, x, y, xOf(columnEnd) - x, yOf(rowEnd) - y);
    }
    if (this.#point && document.activeElement === canvas) {
      const [x, y] = [xOf(this.#point.column), yOf(this.#point.row)];
      const [width, height] = [Math.max(5, cellWidth), Math.max(5, cellHeight)];
      // Two lines, one of which stands out from any colour.
      context.lineWidth = 3;
      context.strokeStyle = 'black';
      context.strokeRect(x - 1, y - 1, width + 2, height + 2);
      context.lineWidth = 1;
      context.strokeStyle = 'white';
      context.strokeRect(x - 1, y - 1, width + 2, height + 2);
    }
  }

  #cellAt(x: number, y: number): CellPosition | null {
    const place = this.#place();
    const { rowStart, rowEnd, columnStart, columnEnd } = this.#region;
    const row = rowStart + Math.floor(((y - place.y) / place.height) * (rowEnd - rowStart));
    const column = columnStart + Math.floor(((x - place.x) / place.width) * (columnEnd - columnStart));
    return row >= rowStart && row < rowEnd && column >= columnStart && column < columnEnd ? { row, column } : null;
  }

  #pointerMove({ offsetX, offsetY }: PointerEvent): void {
    if (this.#drag) {
      const { width, height } = this.#place();
      const { x, y, region } = this.#drag;
      const rows = ((y - offsetY) / height) * (region.rowEnd - region.rowStart);
      const columns = ((x - offsetX) / width) * (region.columnEnd - region.columnStart);
      this.#setRegion(moved(region, this.#extent, rows, columns));
    } else this.#setPoint(this.#cellAt(offsetX, offsetY));
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const at = this.#cellAt(event.offsetX, event.offsetY);
    if (!at || event.deltaY === 0) return;
    this.#setRegion(zoomed(this.#region, this.#extent, at, event.deltaY < 0 ? 1 / zoomStep : zoomStep));
  }

  #key(event: KeyboardEvent): void {
    const arrows: Record<string, [rows: number, columns: number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const arrow = arrows[event.key];
    if (arrow) this.#arrow(arrow[0], arrow[1], event.shiftKey);
    else if (event.key === '+' || event.key === '=') this.zoom('in');
    else if (event.key === '-') this.zoom('out');
    else if (event.key === '0') this.zoom('whole');
    else if (event.key === 'Enter' && this.#point) this.#listener.onChoose(this.#point);
    else return;
    event.preventDefault();
  }

  /** A step of the point is a pixel's worth of cells, at least one; with Shift the region moves by a quarter. */
  #arrow(rows: number, columns: number, pan: boolean): void {
    const { rowStart, rowEnd, columnStart, columnEnd } = this.#region;
    const [height, width] = [rowEnd - rowStart, columnEnd - columnStart];
    if (pan) {
      this.#setRegion(moved(this.#region, this.#extent, (rows * height) / 4, (columns * width) / 4));
      return;
    }
    const place = this.#place();
    const down = rows * Math.max(1, Math.round((4 * height) / place.height));
    const across = columns * Math.max(1, Math.round((4 * width) / place.width));
    const from = this.#point ?? { row: rowStart - down, column: columnStart - across };
    this.#setPoint({
      row: Math.max(rowStart, Math.min(rowEnd - 1, from.row + down)),
      column: Math.max(columnStart, Math.min(columnEnd - 1, from.column + across)),
    });
  }
}

function wholeOf({ rows, columns }: { rows: number; columns: number }): Rectangle {
  return { rowStart: 0, rowEnd: rows, columnStart: 0, columnEnd: columns };
}

function sameRectangle(a: Rectangle, b: Rectangle): boolean {
  return (
    a.rowStart === b.rowStart && a.rowEnd === b.rowEnd && a.columnStart === b.columnStart && a.columnEnd === b.columnEnd
  );
}
