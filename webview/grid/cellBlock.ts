/** The elements of one answered window, and their cells as the grid writes them. */
import type { DType, JsonValues } from '../../src/protocol/tensor.ts';
import { dataViewOf, elementReader, itemSize } from '../../src/tensor/dtypes.ts';
import type { Element } from '../../src/tensor/dtypes.ts';
import type { WindowSlice } from '../slicebar/axisView.ts';
import { bitsText, elementText, kindOf } from './numberText.ts';
import type { CellKind, NumberStyle } from './numberText.ts';

export interface Cell {
  text: string;
  kind: CellKind;
}

function flatten(values: JsonValues | undefined): string[] {
  return Array.isArray(values) ? values.flatMap(flatten) : [String(values)];
}

export interface WindowData {
  bytes?: Uint8Array;
  values?: JsonValues;
}

export class CellBlock {
  readonly #dtype: DType;
  readonly #layout: WindowSlice;
  readonly #bytes: Uint8Array;
  readonly #strings: string[] | null;
  readonly #valueAt: (k: number) => Element | string;
  #cells: (Cell | undefined)[] = [];
  #style: NumberStyle | null = null;

  /** @throws RangeError if there are fewer elements than the window has */
  constructor(dtype: DType, layout: WindowSlice, { bytes, values }: WindowData) {
    this.#dtype = dtype;
    this.#layout = layout;
    this.#bytes = bytes ?? new Uint8Array();
    this.#strings = dtype === 'string' ? flatten(values) : null;
    const elements = layout.rows * layout.columns;
    const size = itemSize(dtype);
    const held = this.#strings?.length ?? this.#bytes.byteLength / size;
    if (held < elements) throw new RangeError(`A window of ${elements} elements came with ${held}.`);
    if (this.#strings) {
      const strings = this.#strings;
      this.#valueAt = (k) => strings[k] as string;
    } else {
      const view = dataViewOf(this.#bytes);
      const read = elementReader(dtype);
      this.#valueAt = (k) => read(view, k * size);
    }
  }

  #offset(row: number, column: number): number {
    return row * this.#layout.rowStride + column * this.#layout.columnStride;
  }

  value(row: number, column: number): Element | string {
    return this.#valueAt(this.#offset(row, column));
  }

  /** The element as it came. */
  raw(row: number, column: number): Uint8Array | string {
    const k = this.#offset(row, column);
    if (this.#strings) return this.#strings[k] as string;
    const size = itemSize(this.#dtype);
    return this.#bytes.subarray(k * size, (k + 1) * size);
  }

  /** The element's bits, as text; empty for strings. */
  bits(row: number, column: number): string {
    if (this.#strings) return '';
    return bitsText(this.#bytes, this.#offset(row, column) * itemSize(this.#dtype), this.#dtype);
  }

  cell(row: number, column: number, style: NumberStyle): Cell {
    if (style !== this.#style) {
      this.#cells = [];
      this.#style = style;
    }
    const k = this.#offset(row, column);
    return (this.#cells[k] ??= this.#write(row, column, style));
  }

  #write(row: number, column: number, style: NumberStyle): Cell {
    const value = this.value(row, column);
    const bits = style.format === 'hexadecimal' && !this.#strings;
    return {
      text: bits ? this.bits(row, column) : elementText(value, this.#dtype, style),
      kind: kindOf(value),
    };
  }

  /** Whether an element of another block of the same dtype has the same bits. */
  sameBits(row: number, column: number, other: CellBlock, otherRow: number, otherColumn: number): boolean {
    const [a, b] = [this.#offset(row, column), other.#offset(otherRow, otherColumn)];
    if (this.#strings) return this.#strings[a] === other.#strings?.[b];
    const size = itemSize(this.#dtype);
    for (let i = 0; i < size; i++) {
      if (this.#bytes[a * size + i] !== other.#bytes[b * size + i]) return false;
    }
    return true;
  }
}
