/**
 * JSON with dtype and shape: `{"dtype": "float32", "shape": [2, 2], "values": [[1, 2], [3, "NaN"]]}`, several tensors as
 * an object of these by name. Values follow tensor/jsonValue.ts. Bare nested arrays are read too.
 */
import type { DType } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, itemSize } from '../tensor/dtypes.ts';
import { jsonElement } from '../tensor/jsonValue.ts';
import { sizeOf } from '../tensor/shape.ts';
import { readWholeText } from './byteReader.ts';
import { checkEncodable, textPart } from './format.ts';
import type { Format, Part, TensorHeader, Transform } from './format.ts';
import { openJson } from './jsonReader.ts';
import { textLoss } from './losses.ts';
import { TensorError } from '../protocol/errors.ts';

const pieceElements = 1 << 16;

/** Brackets around elements as they come: those that open before the next one, and those that close after it. */
class Nesting {
  readonly #shape: readonly number[];
  readonly #size: number;
  #next = 0;

  constructor(shape: readonly number[]) {
    this.#shape = shape;
    this.#size = sizeOf(shape);
  }

  /** All of the text of a tensor without elements. */
  empty(): string {
    const build = (axis: number): string => {
      const inner = Array.from({ length: this.#shape[axis] as number }, () => build(axis + 1));
      return `[${inner.join(',')}]`;
    };
    return build(0);
  }

  push(count: number, textAt: (k: number) => string): string {
    let text = '';
    for (let k = 0; k < count; k++) {
      if (this.#next > 0) text += ',';
      text += '['.repeat(this.#edges());
      text += textAt(k);
      this.#next++;
      text += ']'.repeat(this.#edges());
    }
    return text;
  }

  /** How many axes start, or end, between the last element and the next one. */
  #edges(): number {
    if (this.#next === 0 || this.#next === this.#size) return this.#shape.length;
    let edges = 0;
    let block = 1;
    for (let axis = this.#shape.length - 1; axis > 0; axis--) {
      block *= this.#shape[axis] as number;
      if (this.#next % block !== 0) break;
      edges++;
    }
    return edges;
  }
}

function nestedElements(dtype: DType, nesting: Nesting): Transform {
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const encoder = new TextEncoder();
  return {
    *push(chunk) {
      const view = dataViewOf(chunk);
      const total = chunk.length / size;
      for (let from = 0; from < total; from += pieceElements) {
        const count = Math.min(pieceElements, total - from);
        const textAt = (k: number): string => JSON.stringify(jsonElement(read(view, (from + k) * size), dtype));
        yield encoder.encode(nesting.push(count, textAt));
      }
    },
    *end() {},
  };
}

function tensorParts(tensor: TensorHeader, index: number): Part[] {
  const { dtype, shape, strings = [] } = tensor;
  const nesting = new Nesting(shape);
  const head = textPart(() => `{"dtype":${JSON.stringify(dtype)},"shape":${JSON.stringify(shape)},"values":`);
  const tail = textPart(() => '}');
  if (sizeOf(shape) === 0) {
    return [head, textPart(() => nesting.empty()), { kind: 'elements', tensor: index, byteLength: 0 }, tail];
  }
  if (dtype === 'string') {
    return [head, textPart(() => nesting.push(strings.length, (k) => JSON.stringify(strings[k]))), tail];
  }
  const byteLength = sizeOf(shape) * itemSize(dtype);
  return [head, { kind: 'elements', tensor: index, byteLength, transform: nestedElements(dtype, nesting) }, tail];
}

export const json: Format = {
  name: 'json',
  label: 'JSON',
  extensions: ['.json'],
  mediaType: 'application/json',
  several: true,
  refuses: () => null,
  lossCheck: textLoss,
  warnings: () => [],
  encode(tensors) {
    checkEncodable(json, tensors);
    if (tensors.length === 1) return [...tensorParts(tensors[0] as TensorHeader, 0), textPart(() => '\n')];
    const names = new Set(tensors.map(({ name }) => name));
    if (names.size < tensors.length) {
      throw new TensorError({ code: 'invalid-argument', message: 'Two tensors have the same name.' });
    }
    const members = tensors.flatMap((tensor, index) => [
      textPart(() => `${index === 0 ? '{' : ','}${JSON.stringify(tensor.name)}:`),
      ...tensorParts(tensor, index),
    ]);
    return [...members, textPart(() => '}\n')];
  },
  async open(reader, { memoryLimit = 256 << 20 } = {}) {
    return openJson(await readWholeText(reader, memoryLimit), memoryLimit);
  },
};
