/**
 * Reads separated values: a table of numbers as float64[rows, columns] (or 64-bit integers or complex numbers, see
 * textNumbers.ts), the long form with the shape that it had, anything else as strings.
 */
import type { DType } from '../protocol/tensor.ts';
import { TensorError } from '../protocol/errors.ts';
import { formatBytes } from '../tensor/preview.ts';
import { sizeOf } from '../tensor/shape.ts';
import { invalidFile } from './byteReader.ts';
import type { StoredTensor, TensorValues } from './format.ts';
import { tensorInMemory } from './inMemory.ts';
import { readComplex, readNumbers } from './textNumbers.ts';

const numberBytes = 8;
/** A string and where it is listed: about what V8 takes for a short one. */
const textBytes = 64;

const [lineFeed, carriageReturn, quote] = [10, 13, 34];

/**
 * @param memoryLimit the most bytes that the values may take
 * @throws TensorError `invalid-file` for rows of different lengths, or indices that leave out or repeat an element;
 *   `too-large` for more cells than there is room for, before they are held
 */
export function openCsv(bytes: Uint8Array, separator: string, memoryLimit: number): StoredTensor {
  const cells = countCells(bytes, separator);
  if (cells * numberBytes > memoryLimit) throw tooManyCells(cells, 'cell', numberBytes, memoryLimit);
  const table: Table = { text: new TextDecoder().decode(bytes), separator, cells, memoryLimit };
  const rank = longFormRank(table);
  return rank === null ? openTable(table) : openLongForm(table, rank);
}

interface Table {
  text: string;
  separator: string;
  /** At least as many as there are. */
  cells: number;
  memoryLimit: number;
}

/** Every separator and every end of a line has a cell before it; within quotes they are counted, too. */
function countCells(bytes: Uint8Array, separator: string): number {
  const between = separator.charCodeAt(0);
  let count = 1;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === between || byte === lineFeed || byte === carriageReturn) count++;
  }
  return count;
}

function tooManyCells(count: number, what: string, each: number, memoryLimit: number): TensorError {
  return new TensorError({
    code: 'too-large',
    message:
      `The text has up to ${count} cells; at ${each} bytes per ${what} they take ${formatBytes(count * each)}, ` +
      `more than the ${formatBytes(memoryLimit)} that are held at once.`,
    help: 'Convert it to .npy, which is read by windows.',
  });
}

/** How many axes the header of the long form names; null for other tables. */
function longFormRank({ text, separator }: Table): number | null {
  if (!/^"?(axis_0|value)\b/.test(text)) return null;
  const names = (/^[^\r\n]*/.exec(text)?.[0] ?? '')
    .split(separator)
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const rank = names.length - 1;
  return names[rank] === 'value' && names.slice(0, rank).every((name, axis) => name === `axis_${axis}`) ? rank : null;
}

function openTable(table: Table): StoredTensor {
  let size = { rows: 0, columns: 0 };
  const { dtype, values } = valuesOf(
    (visit) => (size = visitCells(table, visit)),
    (k) => k,
    table,
  );
  const tensor = tensorInMemory('table', dtype, [size.rows, size.columns], values);
  return { ...tensor, isPlain: dtype !== 'string', isColumn: size.columns === 1 };
}

function openLongForm(table: Table, rank: number): StoredTensor {
  const shape = new Array<number>(rank).fill(0);
  const indices = new Uint32Array(table.cells);
  let next = 0;
  const { rows } = visitCells(table, (cell, row, axis) => {
    if (row === 0 || axis >= rank) return;
    const index = Number(cell);
    if (!/^\d+$/.test(cell) || index >= table.cells) throw invalidFile(`Row ${row + 1} has the index "${cell}".`);
    shape[axis] = Math.max(shape[axis] as number, index + 1);
    indices[next++] = index;
  });
  const size = sizeOf(shape);
  if (size !== rows - 1) {
    throw invalidFile(`The indices span a shape of [${shape.join(', ')}], ${size} elements; there are ${rows - 1}.`);
  }
  const places = new Uint32Array(size);
  const taken = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    let at = 0;
    for (let axis = 0; axis < rank; axis++) at = at * (shape[axis] as number) + (indices[i * rank + axis] as number);
    if (taken[at]) throw invalidFile(`Row ${i + 2} repeats the index of another row.`);
    taken[at] = 1;
    places[i] = at;
  }
  const { dtype, values } = valuesOf(
    (visit) => visitCells(table, (cell, row, column) => row > 0 && column === rank && visit(cell)),
    (k) => places[k] as number,
    { ...table, cells: size },
  );
  return { ...tensorInMemory('table', dtype, shape, values), isPlain: dtype !== 'string' };
}

