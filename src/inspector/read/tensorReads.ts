/** Reads of the tensors of a stop, each by its id: descriptions, windows, statistics, bytes. */
import type { WindowRequest } from '../../protocol/agent.ts';
import { adviceOf, TensorError } from '../../protocol/errors.ts';
import type { ReadResult } from '../../protocol/requests.ts';
import type {
  AxisRange,
  DType,
  StatisticsSummary,
  TensorDescriptor,
  TensorStatistics,
  TensorWarning,
} from '../../protocol/tensor.ts';
import { itemSize, storedDType } from '../../tensor/dtypes.ts';
import type { ElementSource } from '../../tensor/elementSource.ts';
import { findNotFinite } from '../../tensor/findNotFinite.ts';
import { jsonElement, toJsonValues } from '../../tensor/jsonValue.ts';
import { formatBytes } from '../../tensor/preview.ts';
import { distinctShape, repeated } from '../../tensor/repeats.ts';
import { sizeOf, unravelIndex } from '../../tensor/shape.ts';
import { defaultSlice, formatSlice, parseSlice, resultShape, sliceSize, wholeSlice } from '../../tensor/slice.ts';
import { sourceStatistics, type StatisticsRun } from '../../tensor/sourceStatistics.ts';
import type { AgentLink } from '../link/agentLink.ts';
import type { Stop } from '../stop.ts';
import { asDType, formatId, parseId } from '../tensorId.ts';
import type { InspectorOptions } from '../tensorInspector.ts';
import { addCost, noCost, type BulkReader } from './bulkReader.ts';
import { assertMemory, withPrice } from './copyPrice.ts';
import { decode, windowValues, type DecodedWindow } from './decodedWindow.ts';

/** Windows above this go through a file instead of the protocol. */
const inlineBytes = 2 ** 20;
/** What is gone through for statistics, and in search of NaN: a quarter of an hour at 1 GB/s. */
const mostBytesRead = 2 ** 40;
const unlimited = { bytes: Infinity, ms: Infinity };

export class TensorReads {
  readonly #link: AgentLink;
  readonly #stop: Stop;
  readonly #bulk: BulkReader;
  readonly #budget: InspectorOptions['budget'];

  constructor(link: AgentLink, stop: Stop, bulk: BulkReader, budget: InspectorOptions['budget']) {
    this.#link = link;
    this.#stop = stop;
    this.#bulk = bulk;
    this.#budget = budget;
  }

  async describe(id: string): Promise<TensorDescriptor> {
    return withPrice(await this.#described(id), this.#budget);
  }

  async #described(id: string): Promise<TensorDescriptor> {
    const known = this.#stop.described.get(id);
    if (known) return known;
    return this.#stop.keep({ ...(await this.#link.call('describe', parseId(id))), id });
  }

  async read(
    id: string,
    {
      slice,
      encoding,
      dtype,
      shape,
    }: { slice?: string; encoding?: 'json' | 'bytes'; dtype?: string; shape?: number[] },
  ): Promise<ReadResult> {
    const named =
      dtype === undefined ? id : formatId(parseId(id).id, { dtype: asDType(dtype), ...(shape && { shape }) });
    const tensor = await this.#described(named);
    const { shape: whole, ranges } = rangesOf(tensor, slice);
    const request: WindowRequest = { ...parseId(named), ranges };
    const window = await this.#readWindow(request, tensor);
    const cut = resultShape(ranges);
    const values = windowValues(window);
    // Who asks for a part has no use for the price of all of it.
    const isPart = slice !== undefined && sizeOf(cut) < sizeOf(whole);
    return {
      tensor: withPrice(tensor, isPart ? unlimited : this.#budget, window.cost),
      slice: formatSlice(ranges, whole),
      shape: cut,
      ...(encoding === 'bytes' && ArrayBuffer.isView(values)
        ? { bytes: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64') }
        : { values: toJsonValues(values, window.dtype, cut) }),
      cost: window.cost,
    };
  }

  async stats(id: string, { dtype, bins = 0, ...run }: StatisticsRun & { dtype?: string }): Promise<TensorStatistics> {
    const named = dtype === undefined ? parseId(id) : { id: parseId(id).id, as: { dtype: asDType(dtype) } };
    const tensor = await this.describe(formatId(named.id, named.as));
    const stats = await this.#stop.reading(() => this.#link.call('stats', { ...named, bins }), id);
    if (!stats) return this.#statsHere(tensor, { bins, ...run });
    const stored = tensor.dtype;
    const isBig = tensor.dtype === 'int64' || tensor.dtype === 'uint64';
    const extreme = (digits: string | null) =>
      digits === null ? null : (jsonElement(isBig ? BigInt(digits) : Number(digits), stored) as number | string);
    this.#warnOf(tensor, stats);
    return { ...stats, min: extreme(stats.min), max: extreme(stats.max) };
  }

  /** Of what is on the host: this process, unlike one that stands still, compiles the loops that go over it. */
  async #statsHere(tensor: TensorDescriptor, run: StatisticsRun): Promise<TensorStatistics> {
    let cost = noCost;
    const read = async (ranges: readonly AxisRange[]) => {
      const window = await this.#readWindow({ ...parseId(tensor.id), ranges: [...ranges] }, tensor);
      cost = addCost(cost, window.cost);
      return windowValues(window);
    };
    const dtype = storedDType(tensor.dtype);
    const shape = knownShape(tensor);
    const distinct = distinctShape(shape, tensor.strides);
    assertReadable(distinct, dtype);
    const { stats } = await sourceStatistics({ name: 'the tensor', dtype, shape: distinct, read }, run);
    const whole = repeated(stats, distinct, shape);
    this.#warnOf(tensor, whole);
    return { ...whole, cost };
  }

  async find(id: string, from: number, direction: 'next' | 'previous', signal?: AbortSignal): Promise<number | null> {
    const found = await this.#stop.reading(() => this.#link.call('find', { ...parseId(id), from, direction }), id);
    if (found) return found.index;
    const elements = await this.elements(id, 'the tensor');
    const distinct = distinctShape(elements.shape, (await this.describe(id)).strides);
    assertReadable(distinct, elements.dtype);
    const isRepeated = sizeOf(distinct) < sizeOf(elements.shape);
    if (isRepeated && (await findNotFinite({ ...elements, shape: distinct }, -1, 'next', signal)) === null) return null;
    assertReadable(elements.shape, elements.dtype);
    return findNotFinite(elements, from, direction, signal);
  }

  /** What the statistics have found stays with the tensor for the rest of the stop. */
  #warnOf(tensor: TensorDescriptor, { nan, posInf, negInf, count, firstNotFinite }: StatisticsSummary<unknown>): void {
    const known = this.#stop.described.get(tensor.id);
    if (!known || firstNotFinite === null || known.warnings.some(({ code }) => code === 'not-finite')) return;
    const index = unravelIndex(firstNotFinite, knownShape(tensor)).join(', ');
    const warning: TensorWarning = {
      code: 'not-finite',
      message: `${nan} of ${count} elements are NaN and ${posInf + negInf} are infinite; the first is at [${index}].`,
      help: 'Read around it with a slice, and look at the inputs of the operation that made it.',
    };
    this.#stop.described.set(tensor.id, { ...known, warnings: [...known.warnings, warning] });
  }

