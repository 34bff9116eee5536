/**
 * Comma- and tab-separated values. Up to two axes: one line per row, no header, as `numpy.loadtxt` reads it. More: the
 * long form, one line per element with its index per axis, under a header (`axis_0,axis_1,axis_2,value`). Numbers have
 * the fewest digits that read back to the same float; nan, inf and -inf are Python's words, complex numbers are 1+2j.
 */
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, itemSize } from '../tensor/dtypes.ts';
import type { Element } from '../tensor/dtypes.ts';
import { shortest } from '../tensor/numbers.ts';
import { sizeOf, unravelIndex } from '../tensor/shape.ts';
import { openCsv } from './csvReader.ts';
import { checkEncodable } from './format.ts';
import type { Format, Part, TensorHeader, Transform } from './format.ts';
import { textLoss } from './losses.ts';

// Elements per piece of text: about a megabyte.
const pieceElements = 1 << 16;

/** Python's words, which `numpy.loadtxt` and pandas read. */
function pythonText(value: Element | string, dtype: DType): string {
  if (typeof value === 'number') {
    if (value - value === 0) return shortest(value, dtype);
    return value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan';
  }
  if (!Array.isArray(value)) return String(value);
  const imaginary = pythonText(value[1], dtype);
  return `${pythonText(value[0], dtype)}${imaginary.startsWith('-') ? '' : '+'}${imaginary}j`;
}

function quoted(text: string, separator: string): string {
  return text.includes(separator) || /["\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lays elements out in lines, from the first to the last. */
class Lines {
  readonly #shape: readonly number[];
  readonly #separator: string;
  readonly #columns: number;
  #next = 0;

  constructor(shape: readonly number[], separator: string) {
    this.#shape = shape;
    this.#separator = separator;
    this.#columns = shape.length === 2 ? (shape[1] as number) : 1;
  }

  header(): string {
    if (this.#shape.length <= 2) return '';
    const names = this.#shape.map((_, axis) => `axis_${axis}`);
    return `${[...names, 'value'].join(this.#separator)}\n`;
  }

  /** The text of the next elements. */
  push(count: number, textAt: (k: number) => string): string {
    let text = '';
    const long = this.#shape.length > 2;
    for (let k = 0; k < count; k++, this.#next++) {
      if (long) text += unravelIndex(this.#next, this.#shape).join(this.#separator) + this.#separator;
      text += textAt(k);
      text += (this.#next + 1) % this.#columns === 0 ? '\n' : this.#separator;
    }
    return text;
  }
}

function elementLines(dtype: DType, lines: Lines): Transform {
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const encoder = new TextEncoder();
  return {
    *push(chunk) {
      const view = dataViewOf(chunk);
      const total = chunk.length / size;
      for (let from = 0; from < total; from += pieceElements) {
        const count = Math.min(pieceElements, total - from);
        yield encoder.encode(lines.push(count, (k) => pythonText(read(view, (from + k) * size), dtype)));
      }
    },
    *end() {},
  };
}

function encode(tensor: TensorHeader, separator: string): Part[] {
  const { dtype, shape } = tensor;
  const lines = new Lines(shape, separator);
  const head: Part = { kind: 'bytes', bytes: () => new TextEncoder().encode(lines.header()) };
  if (dtype === 'string') {
    const strings = tensor.strings ?? [];
    const text = (): string => lines.push(strings.length, (k) => quoted(strings[k] as string, separator));
    return [head, { kind: 'bytes', bytes: () => new TextEncoder().encode(text()) }];
  }
  const byteLength = sizeOf(shape) * itemSize(dtype);
  return [head, { kind: 'elements', tensor: 0, byteLength, transform: elementLines(dtype, lines) }];
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
    warnings: () => [],
    encode(tensors) {
      checkEncodable(format, tensors);
      return encode(tensors[0] as TensorHeader, separator);
    },
    async open(reader, { memoryLimit = 256 << 20 } = {}) {
      if (reader.size > memoryLimit) {
        throw new TensorError({
          code: 'too-large',
          message: `The text has ${reader.size} bytes, more than the ${memoryLimit} that are read at once.`,
          help: 'Convert it to .npy.',
        });
      }
      return [openCsv(new TextDecoder().decode(await reader.read(0, reader.size)), separator)];
    },
  };
  return format;
}

export const csv = separated('csv', 'comma-separated values', 'text/csv', ',');
export const tsv = separated('tsv', 'tab-separated values', 'text/tab-separated-values', '\t');
