import { freemem } from 'node:os';
import type { Protocol } from 'devtools-protocol';
import type {
  AgentFeed,
  AgentListedTensor,
  AgentListing,
  AgentStatistics,
  AgentWindow,
  Reinterpretation,
  WindowRequest,
  SharedDescription,
} from '../protocol/agent.ts';
import { TensorError } from '../protocol/errors.ts';
import type { TensorComparison, Tolerance } from '../protocol/comparison.ts';
import type {
  AssignedTensor,
  BackendComparison,
  Copies,
  DifferenceWindow,
  KeptTensor,
  ReadResult,
  TensorListing,
  TensorPreview,
} from '../protocol/requests.ts';
import type { TrackedBatch } from '../protocol/track.ts';
import type {
  AxisRange,
  CopyCost,
  DType,
  GraphInput,
  TensorDescriptor,
  TensorStatistics,
  TensorWarning,
} from '../protocol/tensor.ts';
import { defaultTolerance } from '../tensor/compareSources.ts';
import { isDType, itemSize } from '../tensor/dtypes.ts';
import { jsonElement, toJsonValues } from '../tensor/jsonValue.ts';
import { describeType, formatBytes, formatMs, previewRanges, previewValues } from '../tensor/preview.ts';
import { rowMajorStrides, sizeOf, unravelIndex } from '../tensor/shape.ts';
import { defaultSlice, formatSlice, parseSlice, resultShape, sliceSize } from '../tensor/slice.ts';
import { assignTensor } from './assign/assignTensor.ts';
import { isPlace } from './assign/target.ts';
import { AgentLink } from './agentLink.ts';
import { BulkReader } from './bulkReader.ts';
import { copiesOf, generatedLine, installRecorder, programWarning, readRecorder, type Locate } from './copies.ts';
import { backendComparison } from './compareBackends.ts';
import { compareTensors, differenceWindow, KeptTensors, type LiveTensor } from './compareTensors.ts';
import { evaluateOnFrame, notATensor, splitReinterpretation } from './evaluate.ts';
import { opThatMade } from './opThatMade.ts';
import { stopObjectGroup } from './stopObjects.ts';
import { connectTracking } from './tracking.ts';
import { exportTensors } from './exportTensors.ts';
import { fileFeed, noFeed, primitiveFeed } from './graphFeeds.ts';
import type {
  AssignRequest,
  CompareOptions,
  ComparedWith,
  ExportRequest,
  FeedOf,
  InspectorOptions,
  OpenInspector,
  TensorInspector,
} from './tensorInspector.ts';

/** So many tensors of a frame are listed; more would not be looked at, and every one costs a descriptor. */
const listLimit = 5000;
/** Windows above this go through a file instead of the protocol. */
const inlineBytes = 2 ** 20;

export const openInspector: OpenInspector = (options) => new Inspector(options);

/** A handle, and how to read it where it was named with `as dtype[shape]`: both travel in the tensor's id. */
function parseId(id: string): { id: string; as?: Reinterpretation } {
  const [handle, dtype, shape] = id.split(':');
  if (handle === undefined || dtype === undefined || !isDType(dtype)) return { id };
  const counts = shape === undefined ? {} : { shape: shape.split(',').filter(Boolean).map(Number) };
  return { id: handle, as: { dtype, ...counts } };
}

function formatId(id: string, as?: Reinterpretation): string {
  if (!as) return id;
  return as.shape ? `${id}:${as.dtype}:${as.shape.join(',')}` : `${id}:${as.dtype}`;
}

class Inspector implements TensorInspector {
  readonly #options: InspectorOptions;
  readonly #link: AgentLink;
  readonly #locate: Locate;
  readonly #bulk: BulkReader;
  readonly #kept = new KeptTensors();
  /** How many there were since tensors were first asked for. */
  #stops = 0;
  #frames: readonly Protocol.Debugger.CallFrame[] = [];
  #handedOver: Promise<void> | null = null;
  #devicesSearched = false;
  #ownersSearched = false;
  readonly #described = new Map<string, TensorDescriptor>();
  #tracking: Promise<void> | undefined;
  /** At a stop: the last points are being fetched. */
  #flushing: Promise<unknown> | undefined;