  async readBytes(id: string, byteOffset: number, byteCount: number): Promise<Uint8Array> {
    const tensor = await this.describe(id);
    const shape = knownShape(tensor);
    const size = itemSize(tensor.dtype);
    const elements = sizeOf(shape);
    const first = Math.floor(byteOffset / size);
    const last = Math.min(elements, Math.ceil((byteOffset + byteCount) / size));
    if (size === 0 || byteOffset < 0 || last <= first) return new Uint8Array(0);
    const request: WindowRequest = { ...parseId(id), ranges: wholeSlice(shape) };
    const bytes = await this.#stop.reading(() => this.#bulk.readRange(request, first, last, size), id);
    const skip = byteOffset - first * size;
    return bytes.subarray(skip, skip + byteCount);
  }

  /** A tensor of the stop as something whose windows can be read one after the other. */
  async elements(id: string, name: string): Promise<ElementSource> {
    const tensor = await this.describe(id);
    return {
      name,
      dtype: storedDType(tensor.dtype),
      shape: knownShape(tensor),
      read: async (ranges) => windowValues(await this.#readWindow({ ...parseId(id), ranges: [...ranges] }, tensor)),
    };
  }

  async #readWindow(request: WindowRequest, tensor: TensorDescriptor): Promise<DecodedWindow> {
    const dtype = storedDType(tensor.dtype);
    const bytes = sliceSize(request.ranges) * itemSize(dtype);
    if (bytes <= inlineBytes) {
      return decode((await this.#stop.reading(() => this.#link.call('read', { windows: [request] }), tensor.id))[0]!);
    }
    assertMemory(bytes, dtype);
    const read = new Uint8Array(bytes);
    const cost = await this.#stop.reading(() => this.#bulk.readWindow(request, read), tensor.id);
    return { bytes: read, dtype, cost };
  }

  /** One readback for all; where that fails, one for each, so that only the culprit goes without. */
  async readEach(requests: WindowRequest[]): Promise<(DecodedWindow | TensorError)[]> {
    if (requests.length === 0) return [];
    try {
      return (await this.#stop.reading(() => this.#link.call('read', { windows: requests }))).map(decode);
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      if (requests.length === 1) return [error];
    }
    const results: (DecodedWindow | TensorError)[] = [];
    for (const request of requests) results.push(...(await this.readEach([request])));
    return results;
  }
}

function knownShape(tensor: TensorDescriptor): number[] {
  if (tensor.shape.every((count) => count !== null)) return tensor.shape;
  throw new TensorError({
    code: 'not-readable',
    message: tensor.access.reason ?? 'Its shape is not known before it is computed.',
    ...adviceOf(tensor.access),
  });
}

/** @throws TensorError `too-large` for more than any memory holds: overlapping views, and values that nothing stores */
function assertReadable(shape: readonly number[], dtype: DType): void {
  const bytes = sizeOf(shape) * itemSize(dtype);
  if (bytes <= mostBytesRead) return;
  throw new TensorError({
    code: 'too-large',
    message: `All of it is ${formatBytes(bytes)} to go through, element by element.`,
    help: 'Look at a part of it: take a slice in the program, or read one here.',
  });
}

function rangesOf(tensor: TensorDescriptor, slice: string | undefined): { shape: number[]; ranges: AxisRange[] } {
  const shape = knownShape(tensor);
  return { shape, ranges: slice === undefined ? defaultSlice(shape) : parseSlice(slice, shape) };
}
