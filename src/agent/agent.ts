/**
 * The agent: what the inspector calls in the debuggee. It keeps the tensors of one stop under handles, and lets go of
 * all of them before the program runs on. Nothing that it does may throw into the program or keep it from running:
 * every entry is guarded and answers with a value or an error.
 */
import type {
  AgentAnswer,
  AgentCallName,
  AgentCalls,
  AgentListedTensor,
  AgentListing,
  AgentSparseParts,
  BackendComparisonRequest,
  Reinterpretation,
  SharedDescription,
  WindowRequest,
} from '../protocol/agent.ts';
import { reportOf, TensorError } from '../protocol/errors.ts';
import type { RuntimeDescription, TensorDescriptor } from '../protocol/tensor.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { shortText } from '../tensor/preview.ts';
import { isRowMajor } from '../tensor/shape.ts';
import { wholeSlice } from '../tensor/slice.ts';
import { compareBackends } from './evaluate/compareBackends.ts';
import { Closures } from './evaluate/closures.ts';
import { Uploads } from './assign/uploads.ts';
import { evaluateGraph, graphInputs, isGraph, isOwner } from './evaluate/evaluation.ts';
import type { EvaluationContext, HostTensor } from './evaluate/engine.ts';
import { findOwners, graphReader } from './evaluate/owners.ts';
import { resultReader } from './evaluate/result.ts';
import { stringArrayReader } from './evaluate/stringArrays.ts';
import { recorder } from './copies/found.ts';
import { findNotFinite } from './nan/findNotFinite.ts';
import { OpWatch } from './nan/watchOps.ts';
import { Finder } from './find.ts';
import { HiddenState } from './hidden.ts';
import { bindingsOwnMethod } from './read/device.ts';
import type { ImmediateQueue } from './read/pump.ts';
import { readers } from './readers/index.ts';
import { nestedArrayReader } from './readers/nestedArrays.ts';
import type { Reader } from './readers/reader.ts';
import { reinterpret, TensorReading, toBase64, toWindow, type Readable } from './readTensor.ts';
import { mixedModes } from './warnings/mixedModes.ts';
import { warnOfSharedMemory } from './warnings/sharedMemory.ts';
import { classNameOf, isInspectable, isObject, isPlatformObject, ownValue, util } from './safely.ts';
import type { Described, StopContext } from './source.ts';
import { Tracking } from './track/tracking.ts';

interface Held {
  value: object;
  reader: Reader;
}

type Handlers = { [Name in AgentCallName]: (args: AgentCalls[Name]['arguments']) => AgentCalls[Name]['result'] };

/** Says once what many of the tensors have in common: most of a list is that. */
function shareDescriptions(
  listed: readonly { scope: number; expression: string; tensor: TensorDescriptor }[],
): Pick<AgentListing, 'shared' | 'tensors'> {
  const shared: SharedDescription[] = [];
  // Neighbours are mostly alike, so the search begins where the last one ended.
  let last = 0;
  const tensors = listed.map(({ scope, expression, tensor }): AgentListedTensor => {
    const { id, label, shape, unknownRank, strides, byteLength, gradient, warnings } = tensor;
    if (shared.length === 0 || !sharesDescription(shared[last]!, tensor)) {
      last = shared.findIndex((candidate) => sharesDescription(candidate, tensor));
      if (last < 0) last = shared.push(sharedOf(tensor)) - 1;
    }
    const isPlain = strides && shape.every((count) => count !== null) && isRowMajor(shape, strides);
    return {
      scope,
      expression,
      shared: last,
      tensor: {
        id,
        ...(label !== undefined && { label }),
        shape,
        ...(unknownRank && { unknownRank }),
        ...(strides && !isPlain && { strides }),
        byteLength,
        ...(gradient !== undefined && { gradient }),
        warnings,
      },
    };
  });
  return { shared, tensors };
}

function sharedOf(tensor: TensorDescriptor): SharedDescription {
  const { id: _1, label: _2, shape: _3, unknownRank: _4, strides: _5, byteLength: _6, ...described } = tensor;
  const { gradient: _7, warnings: _8, ...shared } = described;
  return shared;
}