  constructor(options: InspectorOptions) {
    this.#options = options;
    this.#link = new AgentLink(options.main, options.agent, options.budget);
    this.#locate = options.locate ?? generatedLine;
    this.#bulk = new BulkReader(this.#link);
  }

  stopped(callFrames: readonly Protocol.Debugger.CallFrame[]): void {
    this.#frames = callFrames;
    if (callFrames.length > 0) this.#stops++;
    this.#handedOver = null;
    this.#devicesSearched = false;
    this.#ownersSearched = false;
    this.#described.clear();
    if (this.#tracking && callFrames.length > 0) {
      // A program that has gone meanwhile has sent all that it could.
      this.#flushing = this.#tracking.then(() => this.#link.call('flushTracked', {})).catch(() => undefined);
    }
  }

  async resuming(): Promise<void> {
    const touched = this.#handedOver !== null;
    this.stopped([]);
    await this.#flushing;
    if (!touched) return;
    await Promise.all([
      this.#link.call('release', {}),
      this.#options.main.send('Runtime.releaseObjectGroup', { objectGroup: stopObjectGroup }),
    ]);
  }

  async list(callFrameId: string): Promise<TensorListing> {
    const frame = this.#frame(callFrameId);
    const scopes = frame.scopeChain.filter(({ type, object }) => type !== 'global' && object.objectId);
    // Two messages on one connection, sent together: one round trip.
    const handingOver = this.#handOverStop();
    const receiver = frame.this.objectId === undefined ? { value: null } : { objectId: frame.this.objectId };
    const listed = this.#link.handOver<AgentListing>('list', [
      { value: JSON.stringify({ limit: listLimit }) },
      receiver,
      ...scopes.map(({ object }) => ({ objectId: object.objectId! })),
    ]);
    await handingOver;
    const { runtimes, shared, tensors, warnings, truncated } = await listed;
    return {
      runtimes: this.#options.withVersions?.(runtimes) ?? runtimes,
      tensors: tensors.map(({ scope, expression, shared: index, tensor: own }) => {
        const tensor = wholeDescriptor(shared[index]!, own);
        this.#described.set(tensor.id, tensor);
        return { expression, scope: scopeName(scopes[scope]!), tensor: this.#withPrice(tensor) };
      }),
      warnings: await Promise.all(warnings.map((warning) => programWarning(warning, this.#locate))),
      truncated,
    };
  }

  async preview(objectIds: readonly string[]): Promise<(TensorPreview | null)[]> {
    if (objectIds.length === 0) return [];
    const handingOver = this.#handOverStop();
    const taken = this.#take(objectIds);
    await handingOver;
    return this.#previewAll(await taken);
  }

  async previews(ids: readonly string[]): Promise<TensorPreview[]> {
    return this.#previewAll(await Promise.all(ids.map((id) => this.describe(id))));
  }

  async note(previews: readonly TensorPreview[]): Promise<void> {
    const texts = Object.fromEntries(previews.map(({ tensor, text }) => [parseId(tensor.id).id, text]));
    await this.#link.call('note', { texts });
  }

  async #previewAll<Given extends TensorDescriptor | null>(
    tensors: readonly Given[],
  ): Promise<(Given extends null ? TensorPreview | null : TensorPreview)[]>;
  async #previewAll(tensors: readonly (TensorDescriptor | null)[]): Promise<(TensorPreview | null)[]> {
    const wanted = tensors.map((tensor) => (tensor && isReadable(tensor) ? previewRequest(tensor) : null));
    const requests = wanted.filter((request) => request !== null);
    const windows = await this.#readEach(requests);
    let next = 0;
    return tensors.map((tensor, index) => {
      if (!tensor) return null;
      const window = wanted[index] ? windows[next++] : undefined;
      if (!window) return { tensor, text: withReason(tensor), values: null, cost: null };
      if (window instanceof TensorError)
        return { tensor, text: `${describeType(tensor)}  ${window.message}`, values: null, cost: null };
      const shape = tensor.shape as number[];
      const held = previewRanges(shape).map(({ count }) => count);
      const values = previewValues(windowValues(window), window.dtype, held, shape);
      return { tensor, text: `${describeType(tensor)}  ${values}`, values, cost: window.cost };
    });
  }

  async evaluate(
    callFrameId: string,
    text: string,
    { throwOnSideEffect }: { throwOnSideEffect: boolean },
  ): Promise<TensorDescriptor> {
    this.#frame(callFrameId);
    const { expression, as } = splitReinterpretation(text);
    const handingOver = this.#handOverStop();
    const evaluated = evaluateOnFrame(this.#options.main, callFrameId, expression, throwOnSideEffect);
    await handingOver;
    const value = await evaluated;
    const tensor = value.objectId === undefined ? null : (await this.#take([value.objectId]))[0];
    if (!tensor) throw notATensor(expression, value);
    return as ? this.describe(formatId(tensor.id, as)) : this.#withPrice(tensor);
  }

  async describe(id: string): Promise<TensorDescriptor> {
    const known = this.#described.get(id);
    if (known) return this.#withPrice(known);
    const tensor = { ...(await this.#link.call('describe', parseId(id))), id };
    this.#described.set(id, tensor);
    return this.#withPrice(tensor);
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
    const tensor = await this.describe(named);
    const { shape: whole, ranges } = rangesOf(tensor, slice);
    const request: WindowRequest = { ...parseId(named), ranges };
    const window = await this.#readWindow(request, tensor);
    const cut = resultShape(ranges);
    const values = windowValues(window);
    return {
      tensor: this.#withPrice(tensor, window.cost),
      slice: formatSlice(ranges, whole),
      shape: cut,
      ...(encoding === 'bytes' && ArrayBuffer.isView(values)
        ? { bytes: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64') }
        : { values: toJsonValues(values, window.dtype, cut) }),
      cost: window.cost,
    };
  }

  async stats(id: string, { dtype, bins }: { dtype?: string; bins?: number }): Promise<TensorStatistics> {
    const named = dtype === undefined ? parseId(id) : { id: parseId(id).id, as: { dtype: asDType(dtype) } };
    const tensor = await this.describe(formatId(named.id, named.as));
    const stats = await this.#reading(() => this.#link.call('stats', { ...named, bins: bins ?? 0 }));
    const stored = tensor.dtype;
    const isBig = tensor.dtype === 'int64' || tensor.dtype === 'uint64';
    const extreme = (digits: string | null) =>
      digits === null ? null : (jsonElement(isBig ? BigInt(digits) : Number(digits), stored) as number | string);
    this.#warnOf(tensor, stats);
    return { ...stats, min: extreme(stats.min), max: extreme(stats.max) };
  }

  async find(id: string, from: number, direction: 'next' | 'previous'): Promise<number | null> {
    if (!Number.isSafeInteger(from) || (direction !== 'next' && direction !== 'previous')) {
      throw new TensorError({
        code: 'invalid-argument',
        message: `A search needs a whole number "from" and the direction "next" or "previous"; got ${from} and "${direction}".`,
      });
    }
    return (await this.#reading(() => this.#link.call('find', { ...parseId(id), from, direction }))).index;
  }

  /** What the statistics have found stays with the tensor for the rest of the stop. */
  #warnOf(tensor: TensorDescriptor, { nan, posInf, negInf, count, firstNotFinite }: AgentStatistics): void {
    const known = this.#described.get(tensor.id);
    if (!known || firstNotFinite === null || known.warnings.some(({ code }) => code === 'not-finite')) return;
    const index = unravelIndex(firstNotFinite, knownShape(tensor)).join(', ');
    const warning: TensorWarning = {
      code: 'not-finite',
      message: `${nan} of ${count} elements are NaN and ${posInf + negInf} are infinite; the first is at [${index}].`,
      help: 'Read around it with a slice, and look at the inputs of the operation that made it.',
    };
    this.#described.set(tensor.id, { ...known, warnings: [...known.warnings, warning] });
  }

  async readBytes(id: string, byteOffset: number, byteCount: number): Promise<Uint8Array> {
    const tensor = await this.describe(id);
    const shape = knownShape(tensor);
    const size = itemSize(tensor.dtype === 'unknown' ? 'uint8' : tensor.dtype);
    const elements = sizeOf(shape);
    const first = Math.floor(byteOffset / size);
    const last = Math.min(elements, Math.ceil((byteOffset + byteCount) / size));
    if (size === 0 || byteOffset < 0 || last <= first) return new Uint8Array(0);
    const request: WindowRequest = { ...parseId(id), ranges: wholeRanges(shape) };
    const bytes = await this.#reading(() => this.#bulk.readRange(request, first, last, size));
    const skip = byteOffset - first * size;
    return bytes.subarray(skip, skip + byteCount);
  }

  export(request: ExportRequest): ReturnType<TensorInspector['export']> {
    return exportTensors(request, {
      describe: (id) => this.describe(id),
      parseId,
      sparseParts: (id) => this.#link.call('sparseParts', { id }),
      reading: (read) => this.#reading(read),
      bulk: this.#bulk,
      stats: (id, dtype) => this.stats(id, dtype === undefined ? {} : { dtype }),
      readStrings: async (window) =>
        windowValues((await this.#link.call('read', { windows: [window] }))[0]!) as string[],
    });
  }

  async graphOf(callFrameId: string, expression: string): Promise<string> {
    this.#frame(callFrameId);
    await this.#handOverStop();
    const value = await evaluateOnFrame(this.#options.main, callFrameId, expression, true);
    if (value.objectId === undefined) throw notATensor(expression, value);
    const args = [{ objectId: value.objectId }];
    const id = await this.#link.handOver<string | null>('takeGraph', args);
    if (id !== null) return id;
    const tensor = (await this.#take([value.objectId]))[0];
    if (!tensor) throw notATensor(expression, value);
    return tensor.id;
  }

  async compare(
    a: { id: string; name: string },
    b: ComparedWith,
    { tolerance, signal, onProgress }: CompareOptions = {},
  ): Promise<TensorComparison> {
    return compareTensors(await this.#elements(a.id, a.name), b, {
      kept: this.#kept,
      openTensor: (id, name) => this.#elements(id, name),
      tolerance: { ...defaultTolerance, ...tolerance },
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
  }

  async compareBackends(
    callFrameId: string,
    expression: string,
    given: Partial<Tolerance> = {},
  ): Promise<BackendComparison> {
    const frame = this.#frame(callFrameId);
    await this.#handOverStop();
    const tolerance = { ...defaultTolerance, ...given };
    const { main } = this.#options;
    const isTensor = async (objectId: string) => (await this.#take([objectId]))[0]?.runtime === 'tfjs';
    const op = isPlace(expression) ? await opThatMade(main, frame, expression, isTensor) : undefined;
    const made = op && (await this.evaluate(callFrameId, expression, { throwOnSideEffect: true })).id;
    const request = { callFrameId, expression: op?.code ?? expression, tolerance, ...(made !== undefined && { made }) };
    const found = await this.#reading(() => this.#link.callInFrame('compareBackends', request));
    return backendComparison(op ? `${expression} = ${op.code}` : expression, found, tolerance);
  }

  async differences(a: { id: string; name: string }, b: ComparedWith, slice?: string): Promise<DifferenceWindow> {
    const openTensor = (id: string, name: string) => this.#elements(id, name);
    return differenceWindow(await this.#elements(a.id, a.name), b, { kept: this.#kept, openTensor, slice });
  }

  async keep(id: string, expression: string): Promise<KeptTensor> {
    const [top] = this.#frames;
    const where = `stop ${this.#stops}${top?.functionName ? `, in ${top.functionName}` : ''}`;
    return this.#kept.keep(expression, await this.#elements(id, expression), where, {});
  }

  /** A tensor of the stop as something whose windows can be read one after the other. */
  async #elements(id: string, name: string): Promise<LiveTensor> {
    const tensor = await this.describe(id);
    const shape = knownShape(tensor);
    const dtype: DType = tensor.dtype === 'unknown' ? 'uint8' : tensor.dtype;
    const whole: WindowRequest = { ...parseId(id), ranges: wholeRanges(shape) };
    const byteLength = sizeOf(shape) * itemSize(dtype);
    return {
      name,
      dtype,
      shape,
      read: async (ranges) => windowValues(await this.#readWindow({ ...parseId(id), ranges: [...ranges] }, tensor)),
      writeTo: async (file, progress) => {
        await this.#reading(() => this.#bulk.writeWindow(whole, { file, position: 0 }, byteLength, progress));
      },
    };
  }

  async assign(request: AssignRequest): Promise<AssignedTensor> {
    const { callFrameId, expression } = request;
    const frame = this.#frame(callFrameId);
    const old = await this.evaluate(callFrameId, expression, { throwOnSideEffect: true });
    const { main } = this.#options;
    const result = await assignTensor(request, {
      main,
      link: this.#link,
      bulk: this.#bulk,
      frame,
      frames: this.#frames,
      old,
    });
    this.#described.set(result.tensor.id, result.tensor);
    return result;
  }

  graphInputs(id: string): Promise<GraphInput[]> {
    return this.#withOwners(() => this.#link.call('graphInputs', { id }));
  }

  async evaluateGraph(id: string, feeds: readonly FeedOf[]): Promise<{ tensor: TensorDescriptor; ms: number }> {
    const given: AgentFeed[] = [];
    for (const feed of feeds) given.push({ name: feed.name, ...(await this.#feed(feed)) });
    const evaluate = () => this.#link.call('evaluateGraph', { id, feeds: given });
    const { tensor, ms } = await this.#reading(() => this.#withOwners(evaluate));
    this.#described.set(tensor.id, tensor);
    return { tensor, ms };
  }

  /** Where the model or session of a graph tensor is not known, looks for it in every frame and tries again. */
  async #withOwners<Value>(evaluate: () => Promise<Value>): Promise<Value> {
    // What it is found in may have a closure that has to be looked into, too.
    for (let searches = 0; ; searches++) {
      try {
        return await evaluate();
      } catch (error) {
        if (!(error instanceof TensorError) || error.code !== 'no-graph' || searches === 2) throw error;
      }
      if (!this.#ownersSearched) await this.#link.tell('findOwners', this.#allScopes());
      this.#ownersSearched = true;
      await this.#link.findClosures();
    }
  }

  async #feed(feed: FeedOf) {
    if ('file' in feed) return fileFeed(feed.name, feed.file);
    if ('id' in feed) return parseId(feed.id);
    const { expression, as } = splitReinterpretation(feed.expression);
    this.#frame(feed.callFrameId);
    await this.#handOverStop();
    const value = await evaluateOnFrame(this.#options.main, feed.callFrameId, expression, true);
    const primitive = primitiveFeed(value);
    if (primitive) return primitive;
    const { objectId } = value;
    const id = objectId === undefined ? null : await this.#link.handOver<string | null>('takeFeed', [{ objectId }]);
    if (id === null) throw noFeed(feed.name, expression, value);
    return { id, ...(as && { as }) };
  }

  track(onBatch: (batch: TrackedBatch) => void): Promise<void> {
    this.#tracking ??= connectTracking(this.#options.main, this.#link, onBatch);
    return this.#tracking;
  }

  async copies(): Promise<Copies> {
    const { agent, budget } = this.#options;
    // A program that was attached to without the adapter: from now on, then.
    let report = await readRecorder(agent);
    if (!report) {
      await installRecorder(agent, { budget });
      report = await readRecorder(agent);
    }
    return copiesOf(report!, this.#locate);
  }

  async breakOnNan(isOn: boolean): Promise<void> {
    await this.#link.preparePump();
    await this.#link.call('breakOnNan', { isOn });
  }

  async notFinite(): Promise<string> {
    return (await this.#link.call('notFinite', {})).message;
  }

  async dispose(): Promise<void> {
    await this.#kept.dispose();
    await this.#bulk.dispose();
  }

  #frame(callFrameId: string): Protocol.Debugger.CallFrame {
    const frame = this.#frames.find((candidate) => candidate.callFrameId === callFrameId);
    if (frame) return frame;
    throw new TensorError({
      code: 'not-paused',
      message: 'The program is running, or has moved on since this frame was shown.',
      help: 'Tensors can be read while it is stopped: set a breakpoint, or pause it.',
    });
  }

  /** The scopes of every frame, but for the globals. */
  #allScopes(): Protocol.Runtime.CallArgument[] {
    const scopes = this.#frames.flatMap((frame) => frame.scopeChain).filter(({ type }) => type !== 'global');
    const ids = scopes.map(({ object }) => object.objectId).filter((id) => id !== undefined);
    return ids.map((objectId) => ({ objectId }));
  }

  /** Once per stop: which objects the stopped functions work on, and which immediate is being run. */
  #handOverStop(): Promise<void> {
    this.#handedOver ??= this.#handOver();
    return this.#handedOver;
  }

  async #handOver(): Promise<void> {
    const receivers = this.#frames.map((frame) => frame.this.objectId).filter((id) => id !== undefined);
    const processing = this.#frames.find(
      ({ functionName, url }) => functionName === 'processImmediate' && url.startsWith('node:'),
    );
    const locals = processing?.scopeChain.filter(({ type }) => type === 'local' || type === 'block') ?? [];
    const immediates = locals.map(({ object }) => object.objectId).filter((id) => id !== undefined);
    await this.#link.tell('setStop', [
      { value: JSON.stringify({ receivers: receivers.length }) },
      ...[...receivers, ...immediates].map((objectId) => ({ objectId })),
    ]);
  }

  async #take(objectIds: readonly string[]): Promise<(TensorDescriptor | null)[]> {
    const tensors = await this.#link.handOver<(TensorDescriptor | null)[]>(
      'take',
      objectIds.map((objectId) => ({ objectId })),
    );
    for (const tensor of tensors) if (tensor) this.#described.set(tensor.id, tensor);
    return tensors;
  }

  /** Runs a read; where a GPU buffer's device is not in sight, looks for it in every frame and tries once more. */
  async #reading<Value>(read: () => Promise<Value>): Promise<Value> {
    await this.#link.preparePump();
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TensorError) || error.code !== 'no-device' || this.#devicesSearched) throw error;
    }
    this.#devicesSearched = true;
    await this.#link.tell('findDevices', this.#allScopes());
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TensorError) || error.code !== 'no-device') throw error;
    }
    await this.#link.findTrackedDevices();
    return read();
  }

  async #readWindow(request: WindowRequest, tensor: TensorDescriptor): Promise<DecodedWindow> {
    const dtype: DType = tensor.dtype === 'unknown' ? 'uint8' : tensor.dtype;
    const bytes = sliceSize(request.ranges) * itemSize(dtype);
    if (bytes <= inlineBytes) {
      return decode((await this.#reading(() => this.#link.call('read', { windows: [request] })))[0]!);
    }
    assertMemory(bytes, dtype);
    const { bytes: read, cost } = await this.#reading(() => this.#bulk.readWindow(request, bytes));
    return { bytes: read, dtype, cost };
  }

  /** One readback for all; where that fails, one for each, so that only the culprit goes without. */
  async #readEach(requests: WindowRequest[]): Promise<(DecodedWindow | TensorError)[]> {
    if (requests.length === 0) return [];
    try {
      return (await this.#reading(() => this.#link.call('read', { windows: requests }))).map(decode);
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      if (requests.length === 1) return [error];
    }
    const results: (DecodedWindow | TensorError)[] = [];
    for (const request of requests) results.push(...(await this.#readEach([request])));
    return results;
  }

  /** Adds what copying the whole tensor would cost, where that is above the budget. */
  #withPrice(tensor: TensorDescriptor, cost?: CopyCost): TensorDescriptor {
    tensor = withMemoryWarning(tensor);
    const { budget } = this.#options;
    if (tensor.access.how !== 'copy' || tensor.warnings.some(({ code }) => code === 'large-copy')) return tensor;
    const ms = cost?.wholeMsEstimate ?? 0;
    if (tensor.byteLength <= budget.bytes && ms <= budget.ms) return tensor;
    const price = formatBytes(tensor.byteLength) + (cost ? `, about ${formatMs(ms)}` : '');
    const warning: TensorWarning = {
      code: 'large-copy',
      message: `Copying all of it to the host would move ${price}.`,
      help: 'Read a slice, or take its statistics: they are reduced on the device and move a few bytes.',
    };
    return { ...tensor, warnings: [...tensor.warnings, warning] };
  }
}

/** Says so where a copy of all of it would not fit into what is free on this machine. */
function withMemoryWarning(tensor: TensorDescriptor): TensorDescriptor {
  const { byteLength, access, warnings } = tensor;
  // Asked for thousands of tensors, most of which are small.
  if (access.how === 'none' || byteLength < 2 ** 28) return tensor;
  const free = freemem();
  if (byteLength <= free || warnings.some(({ code }) => code === 'not-enough-memory')) return tensor;
  const warning: TensorWarning = {
    code: 'not-enough-memory',
    message: `A host copy would take ${formatBytes(byteLength)}, and ${formatBytes(free)} are free.`,
    help: 'Read a slice, take its statistics, or export it to a file: that streams in bounded memory.',
  };
  return { ...tensor, warnings: [...warnings, warning] };
}

/**
 * Values that become JSON take about 40 bytes each on the way, beside their own.
 * @throws TensorError `not-enough-memory`, before a byte is moved
 */
function assertMemory(bytes: number, dtype: DType): void {
  const needed = bytes * 2 + (bytes / itemSize(dtype)) * 40;
  const free = freemem();
  if (needed <= free) return;
  throw new TensorError({
    code: 'not-enough-memory',
    message: `Reading ${formatBytes(bytes)} would take about ${formatBytes(needed)} of memory here, and ${formatBytes(free)} are free.`,
    help: 'Read a slice of it, take its statistics, or export it to a file: that streams in bounded memory.',
  });
}

interface DecodedWindow {
  bytes?: Uint8Array;
  strings?: string[];
  dtype: DType;
  cost: CopyCost;
}

function decode({ base64, strings, dtype, cost }: AgentWindow): DecodedWindow {
  if (strings) return { strings, dtype, cost };
  return { bytes: new Uint8Array(Buffer.from(base64 ?? '', 'base64')), dtype, cost };
}

/** Puts a listed tensor together again: strides that were left out are row-major. */
function wholeDescriptor(shared: SharedDescription, own: AgentListedTensor['tensor']): TensorDescriptor {
  const { shape, strides } = own;
  if (strides || shared.layout !== 'strided' || !shape.every((count) => count !== null)) return { ...shared, ...own };
  return { ...shared, ...own, strides: rowMajorStrides(shape) };
}

function windowValues({ bytes, strings }: DecodedWindow): Uint8Array | string[] {
  return strings ?? bytes ?? new Uint8Array(0);
}

function isReadable({ access, state, shape }: TensorDescriptor): boolean {
  return access.how !== 'none' && state === 'live' && shape.every((count) => count !== null);
}

function previewRequest(tensor: TensorDescriptor): WindowRequest {
  return { ...parseId(tensor.id), ranges: previewRanges(tensor.shape as number[]) };
}

function withReason(tensor: TensorDescriptor): string {
  const reason = tensor.access.reason;
  return isReadable(tensor) || reason === undefined ? describeType(tensor) : `${describeType(tensor)}  ${reason}`;
}

function asDType(text: string): DType {
  if (isDType(text) && itemSize(text) > 0) return text;
  throw new TensorError({
    code: 'invalid-argument',
    message: `"${text}" is not a dtype that memory can be read as.`,
    help: 'Use one of float16, bfloat16, float32, float64, int8 to int64, uint8 to uint64, bool, complex64, complex128.',
  });
}

function knownShape(tensor: TensorDescriptor): number[] {
  if (tensor.shape.every((count) => count !== null)) return tensor.shape;
  throw new TensorError({
    code: 'not-readable',
    message: tensor.access.reason ?? 'Its shape is not known before it is computed.',
    ...(tensor.access.help !== undefined && { help: tensor.access.help }),
  });
}

function rangesOf(tensor: TensorDescriptor, slice: string | undefined): { shape: number[]; ranges: AxisRange[] } {
  const shape = knownShape(tensor);
  return { shape, ranges: slice === undefined ? defaultSlice(shape) : parseSlice(slice, shape) };
}

function wholeRanges(shape: readonly number[]): AxisRange[] {
  return shape.map((count) => ({ start: 0, step: 1, count, dropped: false }));
}

/** `Local`, `Closure`, `Module`: as debuggers for JavaScript name scopes. */
function scopeName({ type }: Protocol.Debugger.Scope): string {
  const name = type as string;
  return name.charAt(0).toUpperCase() + name.slice(1);
}
