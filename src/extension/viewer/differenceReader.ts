/** The difference of two tensors of one shape, element by element, read by windows like any tensor. */
import { findNotFinite } from '../../tensor/findNotFinite.ts';
import { TensorError } from '../../protocol/errors.ts';
import type { TensorRequestName, TensorRequests } from '../../protocol/requests.ts';
import type { CopyCost, TensorDescriptor } from '../../protocol/tensor.ts';
import type { ElementSource } from '../../tensor/compareSources.ts';
import { dataViewOf, elementReader, itemSize, type Element } from '../../tensor/dtypes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { formatSlice, parseSlice, resultShape } from '../../tensor/slice.ts';
import { sourceStatistics } from '../../tensor/sourceStatistics.ts';
import type { RequestOptions, TensorReader } from '../sources/tensorSource.ts';

type Result<Name extends TensorRequestName> = Promise<TensorRequests[Name]['result']>;

/** `left - right` as float64; of complex numbers, how far they are apart. */
export function differenceOf(left: ElementSource, right: ElementSource): ElementSource {
  const [readLeft, readRight] = [elementReader(left.dtype), elementReader(right.dtype)];
  const [sizeLeft, sizeRight] = [itemSize(left.dtype), itemSize(right.dtype)];
  return {
    name: `${left.name} - ${right.name}`,
    dtype: 'float64',
    shape: left.shape,
    async read(ranges) {
      const [a, b] = (await Promise.all([left.read(ranges), right.read(ranges)])) as [Uint8Array, Uint8Array];
      const [viewA, viewB] = [dataViewOf(a), dataViewOf(b)];
      const difference = new Float64Array(sizeOf(ranges.map(({ count }) => count)));
      for (let i = 0; i < difference.length; i++) {
        difference[i] = subtract(readLeft(viewA, i * sizeLeft), readRight(viewB, i * sizeRight));
      }
      return new Uint8Array(difference.buffer);
    },
  };
}

function subtract(x: Element, y: Element): number {
  // Integers that a double can't hold are subtracted as what they are.
  if (typeof x === 'bigint' && typeof y === 'bigint') return Number(x - y);
  if (typeof x !== 'object' && typeof y !== 'object') return Number(x) - Number(y);
  const [[a, b], [c, d]] = [parts(x), parts(y)];
  return Math.hypot(a - c, b - d);
}

function parts(value: Element): readonly [number, number] {
  return typeof value === 'object' ? value : [Number(value), 0];
}

export class DifferenceReader implements TensorReader {
  readonly tensor: TensorDescriptor;
  readonly #source: ElementSource;

  constructor(source: ElementSource) {
    this.#source = source;
    this.tensor = {
      id: 'difference',
      runtime: 'difference',
      kind: 'array',
      className: 'difference',
      dtype: 'float64',
      shape: [...source.shape],
      byteLength: 8 * sizeOf(source.shape),
      device: { type: 'cpu' },
      location: 'host',
      state: 'live',
      access: { how: 'copy' },
      warnings: [],
    };
  }

  async request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
    options: RequestOptions = {},
  ): Result<Name> {
    const handler = this.#handlers[name];
    if (handler) return handler(args, options);
    throw new TensorError({ code: 'not-available', message: `A difference has no "${name}".` });
  }

  readonly #handlers: {
    [Name in TensorRequestName]?: (args: TensorRequests[Name]['arguments'], options: RequestOptions) => Result<Name>;
  } = {
    'tensor/describe': () => Promise.resolve({ tensor: this.tensor }),
    'tensor/read': async ({ slice = '...' }) => {
      const { shape } = this.#source;
      const ranges = parseSlice(slice, shape);
      const start = performance.now();
      const bytes = (await this.#source.read(ranges)) as Uint8Array;
      return {
        tensor: this.tensor,
        slice: formatSlice(ranges, shape),
        shape: resultShape(ranges),
        bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
        cost: this.#cost(bytes.byteLength, performance.now() - start),
      };
    },
    'tensor/stats': async ({ bins = 0 }, { signal, onProgress }) => {
      const start = performance.now();
      const { stats, bytes } = await sourceStatistics(this.#source, {
        bins,
        signal,
        ...(onProgress && { onProgress }),
      });
      return { tensor: this.tensor, stats: { ...stats, cost: this.#cost(bytes, performance.now() - start) } };
    },
    'tensor/find': async ({ from, direction }, { signal }) => ({
      index: await findNotFinite(this.#source, from, direction, signal),
    }),
  };

  /** What its two sides copied is in the cost of their session. */
  #cost(bytes: number, ms: number): CopyCost {
    const { byteLength } = this.tensor;
    const wholeMsEstimate = bytes === 0 ? 0 : (ms * byteLength) / bytes;
    return {
      bytes,
      queueMs: 0,
      transferMs: ms,
      readbacks: 0,
      stagingBytes: 0,
      wholeBytes: byteLength,
      wholeMsEstimate,
    };
  }
}