function sharesDescription(a: SharedDescription, b: TensorDescriptor): boolean {
  return (
    a.runtime === b.runtime &&
    a.kind === b.kind &&
    a.className === b.className &&
    a.dtype === b.dtype &&
    a.offset === b.offset &&
    a.layout === b.layout &&
    a.denseByteLength === b.denseByteLength &&
    a.location === b.location &&
    a.state === b.state &&
    a.device.type === b.device.type &&
    a.device.name === b.device.name &&
    a.access.how === b.access.how &&
    a.access.reason === b.access.reason &&
    a.access.help === b.access.help
  );
}

/** How many of the objects that are handed over of a stop are receivers. */
interface StopObjects {
  receivers: number;
}

export class Agent {
  readonly #reading = new TensorReading();
  readonly #held = new Map<string, Held>();
  readonly #uploads = new Uploads();
  /** How to free tensors that were made and not assigned. */
  readonly #undo = new Map<string, () => void>();
  readonly #ids = new Map<object, string>();
  /** What another debugger shows of a tensor. A WeakMap: V8 lets an evaluation without side effects read only that kind. */
  #texts = new WeakMap<object, string>();
  #lastId = 0;
  #executing = new Set<object>();
  #devices = new Set<GPUDevice>();
  #owners = new Set<object>();
  readonly #closures = new Closures();
  #memo = new Map<string, unknown>();
  readonly #hidden = new HiddenState();

  #stop: StopContext = {
    privateFields: (object) => this.#hidden.fields(object),
    isExecuting: (object) => this.#executing.has(object),
    devices: () => this.#knownDevices(),
    readerOf: (value) => readers.find((reader) => reader.claims(value)),
    freshEncoders: new WeakSet(),
    once: <T>(key: string, compute: () => T): T => {
      if (!this.#memo.has(key)) this.#memo.set(key, compute());
      return this.#memo.get(key) as T;
    },
  };

