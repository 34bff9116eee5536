/**
 * An array's two printed forms, `str` and `repr`, line breaks, alignment and summary included, as NumPy prints them.
 * A port of `numpy/core/arrayprint.py` (NumPy 1.24), with its default print options.
 */
import type { DType } from '../../protocol/tensor.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { elementFormat, type ArrayElement, type ElementFormat } from './elementFormat.ts';
import { complexScalarText, floatScalarText } from './numberText.ts';
import { isComplex, isFloat } from '../../tensor/dtypes.ts';

const lineWidth = 75;
/** Arrays of more elements are summarised. */
const threshold = 1000;
/** How many items a summary shows at each end of an axis. */
const edgeItems = 3;

/** What printing needs to know of an array. */
export interface PrintedArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** One element; there are as many indices as axes. */
  get(...index: number[]): ArrayElement;
}

/** `[[1 2]\n [3 4]]`: Python's `str(array)`, what `print` shows. A 0-d array looks like a scalar. */
export function arrayStr(array: PrintedArray): string {
  if (array.shape.length === 0) return scalarStr(array.get(), array.dtype);
  if (sizeOf(array.shape) === 0) return '[]';
  return arrayToString(array, ' ', '', lineWidth);
}

/** `array([[1, 2],\n       [3, 4]], dtype=int32)`: Python's `repr(array)`, what its prompt shows. */
export function arrayRepr(array: PrintedArray): string {
  const { shape, dtype } = array;
  const size = sizeOf(shape);
  const prefix = 'array(';
  const implied = size > 0 && ['int64', 'float64', 'complex128', 'bool'].includes(dtype);
  let body = '[]';
  if (size > 0) body = arrayToString(array, ', ', prefix, lineWidth - 1);
  else if (shape.length !== 1) body = `[], shape=${shapeText(shape)}`;
  const text = `${prefix}${body}`;
  if (implied) return `${text})`;
  const dtypeText = `dtype=${dtypeName(array)})`;
  const lastLine = text.length + 1 - (text.lastIndexOf('\n') + 1);
  const spacer = lastLine + dtypeText.length + 1 > lineWidth ? `\n${' '.repeat(prefix.length)}` : ' ';
  return `${text},${spacer}${dtypeText}`;
}

/** A shape as Python writes the tuple: `()`, `(3,)`, `(2, 2)`; `None` for an axis not known yet. */
export function shapeText(shape: readonly (number | null)[]): string {
  const counts = shape.map((count) => count ?? 'None');
  return counts.length === 1 ? `(${counts[0]},)` : `(${counts.join(', ')})`;
}

/** Python's `str` of one element: `3.7`, `True`, `(1-2j)`. */
export function scalarStr(element: ArrayElement, dtype: DType): string {
  if (typeof element === 'boolean') return element ? 'True' : 'False';
  if (Array.isArray(element) && isComplex(dtype)) return complexScalarText(element, dtype);
  if (typeof element === 'number' && isFloat(dtype)) return floatScalarText(element, dtype);
  return String(element);
}

function dtypeName(array: PrintedArray): string {
  if (array.dtype !== 'string') return array.dtype;
  let width = 1;
  if (!array.shape.includes(0)) {
    for (const index of indices(array.shape)) width = Math.max(width, [...(array.get(...index) as string)].length);
  }
  return `'<U${width}'`;
}

/** The multi-indices that the given positions per axis make, in row-major order. */
function* product(axes: readonly number[][], axis = 0, prefix: number[] = []): Generator<number[]> {
  if (axis === axes.length) yield prefix;
  else for (const i of axes[axis] as number[]) yield* product(axes, axis + 1, [...prefix, i]);
}

function indices(shape: readonly number[]): Generator<number[]> {
  return product(shape.map((count) => Array.from({ length: count }, (_, i) => i)));
}

/** Which items of an axis are shown. */
function shownItems(count: number, summarised: boolean): number[] {
  const all = Array.from({ length: summarised && count > 2 * edgeItems ? 2 * edgeItems : count }, (_, i) => i);
  return all.length === count ? all : all.map((i) => (i < edgeItems ? i : count - 2 * edgeItems + i));
}

function arrayToString(array: PrintedArray, separator: string, prefix: string, width: number): string {
  const summarised = sizeOf(array.shape) > threshold;
  const shown = array.shape.map((count) => shownItems(count, summarised));
  const elements = Array.from(product(shown), (index) => array.get(...index));
  const format = elementFormat(elements, array.dtype, array.shape.length === 0);
  const printer: Printer = { array, format, separator, shown };
  return printAxis(printer, [], ` ${' '.repeat(prefix.length)}`, width);
}

interface Printer {
  array: PrintedArray;
  format: ElementFormat;
  separator: string;
  /** Per axis, the items that are shown. */
  shown: number[][];
}

function printAxis(printer: Printer, index: number[], indent: string, width: number): string {
  const { array, format, separator } = printer;
  const axis = index.length;
  const axesLeft = array.shape.length - axis;
  if (axesLeft === 0) return format(array.get(...index));
  const items = printer.shown[axis] as number[];
  const nested = (i: number): string => printAxis(printer, [...index, i], `${indent} `, width - 1);
  const words: string[] = items.map(nested);
  if (items.length < (array.shape[axis] as number)) words.splice(edgeItems, 0, '...');
  const text =
    axesLeft === 1
      ? wrap(words, separator, indent, width - Math.max(separator.trimEnd().length, 1))
      : words.map((word) => indent + word).join(separator.trimEnd() + '\n'.repeat(axesLeft - 1));
  return `[${text.slice(indent.length)}]`;
}

/** Words on lines, as many as fit on each; a word that is too long stands alone. */
function wrap(words: readonly string[], separator: string, indent: string, width: number): string {
  let done = '';
  let line = indent;
  words.forEach((word, i) => {
    if (line.length + lengthOf(word) > width && line.length > indent.length) {
      done += `${line.trimEnd()}\n`;
      line = indent;
    }
    line += word;
    if (i < words.length - 1) line += separator;
  });
  return done + line;
}

/** Python counts code points, JavaScript UTF-16 units. */
function lengthOf(word: string): number {
  return [...word].length;
}
