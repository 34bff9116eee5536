/**
 * Comma- and tab-separated values. Up to two axes: one line per row, no header, as `numpy.loadtxt` reads it. More: the
 * long form, one line per element with its index per axis, under a header (`axis_0,axis_1,axis_2,value`). Numbers have
 * the fewest digits that read back to the same float; nan, inf and -inf are Python's words, complex numbers are 1+2j.
 */
import type { DType } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, isBigInteger, isComplex, itemSize, partDType } from '../tensor/dtypes.ts';
import type { Element } from '../tensor/dtypes.ts';
import { longestNumber, numberWriter, writeAscii } from '../tensor/numberBytes.ts';
import { sizeOf, unravelIndex } from '../tensor/shape.ts';
import { openCsv } from './csvReader.ts';
import { readWholeText } from './byteReader.ts';
import { checkEncodable, textPart } from './format.ts';
import type { Format, Part, TensorHeader, Transform } from './format.ts';
import { surrogateLoss, textLoss } from './losses.ts';

// Elements per piece of text: a megabyte or less.
const pieceElements = 1 << 14;

function quoted(text: string, separator: string): string {
  return text.includes(separator) || /["\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Where an element stands: what is before it in the long form, and what after it. */
interface Layout {
  header: string;
  /** The axes whose indices stand before each element; none but in the long form. */
  indexed: readonly number[];
  columns: number;
  separator: string;
}

function layoutOf(shape: readonly number[], separator: string): Layout {
  if (shape.length <= 2) return { header: '', indexed: [], columns: shape[1] ?? 1, separator };
  const names = shape.map((_, axis) => `axis_${axis}`);
  return { header: `${[...names, 'value'].join(separator)}\n`, indexed: shape, columns: 1, separator };
}

/** Writes one element as text; returns where the next byte goes. */
type ElementText = (value: Element, into: DataView, at: number) => number;

/** Python's words, which `numpy.loadtxt` and pandas read. */
function elementText(dtype: DType): ElementText {
  const write = numberWriter(partDType(dtype));
  const real = (value: number, into: DataView, at: number): number => {
    if (value - value === 0) return write(value, into, at);
    return writeAscii(value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan', into, at);
  };
  if (isComplex(dtype)) {
    return (value, into, at) => {
      const [re, im] = value as [number, number];
      at = real(re, into, at);
      if (!(im < 0 || Object.is(im, -0))) at = writeAscii('+', into, at);
      return writeAscii('j', into, real(im, into, at));
    };
  }
  if (dtype === 'bool' || isBigInteger(dtype)) return (value, into, at) => writeAscii(String(value), into, at);
  return (value, into, at) => real(value as number, into, at);
}

function elementLines(dtype: DType, { indexed, columns, separator }: Layout): Transform {
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const write = elementText(dtype);
  const writeIndex = numberWriter('int64');
  const afterCell = separator.charCodeAt(0);
  const afterRow = 10;
  // A complex number has two parts, a sign and a j; each index has its separator.
  const longest = (isComplex(dtype) ? 2 * longestNumber + 3 : longestNumber + 1) + indexed.length * (longestNumber + 1);
  // One is written to the file while the other is filled.
  let [text, other] = [dataViewOf(new Uint8Array(0)), dataViewOf(new Uint8Array(0))];
  let next = 0;
  /** Writes elements `from` to `to` of a chunk; returns where they end. */
  const fill = (into: DataView, chunk: DataView, from: number, to: number): number => {
    let at = 0;
    let column = next % columns;
    for (let k = from; k < to; k++) {
      if (indexed.length > 0) {
        for (const index of unravelIndex(next + k - from, indexed)) {
          at = writeIndex(index, into, at);
          into.setUint8(at++, afterCell);
        }
      }
      at = write(read(chunk, k * size), into, at);
      if (++column === columns) column = 0;
      into.setUint8(at++, column === 0 ? afterRow : afterCell);
    }
    next += to - from;
    return at;
  };
  return {
    *push(chunk) {
      const view = dataViewOf(chunk);
      const total = chunk.length / size;
      for (let from = 0; from < total; from += pieceElements) {
        const to = Math.min(from + pieceElements, total);
        [text, other] = [other, text];
        if (text.byteLength < (to - from) * longest) text = dataViewOf(new Uint8Array((to - from) * longest));
        yield new Uint8Array(text.buffer, 0, fill(text, view, from, to));
      }
    },
    *end() {},
  };
}

function stringLines(strings: readonly string[], { indexed, columns, separator }: Layout): string {
  const cells = strings.map((text, k) => {
    const before = indexed.length > 0 ? [...unravelIndex(k, indexed), ''].join(separator) : '';
    return before + quoted(text, separator) + ((k + 1) % columns === 0 ? '\n' : separator);
  });
  return cells.join('');
}

function encode(tensor: TensorHeader, separator: string): Part[] {
  const { dtype, shape } = tensor;
  const layout = layoutOf(shape, separator);
  const head = textPart(() => layout.header);
  if (dtype === 'string') return [head, textPart(() => stringLines(tensor.strings ?? [], layout))];
  const byteLength = sizeOf(shape) * itemSize(dtype);
  return [head, { kind: 'elements', tensor: 0, byteLength, transform: elementLines(dtype, layout) }];
}

function separated(name: string, label: string, mediaType: string, separator: string): Format {
  const format: Format = {
    name,
    label,
    extensions: [`.${name}`],
    mediaType,
    several: false,
    refuses: () => null,
    lossCheck: textLoss,
    stringLoss: surrogateLoss,
    warnings: () => [],
    encode(tensors) {
      checkEncodable(format, tensors);
      return encode(tensors[0] as TensorHeader, separator);
    },
    async open(reader, { memoryLimit = 256 << 20 } = {}) {
      return [openCsv(await readWholeText(reader, memoryLimit), separator, memoryLimit)];
    },
  };
  return format;
}

export const csv = separated('csv', 'comma-separated values', 'text/csv', ',');
export const tsv = separated('tsv', 'tab-separated values', 'text/tab-separated-values', '\t');
