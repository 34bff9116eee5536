/**
 * Tensors that are read here, window by window (those of a file, the difference of two), under the requests that a stopped program
 * answers: the same commands and views work on all of them.
 */
import type { TensorHandlers } from '../../inspector/tensorRequests.ts';
import { TensorError } from '../../protocol/errors.ts';
import type { ListedTensor, TensorReference, TensorRequestName, TensorRequests } from '../../protocol/requests.ts';
import type { CopyCost, TensorDescriptor } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import type { ElementSource } from '../../tensor/elementSource.ts';
import { findNotFinite } from '../../tensor/findNotFinite.ts';
import { toJsonValues } from '../../tensor/jsonValue.ts';
import { formatBytes } from '../../tensor/preview.ts';
import { defaultSlice, formatSlice, parseSlice, resultShape, sliceSize } from '../../tensor/slice.ts';
import { sourceStatistics } from '../../tensor/sourceStatistics.ts';
import type { RequestOptions, TensorReader } from '../sources/tensorSource.ts';

/** One window that is held in memory and turned into values. */
const largestWindow = 256 * 2 ** 20;
/** Small reads say little about large ones: a disk gives at least so much. */
const guessedBytesPerMs = 500_000;

/** A `TensorFile` is one. */
interface Sources {
  tensors: readonly Pick<ListedTensor, 'expression' | 'tensor'>[];
  /** @throws TensorError why the tensor of this id can't be read */
  source(id: string): ElementSource;
}

export class SourceReader implements TensorReader {
  readonly #sources: Sources;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  async request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
    options: RequestOptions = {},
  ): Promise<TensorRequests[Name]['result']> {
    const handler = this.#handlers[name];
    if (handler) return handler(args, options);
    throw new TensorError({ code: 'not-available', message: `"${name}" is for the tensors of a stopped program.` });
  }

  readonly #handlers: Partial<TensorHandlers> = {
    'tensor/describe': ({ tensor }) => Promise.resolve({ tensor: this.#listed(tensor) }),
    'tensor/read': async ({ tensor: reference, slice, encoding = 'json' }) => {
      const tensor = this.#listed(reference);
      const source = this.#sources.source(tensor.id);
      const { dtype, shape } = source;
      const ranges = slice === undefined ? defaultSlice(shape) : parseSlice(slice, shape);
      const bytes = sliceSize(ranges) * itemSize(dtype);
      if (bytes > largestWindow) {
        throw new TensorError({
          code: 'too-large',
          message: `The slice takes ${formatBytes(bytes)}, more than the ${formatBytes(largestWindow)} that are shown at once.`,
          help: 'Take a smaller slice.',
        });
      }
      const start = performance.now();
      const values = await source.read(ranges);
      const cost = costOf(tensor, bytes, performance.now() - start);
      const cut = resultShape(ranges);
      return {
        tensor,
        slice: formatSlice(ranges, shape),
        shape: cut,
        ...(encoding === 'bytes' && values instanceof Uint8Array
          ? { bytes: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64') }
          : { values: toJsonValues(values, dtype, cut) }),
        cost,
      };
    },
    'tensor/stats': async ({ tensor: reference, bins = 0 }, { signal, onProgress }) => {
      const tensor = this.#listed(reference);
      const start = performance.now();
      const { stats, bytes } = await sourceStatistics(this.#sources.source(tensor.id), { bins, signal, onProgress });
      return { tensor, stats: { ...stats, cost: costOf(tensor, bytes, performance.now() - start) } };
    },
    'tensor/find': async ({ tensor, from, direction }, { signal }) => ({
      index: await findNotFinite(this.#sources.source(this.#listed(tensor).id), from, direction, signal),
    }),
  };

  #listed(reference: TensorReference): TensorDescriptor {
    const found = this.#sources.tensors.find(({ expression, tensor }) =>
      'id' in reference ? tensor.id === reference.id : expression === reference.expression,
    );
    if (found) return found.tensor;
    const name = 'id' in reference ? reference.id : reference.expression;
    throw new TensorError({ code: 'no-such-tensor', message: `There is no tensor "${name}".` });
  }
}

/** Bytes of elements; what was needed for them tells what the whole tensor would take. */
function costOf({ byteLength }: TensorDescriptor, bytes: number, ms: number): CopyCost {
  return {
    bytes,
    queueMs: 0,
    transferMs: ms,
    readbacks: 0,
    stagingBytes: 0,
    wholeBytes: byteLength,
    wholeMsEstimate:
      bytes === 0 ? 0 : Math.max(ms, Math.min((ms * byteLength) / bytes, byteLength / guessedBytesPerMs)),
  };
}