  readonly #tracking = new Tracking(this.#reading, () => {
    const memo = new Map<string, unknown>();
    return {
      ...this.#stop,
      // A tracked line is the user's own: it runs in no method of a runtime.
      isExecuting: () => false,
      freshEncoders: new WeakSet(),
      withoutGradients: true,
      once: <T>(key: string, compute: () => T): T => {
        if (!memo.has(key)) memo.set(key, compute());
        return memo.get(key) as T;
      },
    };
  });
  readonly #ops = new OpWatch(
    (tensor) => findNotFinite(this.#reading, tensor),
    (error) => recorder()?.failed(error),
  );

  readonly #handlers: Handlers = {
    breakOnNan: ({ isOn }) => {
      this.#ops.set(isOn);
      if (isOn) recorder()?.whenTfjs(() => this.#ops.watch());
      return null;
    },
    notFinite: () => ({ message: this.#ops.message }),
    describe: ({ id, as }) => this.#describe(id, as),
    read: ({ windows }) => {
      const wanted = windows.map(({ id, ranges, as }) => ({ readable: this.#readable(id, as), ranges }));
      return this.#reading.windows(wanted).map(toWindow);
    },
    stats: ({ id, as, bins }) => this.#reading.statistics(this.#readable(id, as), bins),
    find: ({ id, as, from, direction }) => ({
      index: this.#reading.findNotFinite(this.#readable(id, as), from, direction),
    }),
    sparseParts: ({ id }) => this.#sparseParts(id),
    write: (args) => this.#write(args),
    chunk: (args) => this.#chunk(args),
    graphInputs: ({ id }) => graphInputs(this.#target(id), this.#evaluation),
    evaluateGraph: (args) => this.#evaluateGraph(args),
    upload: ({ byteLength }) => ({ upload: this.#uploads.begin(byteLength) }),
    fill: ({ upload, position, piece }) => {
      this.#uploads.fill(upload, position, piece);
      return null;
    },
    make: (args) => this.#make(args),
    unmake: ({ id }) => {
      this.#undo.get(id)?.();
      return null;
    },
    sharesFiles: ({ file, content }) => this.#sharesFiles(file, content),
    runtimes: () => this.#runtimes(),
    note: ({ texts }) => {
      for (const [id, text] of Object.entries(texts)) this.#texts.set(this.#find(id).value, text);
      return null;
    },
    release: () => {
      this.release();
      return null;
    },
    flushTracked: () => {
      this.#tracking.flush();
      return null;
    },
  };

  /** Node's list of pending immediates, which only the debugger can reach. */
  setImmediateQueue(queue: ImmediateQueue): void {
    this.#reading.pump.immediateQueue = queue;
  }

  /**
   * The program stopped: the receivers (`this`) of its functions, then the local scopes of Node's loop over immediates,
   * if one of them is being run.
   */
  setStop(json: string, ...objects: unknown[]): void {
    const { receivers } = JSON.parse(json) as StopObjects;
    this.#executing = new Set(objects.slice(0, receivers).filter(isInspectable));
    for (const scope of objects.slice(receivers).filter(isInspectable)) {
      const immediate = ownValue(scope, 'immediate');
      if (isInspectable(immediate)) this.#reading.pump.running = immediate as NodeImmediate;
    }
  }

  /** Lists the tensors of scopes, innermost first; `receiver` is the frame's `this`, if it has one of its own. */
  list(json: string, receiver: unknown, ...scopes: object[]): string {
    return this.#guard((): AgentListing => {
      const { limit } = JSON.parse(json) as { limit: number };
      const tensors: { scope: number; expression: string; tensor: TensorDescriptor }[] = [];
      let scope = 0;
      const finder = new Finder({
        readers,
        limit,
        behind: (proxy) => this.#hidden.target(proxy),
        onTensor: ({ expression, value, reader }) =>
          tensors.push({ scope, expression, tensor: this.#described(value, reader) }),
        onDevice: (device) => this.#devices.add(device),
      });
      scopes.forEach((object, index) => {
        scope = index;
        finder.scope(object);
        if (index === 0 && isInspectable(receiver) && receiver !== globalThis) finder.variable('this', receiver);
      });
      // A buffer that came before its device in the scopes was described without it.
      const settled = tensors.map((listed) =>
        listed.tensor.kind === 'buffer' ? { ...listed, tensor: this.#describe(listed.tensor.id) } : listed,
      );
      this.#warnOfSharedMemory(settled);
      const runtimes = this.#runtimes();
      const modes = mixedModes(settled, runtimes).map((warning) => ({ ...warning, frames: [] }));
      return {
        runtimes,
        ...shareDescriptions(settled),
        warnings: [...modes, ...(recorder()?.report().warnings ?? [])],
        truncated: finder.truncated,
      };
    });
  }

  #warnOfSharedMemory(listed: readonly { expression: string; tensor: TensorDescriptor }[]): void {
    // Mostly there are either tensors or arrays, and nothing to compare.
    if (!listed.some(({ tensor }) => tensor.runtime === 'typed-array')) return;
    const onHost = listed.filter(({ tensor }) => tensor.access.how === 'view' && tensor.state === 'live');
    warnOfSharedMemory(
      onHost.map(({ expression, tensor }) => {
        const { value, reader } = this.#find(tensor.id);
        const source = reader.source(value, this.#stop);
        return { expression, tensor, bytes: source.how === 'host' ? source.bytes : undefined };
      }),
    );
  }

  /** Looks for GPU devices in more scopes: a buffer is stopped at, and none is in sight. */
  findDevices(...scopes: object[]): void {
    const finder = new Finder({
      readers,
      limit: Infinity,
      behind: () => undefined,
      onTensor: () => undefined,
      onDevice: (device) => this.#devices.add(device),
    });
    for (const scope of scopes) finder.scope(scope);
  }

  /** Looks for the models and sessions that graph tensors may belong to. */
  findOwners(...scopes: object[]): void {
    this.#owners = findOwners([...scopes, ...this.#executing], isOwner);
  }

  /** The functions whose closures an evaluation has asked for, each followed by the source of the names' pattern. */
  wantedClosures(): unknown[] {
    return this.#closures.take();
  }

  addClosure(fn: object, ...values: unknown[]): void {
    this.#closures.add(fn, values);
  }

  /** The function of the npm package `webgpu` around which it keeps the devices that it has seen; the inspector looks there. */
  bindingsWrapper(): unknown {
    const constructor = ownValue(globalThis, 'GPUDevice');
    const prototype = isInspectable(constructor) ? ownValue(constructor, 'prototype') : undefined;
    return isInspectable(prototype) ? bindingsOwnMethod(prototype, 'createBuffer') : undefined;
  }

  addDevices(...devices: unknown[]): void {
    for (const device of devices) if (isPlatformObject(device, 'GPUDevice')) this.#devices.add(device as GPUDevice);
  }

  /** The line that a tensor of this stop is shown as. Without side effects in V8's eyes: it reads no property of the value. */
  textOf(value: object): string | undefined {
    return this.#texts.get(value);
  }

  /** Which of the values are tensors: a descriptor each, null for any other value. */
  take(...values: unknown[]): string {
    return this.#guard(() => values.map((value) => this.#take(value)));
  }

  /** A handle for what can be evaluated: a graph tensor, or a model or session as a whole; null for any other value. */
  takeGraph(value: unknown): string {
    return this.#guard(() => {
      if (!isInspectable(value) || !isGraph(value, this.#evaluation)) return null;
      return (this.#take(value) ?? this.#described(value, graphReader)).id;
    });
  }

  /** A handle for what can feed a graph: any tensor, and arrays of strings; null for any other value. */
  takeFeed(value: unknown): string {
    return this.#guard(() => {
      const tensor = this.#take(value);
      if (tensor || !isInspectable(value) || !stringArrayReader.claims(value)) return tensor?.id ?? null;
      return this.#described(value, stringArrayReader).id;
    });
  }

  /** @param run evaluates the request's expression in the stopped frame */
  compareBackends(json: string, run: () => unknown): string {
    return this.#guard(() => {
      const request = JSON.parse(json) as BackendComparisonRequest;
      const made = request.made === undefined ? undefined : this.#find(request.made).value;
      return compareBackends(request, run, this.#evaluation, made);
    });
  }

  call(name: AgentCallName, json: string): string {
    return this.#guard(() => this.#handlers[name](JSON.parse(json) as never), toJson);
  }

  /** What the last call would have had to know of the hidden state of objects; see `HiddenState`. */
  wanted(): object[] {
    return this.#hidden.take();
  }

  /** @param json names of the hidden properties that were found, for each of the objects; their values follow */
  reveal(json: string, objects: object[], ...values: unknown[]): void {
    this.#hidden.reveal(objects, JSON.parse(json) as string[][], values);
  }

  /** The promises of the error scopes that refused the last read, one for each device that was asked. */
  failedScopes(): readonly Promise<GPUError | null>[] {
    return this.#reading.failedScopes;
  }

  /** A pass over a tracked line, from its breakpoint's condition (`protocol/trackCondition.ts`). */
  track(id: string, expression: string, stopAt: number, roots: () => Record<string, unknown>): boolean {
    return this.#tracking.track(id, expression, stopAt, roots);
  }

  /** `send` carries points to the debugger. */
  connectTracking(send: (json: string) => void): void {
    this.#tracking.connect(send);
  }

  /** The program is about to end, or has thrown. From a breakpoint's condition: answers false, so that it goes on. */
  leaving(): false {
    this.#guard(() => this.#tracking.flush());
    return false;
  }

  /** As JSON: what there is to say about a lost device among those that were asked; null if none was. */
  lostDevice(): string {
    return JSON.stringify(this.#reading.lostDevice?.toReport() ?? null);
  }

  /** How long reads wait for the device; milliseconds. */
  limitWait(deadlineMs: number): void {
    this.#reading.limit.deadlineMs = deadlineMs;
  }

  /** The object behind a handle, for the debugger to assign it. */
  held(id: string): object {
    return this.#find(id).value;
  }

  /** Lets go of everything of this stop. */
  release(): void {
    this.#uploads.release();
    this.#undo.clear();
    this.#held.clear();
    this.#ids.clear();
    this.#texts = new WeakMap();
    this.#executing.clear();
    this.#devices.clear();
    this.#owners.clear();
    this.#closures.clear();
    this.#memo.clear();
    this.#hidden.clear();
    this.#stop = { ...this.#stop, freshEncoders: new WeakSet() };
    this.#reading.pump.running = null;
    this.#reading.trim();
  }

  #guard<Value>(compute: () => Value, stringify: (value: unknown) => string = JSON.stringify): string {
    let answer: AgentAnswer<Value>;
    try {
      this.#memo.clear();
      answer = { ok: true, value: compute() };
    } catch (error) {
      answer = { ok: false, error: reportOf(error) };
    }
    // What was computed without it does not count: the inspector reveals it and asks again.
    return stringify(this.#hidden.isWanting ? { ok: false, hidden: true } : answer);
  }

  #take(given: unknown): TensorDescriptor | null {
    const value = isObject(given) && util.types.isProxy(given) ? this.#hidden.target(given) : given;
    if (!isInspectable(value)) return null;
    if (isPlatformObject(value, 'GPUDevice')) this.#devices.add(value as GPUDevice);
    const reader = readers.find((candidate) => candidate.claims(value));
    return reader ? this.#described(value, reader) : null;
  }

  #described(value: object, reader: Reader): TensorDescriptor {
    const id = this.#ids.get(value) ?? String(++this.#lastId);
    const described = this.#attempt(value, reader);
    this.#ids.set(value, id);
    recorder()?.cameAcross(described.runtime, value);
    this.#held.set(id, { value, reader });
    this.#texts.set(value, shortText(described));
    return { id, ...described };
  }

  /** One tensor that can't even be described must not hide the others: it says itself what is wrong with it. */
  #attempt(value: object, reader: Reader): Described {
    try {
      return reader.describe(value, this.#stop);
    } catch (error) {
      const { message, help } = reportOf(error);
      return {
        runtime: 'unknown',
        kind: 'array',
        className: classNameOf(value) || 'Object',
        dtype: 'unknown',
        shape: [],
        byteLength: 0,
        device: { type: 'unknown' },
        location: 'host',
        state: 'uninitialised',
        access: { how: 'none', reason: message, ...(help !== undefined && { help }) },
        warnings: [],
      };
    }
  }

  #sparseParts(id: string): AgentSparseParts | null {
    const { value, reader } = this.#find(id);
    const parts = reader.sparseParts?.(value, this.#stop);
    if (!parts) return null;
    const [indices, values] = [this.#take(parts.indices), this.#take(parts.values)];
    return indices && values && { indices, values, denseShape: this.#take(parts.denseShape) };
  }

  #find(id: string): Held {
    const held = this.#held.get(id);
    if (held) return held;
    throw new TensorError({
      code: 'no-such-tensor',
      message: `There is no tensor ${id} at this stop.`,
      help: 'Handles are valid until the program runs on; ask for the tensor by its expression again.',
    });
  }

  #describe(id: string, as?: Reinterpretation): TensorDescriptor {
    const { value, reader } = this.#find(id);
    const described = { id, ...this.#attempt(value, reader) };
    if (!as) return described;
    const { dtype, shape, byteLength, source } = this.#readable(id, as);
    const strides = source.how === 'host' || source.how === 'webgpu' ? source.layout.strides : [];
    return { ...described, dtype, shape, byteLength, strides, offset: 0 };
  }

  #readable(id: string, as?: Reinterpretation): Readable {
    return this.#readableOf(this.#find(id), as);
  }

  #readableOf({ value, reader }: Held, as?: Reinterpretation): Readable {
    const source = reader.source(value, this.#stop);
    if (source.how === 'none') {
      throw new TensorError({ code: source.code, message: source.reason, help: source.help });
    }
    const { dtype, shape, byteLength } = reader.describe(value, this.#stop);
    if (as) return reinterpret({ dtype, shape: shape as number[], byteLength, source }, as);
    // Memory that nobody has typed reads as its bytes.
    return { dtype: dtype === 'unknown' ? 'uint8' : dtype, shape: shape as number[], byteLength, source };
  }

  #target(id: string) {
    const { value, reader } = this.#find(id);
    return { value, described: reader.describe(value, this.#stop) };
  }

  get #evaluation(): EvaluationContext {
    return {
      stop: this.#stop,
      owners: () => [...this.#owners],
      closureVariables: (fn, name) => this.#closures.variables(fn, name),
      guarded: (device, run) => this.#reading.guarded(device, run),
      read: (value) => {
        const reader = readers.find((candidate) => candidate.claims(value));
        if (!reader) throw new Error('The runtime gave a value that no reader knows.');
        return this.#wholeOf({ value, reader });
      },
    };
  }

  /** All values of a tensor, on the host. */
  #wholeOf(held: Held, as?: Reinterpretation): HostTensor {
    const readable = this.#readableOf(held, as);
    const { dtype, shape } = readable;
    const [window] = this.#reading.windows([{ readable, ranges: wholeSlice(shape) }]);
    return {
      dtype,
      shape,
      bytes: window!.bytes ?? new Uint8Array(0),
      ...(window!.strings && { strings: window!.strings }),
    };
  }

  #evaluateGraph({ id, feeds }: AgentCalls['evaluateGraph']['arguments']): AgentCalls['evaluateGraph']['result'] {
    const start = performance.now();
    const result = evaluateGraph(this.#target(id), feeds, {
      context: this.#evaluation,
      feedOf: ({ id: fed, as }) => {
        const held = this.#find(fed);
        return { value: this.#wholeOf(held, as), plain: held.reader === nestedArrayReader };
      },
    });
    return { tensor: this.#described(result, resultReader), ms: performance.now() - start };
  }

  #make({ id, upload, dtype, shape }: AgentCalls['make']['arguments']): AgentCalls['make']['result'] {
    const { value, reader } = this.#find(id);
    const bytes = this.#uploads.take(upload);
    if (!reader.make) {
      const { className, runtime } = reader.describe(value, this.#stop);
      throw new TensorError({
        code: 'not-available',
        message: `No ${className} of ${runtime} can be made from outside.`,
        help: 'Make it in the debug console.',
      });
    }
    const { tensor, undo, warnings } = reader.make(value, { dtype, shape, bytes }, this.#stop);
    this.#memo.clear();
    const made = tensor ?? value;
    const described = this.#described(made, readers.find((candidate) => candidate.claims(made)) ?? reader);
    if (undo) this.#undo.set(described.id, undo);
    return { tensor: described, isNew: tensor !== null, warnings };
  }

  #runtimes(): RuntimeDescription[] {
    return readers.flatMap((reader) => reader.runtimes?.(this.#stop) ?? []);
  }

  *#knownDevices(): Generator<GPUDevice> {
    const seen = new Set<GPUDevice>();
    for (const device of [...this.#devices, ...readers.flatMap((reader) => reader.devices?.() ?? [])]) {
      if (seen.has(device)) continue;
      seen.add(device);
      yield device;
    }
  }

  /** The window of a request, and its elements from `from` on that take at most `maxBytes`. */
  #part({ id, ranges, as }: WindowRequest, from: number, maxBytes: number) {
    const readable = this.#readable(id, as);
    const elements = ranges.reduce((product, range) => product * range.count, 1);
    const to = Math.min(elements, from + Math.max(1, Math.floor(maxBytes / itemSize(readable.dtype))));
    return { window: { readable, ranges }, to, done: to === elements };
  }

  #chunk({ request, from, maxBytes }: AgentCalls['chunk']['arguments']): AgentCalls['chunk']['result'] {
    const { window, to, done } = this.#part(request, from, maxBytes);
    const bytes = new Uint8Array((to - from) * itemSize(window.readable.dtype));
    let at = 0;
    const cost = this.#reading.stream(window, { from, to }, (piece) => {
      bytes.set(piece, at);
      at += piece.byteLength;
    });
    return { base64: toBase64(bytes), nextElement: to, done, cost };
  }

  #sharesFiles(file: string, content: string): boolean {
    try {
      return process?.getBuiltinModule?.('fs').readFileSync(file, 'utf8') === content;
    } catch (error) {
      // Another machine, or a program that may not read there: then the protocol carries the bytes.
      if (typeof (error as { code?: unknown }).code === 'string') return false;
      throw error;
    }
  }

  #write({ request, file, position, from, maxBytes }: AgentCalls['write']['arguments']): AgentCalls['write']['result'] {
    const { window, to, done } = this.#part(request, from, maxBytes);
    const fs = process?.getBuiltinModule?.('fs');
    if (!fs) throw new TensorError({ code: 'file-system', message: 'The program has no file system to write to.' });
    const descriptor = fs.openSync(file, 'r+');
    let at = position;
    let cost;
    try {
      cost = this.#reading.stream(window, { from, to }, (bytes) => {
        for (let done = 0; done < bytes.byteLength;) {
          const written = fs.writeSync(descriptor, bytes, done, bytes.byteLength - done, at);
          done += written;
          at += written;
        }
      });
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (error instanceof TensorError || typeof code !== 'string') throw error;
      throw new TensorError(
        { code: 'file-system', message: `Writing ${file} failed: ${code}.`, help: 'Is the disk full?' },
        { cause: error },
      );
    } finally {
      fs.closeSync(descriptor);
    }
    return { nextElement: to, done, bytesWritten: at - position, cost };
  }
}

/**
 * For answers with numbers that are computed. JSON knows no infinity, but every parser reads 1e999 as one: sums of large
 * doubles overflow, and null would hide it. Descriptions have none, and looking at each value would slow a long list down.
 */
function toJson(value: unknown): string {
  let hasInfinity = false;
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (item !== Infinity && item !== -Infinity) return item;
    hasInfinity = true;
    return item > 0 ? '@@1e999' : '@@-1e999';
  });
  return hasInfinity ? text.replace(/"@@(-?1e999)"/g, '$1') : text;
}
