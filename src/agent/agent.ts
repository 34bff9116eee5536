/**
 * The agent: what the inspector calls in the debuggee. It keeps the tensors of one stop under handles, and lets go of
 * all of them before the program runs on. Nothing that it does may throw into the program or keep it from running:
 * every entry is guarded and answers with a value or an error.
 */
import type {
  AgentAnswer,
  AgentCallName,
  AgentCalls,
  AgentSparseParts,
  BackendComparisonRequest,
  ListOptions,
  RefusalCause,
} from '../protocol/agent.ts';
import { reportOf } from '../protocol/errors.ts';
import { Maker } from './assign/maker.ts';
import { lookAtBuiltins, withBuiltins, worksWithBuiltins } from './builtins.ts';
import { Chunks } from './chunks.ts';
import { recorder } from './copies/found.ts';
import { compareBackends } from './evaluate/compareBackends.ts';
import { GraphCalls } from './evaluate/graphCalls.ts';
import { Finder } from './find.ts';
import { stoppedIn, within } from './globals.ts';
import { listTensors } from './listTensors.ts';
import { OpWatch } from './nan/watchOps.ts';
import { bindingsOwnMethod } from './read/device.ts';
import type { ImmediateQueue } from './read/pump.ts';
import { readers } from './readers/index.ts';
import { TensorReading, toWindow } from './readTensor.ts';
import { isInspectable, isPlatformObject, ownValue } from './safely.ts';
import { StopTensors } from './stopTensors.ts';
import { toJson } from './toJson.ts';
import { Tracking } from './track/tracking.ts';

type Handlers = { [Name in AgentCallName]: (args: AgentCalls[Name]['arguments']) => AgentCalls[Name]['result'] };

interface StopFacts {
  /** How many of the objects that are handed over of a stop are receivers. */
  receivers: number;
  /** How long ago the program stopped. */
  heldMs: number;
}

/**
 * A program that stands still runs us uncompiled, at some 100 ns for an element; the debugger's own process takes less than it
 * costs to bring it more.
 */
const mostOnHost = 2 ** 14;

const failed = (error: unknown) => recorder()?.failed(error);

export class Agent {
  readonly #reading = new TensorReading();
  readonly #held = new StopTensors();
  /** What the inspector looks up for us. */
  readonly hidden = this.#held.hidden;
  readonly #chunks = new Chunks(this.#held, this.#reading);
  readonly #maker = new Maker(this.#held);
  readonly #graphs = new GraphCalls(this.#held, this.#reading);
  readonly #tracking = new Tracking(this.#reading, () => this.#held.passing(), failed);
  readonly #laidDown = new Map<number, unknown[]>();
  readonly #ops = new OpWatch(this.#reading, failed);

