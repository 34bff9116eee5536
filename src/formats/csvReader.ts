/** Reads separated values: a table of numbers as float64[rows, columns], the long form as the tensor it was, else strings. */
import { encodeElements } from '../tensor/dtypes.ts';
import { ravelIndex, sizeOf } from '../tensor/shape.ts';
import { invalidFile } from './byteReader.ts';
import type { StoredTensor } from './format.ts';
import { tensorInMemory } from './inMemory.ts';

/** @throws TensorError `invalid-file` for rows of different lengths, or indices that leave out or repeat an element */
export function openCsv(text: string, separator: string): StoredTensor {
  const rows = splitRows(text, separator);
  const columns = rows[0]?.length ?? 0;
  const ragged = rows.findIndex((row) => row.length !== columns);
  if (ragged >= 0) {
    throw invalidFile(`Row ${ragged + 1} has ${rows[ragged]?.length} columns, the rows before it have ${columns}.`);
  }
  if (rows[0]?.at(-1) === 'value' && rows[0].slice(0, -1).every((name, axis) => name === `axis_${axis}`)) {
    return openLongForm(rows.slice(1), columns - 1);
  }
  return table(rows.flat(), [rows.length, columns]);
}

function table(cells: string[], shape: number[]): StoredTensor {
  const numbers = new Float64Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    const value = parseNumber(cells[i] as string);
    if (value === null) return tensorInMemory('table', 'string', shape, cells);
    numbers[i] = value;
  }
  return tensorInMemory('table', 'float64', shape, encodeElements(numbers, 'float64'));
}

function openLongForm(rows: string[][], rank: number): StoredTensor {
  const shape = new Array<number>(rank).fill(0);
  const indices = rows.map((row, i) =>
    row.slice(0, rank).map((cell, axis) => {
      const index = Number(cell);
      if (!/^\d+$/.test(cell) || index >= rows.length) throw invalidFile(`Row ${i + 2} has the index "${cell}".`);
      shape[axis] = Math.max(shape[axis] as number, index + 1);
      return index;
    }),
  );
  const size = sizeOf(shape);
  if (size !== rows.length) {
    throw invalidFile(`The indices span a shape of [${shape.join(', ')}], ${size} elements; there are ${rows.length}.`);
  }
  const cells = new Array<string | undefined>(size);
  rows.forEach((row, i) => {
    const at = ravelIndex(indices[i] as number[], shape);
    if (cells[at] !== undefined) throw invalidFile(`Row ${i + 2} repeats the index of another row.`);
    cells[at] = row[rank];
  });
  return table(cells as string[], shape);
}

const words: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity, true: 1, false: 0 };

function parseNumber(cell: string): number | null {
  const word = words[cell.toLowerCase()];
  if (word !== undefined) return word;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : null;
}

/** Cells by RFC 4180: quoted where they hold separators, quotes or line ends. */
function splitRows(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  // A byte order mark, as spreadsheets write it.
  if (text.startsWith('\ufeff')) at = 1;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') [cell, at] = quotedCell(text, at, rows.length + 1);
    else {
      const end = cellEnd(text, at, separator);
      cell = text.slice(at, end).trim();
      at = end;
    }
    row.push(cell);
    if (text[at] === separator) {
      at++;
      // A separator at the very end stands before an empty cell.
      if (at < text.length) continue;
      row.push('');
    } else if (text[at] === '\r' && text[at + 1] === '\n') at += 2;
    else if (text[at] === '\n' || text[at] === '\r') at++;
    else if (at < text.length) throw invalidFile(`Row ${rows.length + 1} goes on after a closing quote.`);
    rows.push(row);
    row = [];
  }
  return rows;
}

function cellEnd(text: string, from: number, separator: string): number {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function quotedCell(text: string, start: number, row: number): [string, number] {
  let cell = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw invalidFile(`Row ${row} has a quote without an end.`);
    cell += text.slice(from, quote);
    if (text[quote + 1] !== '"') return [cell, quote + 1];
    cell += '"';
    from = quote + 2;
  }
}