/**
 * Numbers if all cells are some, or complex numbers, otherwise texts.
 * @param eachCell visits the values in the order of the file, as often as it is called
 * @param placeOf where the k-th one goes
 */
function valuesOf(
  eachCell: (visit: (cell: string) => void) => void,
  placeOf: (k: number) => number,
  { cells, memoryLimit }: Table,
): { dtype: DType; values: TensorValues } {
  const numbers = readNumbers({ each: eachCell, most: cells, placeOf });
  if (numbers) return { dtype: numbers.dtype, values: numbers.bytes };
  const complex = 2 * cells * numberBytes <= memoryLimit ? readComplex({ each: eachCell, most: cells, placeOf }) : null;
  if (complex) return { dtype: 'complex128', values: complex };
  const texts: string[] = [];
  let count = 0;
  eachCell((cell) => {
    if ((count + 1) * textBytes > memoryLimit) throw tooManyCells(cells, 'text', textBytes, memoryLimit);
    texts[placeOf(count++)] = cell;
  });
  return { dtype: 'string', values: texts };
}

/**
 * Visits every cell, by RFC 4180: quoted where they hold separators, quotes or line ends.
 * @throws TensorError `invalid-file` for rows of different lengths
 */
function visitCells(
  { text, separator }: Table,
  visit: (cell: string, row: number, column: number) => void,
): { rows: number; columns: number } {
  const between = separator.charCodeAt(0);
  let [rows, columns, column, at] = [0, 0, 0, 0];
  while (at < text.length) {
    let cell: string;
    if (text.charCodeAt(at) === quote) [cell, at] = quotedCell(text, at, rows + 1);
    else {
      const end = cellEnd(text, at, between);
      cell = text.slice(at, end).trim();
      at = end;
    }
    visit(cell, rows, column++);
    const next = text.charCodeAt(at);
    if (next === between) {
      at++;
      // A separator at the very end stands before an empty cell.
      if (at < text.length) continue;
      visit('', rows, column++);
    } else if (next === carriageReturn && text.charCodeAt(at + 1) === lineFeed) at += 2;
    else if (next === lineFeed || next === carriageReturn) at++;
    else if (at < text.length) throw invalidFile(`Row ${rows + 1} goes on after a closing quote.`);
    if (rows === 0) columns = column;
    else if (column !== columns) {
      throw invalidFile(`Row ${rows + 1} has ${column} columns, the rows before it have ${columns}.`);
    }
    rows++;
    column = 0;
  }
  return { rows, columns };
}

function cellEnd(text: string, from: number, between: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === between || code === lineFeed || code === carriageReturn) break;
  }
  return at;
}

function quotedCell(text: string, start: number, row: number): [string, number] {
  let cell = '';
  let from = start + 1;
  for (;;) {
    const end = text.indexOf('"', from);
    if (end < 0) throw invalidFile(`Row ${row} has a quote without an end.`);
    cell += text.slice(from, end);
    if (text[end + 1] !== '"') return [cell, end + 1];
    cell += '"';
    from = end + 2;
  }
}