  readonly #handlers: Handlers = {
    breakOnNotFinite: (asked) => {
      this.#ops.set(asked);
      if (asked.mode !== 'off') recorder()?.whenTfjs(() => this.#ops.watch());
      return null;
    },
    notFinite: () => this.#ops.report,
    stoppedForValue: () => ({ name: this.#graphs.later.stoppedFor }),
    describe: ({ id, as }) => this.#held.describe(id, as),
    read: ({ windows }) => {
      const wanted = windows.map(({ id, ranges, as }) => ({ readable: this.#held.readable(id, as), ranges }));
      return this.#reading.windows(wanted).map(toWindow);
    },
    stats: ({ id, as, bins }) => this.#reading.statistics(this.#held.readable(id, as), bins, mostOnHost),
    find: ({ id, as, from, direction }) =>
      this.#reading.findNotFinite(this.#held.readable(id, as), from, direction, mostOnHost),
    sparseParts: ({ id }) => this.#sparseParts(id),
    write: (args) => this.#chunks.write(args),
    chunk: (args) => this.#chunks.inline(args),
    sharesFiles: (args) => this.#chunks.sharesFiles(args),
    graphInputs: (args) => this.#graphs.inputs(args),
    evaluateGraph: (args) => this.#graphs.evaluate(args),
    upload: (args) => this.#maker.upload(args),
    fill: (args) => this.#maker.fill(args),
    make: (args) => this.#maker.make(args),
    unmake: (args) => this.#maker.unmake(args),
    note: ({ texts }) => {
      for (const [id, text] of Object.entries(texts)) this.#held.note(id, text);
      return null;
    },
    release: ({ heldMs, keepsLater }) => {
      recorder()?.clock.held(heldMs);
      this.release(keepsLater);
      return null;
    },
    flushTracked: () => {
      this.#tracking.flush();
      return null;
    },
  };

  /** Any method, for whom a spread would go through an iterator that the program may have replaced. */
  enter(method: Exclude<keyof Agent, 'hidden'>, args: readonly unknown[]): unknown {
    // It ran until now.
    if (method === 'setStop') lookAtBuiltins();
    return withBuiltins(() => Reflect.apply(this[method], this, args) as unknown);
  }

  /** From the inside of another `vm` context: its global object, and objects for `pickUp` to take under the same number. */
  layDown(key: number, global: object, objects: unknown[]): void {
    stoppedIn(global);
    recorder()?.cameAcrossContext(global);
    this.#laidDown.set(key, objects);
  }

  /** What was laid down, as an array of the agent's own context. */
  pickUp(key: number): unknown[] {
    const objects = this.#laidDown.get(key) ?? [];
    this.#laidDown.delete(key);
    return Array.from(objects);
  }

  /** Node's list of pending immediates, which only the debugger can reach. */
  setImmediateQueue(queue: ImmediateQueue): void {
    this.#reading.devices.pump.immediateQueue = queue;
  }

  /**
   * The program stopped: the receivers (`this`) of its functions, then the local scopes of Node's loop over immediates,
   * if one of them is being run.
   */
  setStop(json: string, ...objects: unknown[]): void {
    const { receivers, heldMs } = JSON.parse(json) as StopFacts;
    recorder()?.clock.stopped(heldMs);
    this.#held.executing = new Set(objects.slice(0, receivers).filter(isInspectable));
    for (const scope of objects.slice(receivers).filter(isInspectable)) {
      const immediate = ownValue(scope, 'immediate');
      if (isInspectable(immediate)) this.#reading.devices.pump.running = immediate as NodeImmediate;
    }
  }

  /** See `listTensors`. */
  list(json: string, receiver: unknown, ...scopes: object[]): string {
    return this.#guard(() => {
      return listTensors(this.#held, JSON.parse(json) as ListOptions, receiver, scopes);
    });
  }

  /** Looks for GPU devices in more scopes: a buffer is stopped at, and none is in sight. */
  findDevices(...scopes: (object | null)[]): void {
    const finder = new Finder({
      readers,
      limit: Infinity,
      behind: () => undefined,
      onTensor: () => undefined,
      onDevice: (device) => this.#held.seenDevices.add(device),
    });
    for (const scope of scopes.filter(isInspectable)) finder.scope(scope);
  }

  /** Looks for the models and sessions that graph tensors may belong to. */
  findOwners(...scopes: (object | null)[]): void {
    this.#graphs.findOwners(scopes.filter(isInspectable));
  }

  /** The functions whose closures an evaluation has asked for, each followed by the source of the names' pattern. */
  wantedClosures(): unknown[] {
    return this.#graphs.closures.take();
  }

  addClosure(fn: object, ...values: unknown[]): void {
    this.#graphs.closures.add(fn, values);
  }

  /** The function of the npm package `webgpu` around which it keeps the devices that it has seen; the inspector looks there. */
  bindingsWrapper(): unknown {
    const constructor = ownValue(globalThis, 'GPUDevice');
    const prototype = isInspectable(constructor) ? ownValue(constructor, 'prototype') : undefined;
    return isInspectable(prototype) ? bindingsOwnMethod(prototype, 'createBuffer') : undefined;
  }

  addDevices(...devices: unknown[]): void {
    for (const device of devices) {
      if (isPlatformObject(device, 'GPUDevice')) this.#held.seenDevices.add(device as GPUDevice);
    }
  }

  /** The line that a tensor of this stop is shown as. Without side effects in V8's eyes: it reads no property of the value. */
  textOf(value: object): string | undefined {
    return this.#held.textOf(value);
  }

  /** Which of the values are tensors: a descriptor each, null for any other value. */
  take(...values: unknown[]): string {
    return this.#guard(() => values.map((value) => this.#held.take(value)));
  }

  /** A handle for what can be evaluated; see `GraphCalls`. */
  takeGraph(value: unknown): string {
    return this.#guard(() => this.#graphs.take(value));
  }

  /** A handle for what can feed a graph; see `GraphCalls`. */
  takeFeed(value: unknown): string {
    return this.#guard(() => this.#graphs.takeFeed(value));
  }

  /** @param run evaluates the request's expression in the stopped frame */
  compareBackends(json: string, run: () => unknown): string {
    return this.#guard(() => {
      const request = JSON.parse(json) as BackendComparisonRequest;
      const made = request.made === undefined ? undefined : this.#held.find(request.made).value;
      return compareBackends(request, run, this.#graphs.context, made);
    });
  }

  call(name: AgentCallName, json: string): string {
    return this.#guard(() => this.#handlers[name](JSON.parse(json) as never), toJson);
  }

  /** The promises of the error scopes that refused the last read, one for each device that was asked. */
  failedScopes(): readonly Promise<GPUError | null>[] {
    return this.#reading.devices.failedScopes;
  }

  /** A pass over a tracked line, from its breakpoint's condition (`protocol/trackCondition.ts`). */
  track(id: string, expression: string, stopAt: number, roots: () => Record<string, unknown>, global: object): boolean {
    return within(global, () => this.#tracking.track(id, expression, stopAt, roots));
  }

  /** `send` carries points to the debugger. */
  connectTracking(send: (json: string) => void): void {
    this.#tracking.connect(send);
  }

  /** `send` tells the debugger of values that came after the program had gone on. */
  connectLater(send: (json: string) => void): void {
    this.#graphs.later.connect(send);
  }

  /** The program is about to end, or has thrown. From a breakpoint's condition: answers whether it is to stop for a NaN first. */
  leaving(): boolean {
    let stops = false;
    this.#guard(() => this.#tracking.flush());
    this.#guard(() => (stops = this.#ops.leaving()));
    return stops;
  }

  /** As JSON: the recorder's report. */
  copies(): string {
    return JSON.stringify(recorder()?.report() ?? null);
  }

  /** As JSON; see `Devices`. */
  refusedBecause(cause: RefusalCause): string {
    return JSON.stringify(this.#reading.devices.refusedBecause(cause));
  }

  /** How long reads wait for the device; milliseconds. */
  limitWait(deadlineMs: number): void {
    this.#reading.devices.limit.deadlineMs = deadlineMs;
  }

  /** The object behind a handle, for the debugger to assign it. */
  held(id: string): object {
    return this.#held.find(id).value;
  }

  /** Lets go of everything of this stop. */
  release(keepsLater: boolean): void {
    this.#maker.release();
    this.#graphs.release(keepsLater);
    this.#held.release();
    this.#laidDown.clear();
    stoppedIn(undefined);
    this.#reading.devices.pump.running = null;
    this.#reading.devices.trim();
  }

  #guard<Value>(compute: () => Value, stringify: (value: unknown) => string = JSON.stringify): string {
    let answer: AgentAnswer<Value>;
    try {
      this.#held.forgetComputed();
      answer = { ok: true, value: compute() };
    } catch (error) {
      answer = { ok: false, error: reportOf(error) };
    }
    // What was computed without it does not count: the inspector reveals it and asks again.
    return stringify(this.hidden.isWanting ? { ok: false, hidden: true } : answer);
  }

  #sparseParts(id: string): AgentSparseParts | null {
    const { value, reader } = this.#held.find(id);
    const parts = reader.sparseParts?.(value, this.#held.stop);
    if (!parts) return null;
    const [indices, values] = [this.#held.take(parts.indices), this.#held.take(parts.values)];
    return indices && values && { indices, values, denseShape: this.#held.take(parts.denseShape) };
  }
}

// The others call nothing, and may be asked where V8 allows no side effects.
worksWithBuiltins(Agent.prototype, 'enter', 'textOf', 'held');
