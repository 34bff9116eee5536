/**
 * Tracked expressions in the running program. `track` is called by the condition of a breakpoint: V8 evaluates it in the
 * frame, sees false and goes on. Host tensors are reduced at once; device tensors by commands that nobody waits for
 * (`devicePasses.ts`). Points are sent over a CDP binding a few times a second.
 *
 * The one thing in the program that this adds is a timer of Node's own: a program that has come to its end lives on for at
 * most `sendMs` and a readback, so that its last points get out. Tensors are never kept.
 */
import { adviceOf, reportOf, TensorError, type ErrorReport } from '../../protocol/errors.ts';
import type { TrackCost, TrackedBatch, TrackedPoint, TrackedTensor, TrackFailure } from '../../protocol/track.ts';
import { parseTrackPath, type TrackPath } from '../../protocol/trackCondition.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { now } from '../clock.ts';
import type { TensorReading } from '../readTensor.ts';
import { readers } from '../readers/index.ts';
import { isInspectable, ownValue, util } from '../safely.ts';
import type { Source, StopContext } from '../source.ts';
import { DevicePasses, slotBytes } from './devicePasses.ts';
import type { SlotNumbers } from './passShader.ts';
import { walk } from './trackPath.ts';

const sendMs = 100;
/** Passes of one expression that may wait to be sent; a program that outruns the connection loses what is more. */
const maxQueued = 2 ** 17;

/** A pass, in the order in which it came; sent when it is settled and all before it are. */
interface Pass {
  pass: number;
  ms: number;
  tensor: TrackedTensor | null;
  outcome: Outcome | ErrorReport | null;
}
type Outcome = Omit<TrackedPoint, 'pass' | 'ms'>;

interface Series {
  id: string;
  expression: string;
  path: TrackPath;
  passes: number;
  startMs: number;
  lastMs: number;
  /** What the first pass took, and all others. */
  firstMs: number;
  spentMs: number;
  copiedBytes: number;
  tensor: TrackedTensor | null;
  queue: Pass[];
}

/** Node's own, captured before a program (or its fake timers) can replace them. */
const timers = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('timers');
const nodeTimeout = timers?.setTimeout;
const nodeImmediate = timers?.setImmediate;

export class Tracking {
  readonly #reading: TensorReading;
  readonly #stop: () => StopContext;
  readonly #series = new Map<string, Series>();
  readonly #devices = new Map<GPUDevice, DevicePasses>();
  #send: ((json: string) => void) | null = null;
  readonly #failed: (error: unknown) => void;
  #isScheduled = false;
  #sentMs = 0;

  /**
   * @param stop what a reader may ask, as at a stop
   * @param failed is told of what is broken in here
   */
  constructor(reading: TensorReading, stop: () => StopContext, failed: (error: unknown) => void) {
    this.#reading = reading;
    this.#stop = stop;
    this.#failed = failed;
  }

  connect(send: (json: string) => void): void {
    this.#send = send;
    for (const series of this.#series.values()) this.#sendSeries(series);
  }

  /**
   * A pass over a tracked line. Never throws.
   * @param roots the variables that the expression starts from, by name
   * @returns whether the program is to stop here after all
   */
  track(id: string, expression: string, stopAt: number, roots: () => Record<string, unknown>): boolean {
    const startMs = now();
    let pass = 0;
    try {
      const series = this.#seriesOf(id, expression, startMs);
      pass = ++series.passes;
      series.lastMs = startMs;
      this.#record(series, startMs, roots);
      const ms = now() - startMs;
      if (pass === 1) series.firstMs = ms;
      else series.spentMs += ms;
      this.#schedule(startMs);
    } catch (error) {
      // Only what is broken in here comes this far: what is wrong with a tensor is a failure of the pass.
      this.#failed(error);
    }
    return pass > 0 && pass === stopAt;
  }

  /** Sends everything, waiting for the device if it must: the program stands still, or is about to end. */
  flush(): void {
    const waiting = [...this.#devices.values()].filter((passes) => !passes.isIdle);
    if (waiting.length > 0) {
      const { pump, limit } = this.#reading.devices;
      pump.during((wait) => {
        for (const passes of waiting) passes.finish((isDone) => wait(isDone, limit.deadlineMs));
      });
    }
    this.#sendAll();
  }

  #seriesOf(id: string, expression: string, startMs: number): Series {
    const known = this.#series.get(id);
    if (known) return known;
    const series: Series = {
      id,
      expression,
      path: parseTrackPath(expression),
      passes: 0,
      startMs,
      lastMs: startMs,
      firstMs: 0,
      spentMs: 0,
      copiedBytes: 0,
      tensor: null,
      queue: [],
    };
    this.#series.set(id, series);
    return series;
  }

  #record(series: Series, nowMs: number, roots: () => Record<string, unknown>): void {
    if (series.queue.length >= maxQueued) return;
    const pass: Pass = { pass: series.passes, ms: nowMs - series.startMs, tensor: null, outcome: null };
    try {
      this.#reduce(series, pass, valueOf(series, roots));
    } catch (error) {
      pass.outcome = reportOf(error);
    }
    series.queue.push(pass);
  }

  #reduce(series: Series, pass: Pass, value: unknown): void {
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
      pass.tensor = this.#tensorOf(series, 'javascript', 'float64', [], 'cpu', 'host');
      pass.outcome = scalarOutcome(Number(value));
      return;
    }
    const reader = isInspectable(value) ? readers.find((candidate) => candidate.claims(value)) : undefined;
    if (!reader || !isInspectable(value)) throw notTrackable(series.expression, value);
    const stop = this.#stop();
    const source = reader.source(value, stop);
    if (source.how === 'none') {
      throw new TensorError({ code: source.code, message: source.reason, ...adviceOf(source) });
    }
    const { runtime, dtype, shape: counts, byteLength, device } = reader.describe(value, stop);
    const shape = counts as number[];
    if (source.how === 'webgpu' && sizeOf(shape) > 0) {
      const passes = this.#passesOn(source.devices);
      pass.tensor = this.#tensorOf(series, runtime, dtype, shape, device.type, 'device');
      passes.record(source, dtype, (outcome) => {
        pass.outcome = outcome instanceof TensorError ? outcome.toReport() : toOutcome(outcome, sizeOf(shape));
      });
      series.copiedBytes += slotBytes;
      return;
    }
    assertOnHost(source);
    pass.tensor = this.#tensorOf(series, runtime, dtype, shape, device.type, 'host');
    const { min, max, mean, nan, posInf, negInf } = this.#reading.statistics({ dtype, shape, byteLength, source }, 0);
    const asNumber = (digits: string | null) => (digits === null ? null : Number(digits));
    pass.outcome = toOutcome({ min: asNumber(min), max: asNumber(max), mean, nan, posInf, negInf }, sizeOf(shape));
  }

  /** The same object as long as nothing changes: that is how batches are told apart. */
  #tensorOf(
    series: Series,
    runtime: string,
    dtype: TrackedTensor['dtype'],
    shape: number[],
    device: TrackedTensor['device'],
    where: TrackedTensor['where'],
  ): TrackedTensor {
    const last = series.tensor;
    const isSame =
      last?.runtime === runtime &&
      last.dtype === dtype &&
      last.where === where &&
      last.device === device &&
      last.shape.length === shape.length &&
      last.shape.every((count, axis) => count === shape[axis]);
    if (!isSame) series.tensor = { runtime, dtype, shape: [...shape], device, where };
    return series.tensor!;
  }

  #passesOn(devices: readonly GPUDevice[]): DevicePasses {
    const [device, other] = devices;
    if (!device || other) {
      throw new TensorError({
        code: 'no-device',
        message: 'A GPUBuffer does not say which device it belongs to, so it is not known where to reduce it.',
        help: 'Track a tensor of a runtime, which knows its device.',
      });
    }
    // Error scopes and copies finish in callbacks that Dawn hands to setImmediate: a replaced one would see ours.
    if (ownValue(globalThis, 'setImmediate') !== nodeImmediate) {
      throw new TensorError({
        code: 'not-readable',
        message: 'The program has replaced setImmediate, which would see the callbacks of our reads.',
        help: 'Leave globalThis.setImmediate as it is (fake timers can spare it) to track tensors on the GPU.',
      });
    }
    let passes = this.#devices.get(device);
    if (!passes) {
      passes = new DevicePasses(this.#reading.devices.reader(device), () => this.#sendAll());
      this.#devices.set(device, passes);
    }
    return passes;
  }

  /** A loop that never yields still sends what is on the host. */
  #schedule(nowMs: number): void {
    if (nowMs - this.#sentMs > sendMs) this.#sendAll();
    if (this.#isScheduled || !nodeTimeout) return;
    this.#isScheduled = true;
    nodeTimeout(() => this.#turn(), sendMs);
  }

  /** The event loop turns. */
  #turn(): void {
    this.#isScheduled = false;
    for (const passes of this.#devices.values()) passes.startCopy();
    this.#sendAll();
  }

  #sendAll(): void {
    this.#sentMs = now();
    for (const series of this.#series.values()) this.#sendSeries(series);
  }

  #sendSeries(series: Series): void {
    if (!this.#send) return;
    for (;;) {
      const batch = nextBatch(series);
      if (!batch) return;
      this.#send(JSON.stringify(batch));
    }
  }
}

const earlyHelp = 'A line is tracked before it runs; where it makes the value itself, track the next line.';

function valueOf({ path, expression }: Series, roots: () => Record<string, unknown>): unknown {
  let values: Record<string, unknown>;
  try {
    values = roots();
  } catch (error) {
    // What V8 throws at a name: it is not in sight, or has no value yet.
    const message = error instanceof Error ? error.message : String(error);
    const isEarly = message.includes('before initialization');
    throw new TensorError(
      {
        code: 'not-available',
        message: isEarly
          ? `"${expression}" has no value at this line yet: it is tracked before the line runs.`
          : `"${expression}" is not available at this line: ${message}. If the module declares it, V8 left it out because this function does not use it.`,
        help: isEarly ? earlyHelp : 'Track it in a function that uses it.',
      },
      { cause: error },
    );
  }
  return walk(path, values);
}

function notTrackable(expression: string, value: unknown): TensorError {
  const what =
    value === null
      ? 'null'
      : typeof value === 'object'
        ? util.types.isProxy(value)
          ? 'a proxy'
          : 'no tensor'
        : value === undefined
          ? 'undefined'
          : `a ${typeof value}`;
  return new TensorError({
    code: 'not-a-tensor',
    message: `"${expression}" is ${what} at this pass.`,
    help:
      value === undefined ? earlyHelp : 'Numbers, tensors, typed arrays and nested arrays of numbers can be tracked.',
  });
}

function assertOnHost(source: Source): asserts source is Exclude<Source, { how: 'none' }> {
  const isHost = (part: Source) => part.how === 'host' || (part.how === 'webgpu' && sizeOf(part.layout.shape) === 0);
  if (isHost(source) || (source.how === 'complex' && isHost(source.real) && isHost(source.imag))) return;
  throw new TensorError({
    code: 'not-readable',
    message: source.how === 'complex' ? 'Complex tensors on a device are not tracked.' : 'Strings are not tracked.',
    help: 'Track a real tensor that the program makes of it, such as its magnitude.',
  });
}

function scalarOutcome(value: number): Outcome {
  if (Number.isFinite(value)) return { min: value, max: value, mean: value, nan: 0, posInf: 0, negInf: 0, value };
  const none = { min: null, max: null, mean: null, nan: 0, posInf: 0, negInf: 0 };
  if (Number.isNaN(value)) return { ...none, nan: 1, value: 'NaN' };
  return value > 0 ? { ...none, posInf: 1, value: 'Infinity' } : { ...none, negInf: 1, value: '-Infinity' };
}

function toOutcome(numbers: SlotNumbers, elements: number): Outcome {
  if (elements !== 1) return numbers;
  const { min, nan, posInf } = numbers;
  return scalarOutcome(min ?? (nan > 0 ? NaN : posInf > 0 ? Infinity : -Infinity));
}

/** Takes what is settled, in order, up to where the tensor changes its type; undefined if there is nothing new. */
function nextBatch(series: Series): TrackedBatch | undefined {
  const { queue, id, expression, passes } = series;
  const points: TrackedPoint[] = [];
  const failures: TrackFailure[] = [];
  let tensor: TrackedTensor | null = null;
  let taken = 0;
  for (const { pass, ms, tensor: own, outcome } of queue) {
    if (outcome === null) break;
    if ('code' in outcome) addFailure(failures, pass, outcome);
    else if (tensor && tensor !== own) break;
    else {
      tensor = own;
      points.push({ pass, ms, ...outcome });
    }
    taken++;
  }
  if (taken === 0) return undefined;
  queue.splice(0, taken);
  return { id, expression, tensor: tensor ?? series.tensor, points, failures, passes, cost: costOf(series) };
}

function addFailure(failures: TrackFailure[], pass: number, report: ErrorReport): void {
  const last = failures.at(-1);
  if (last && last.report.message === report.message && last.pass + last.count === pass) last.count++;
  else failures.push({ pass, count: 1, report });
}

function costOf({ passes, firstMs, spentMs, startMs, lastMs, copiedBytes }: Series): TrackCost {
  const bytesPerPass = copiedBytes / passes;
  if (passes === 1) return { firstMs, msPerPass: firstMs, share: 0, bytesPerPass };
  const msPerPass = spentMs / (passes - 1);
  const intervalMs = (lastMs - startMs - firstMs) / (passes - 1);
  return { firstMs, msPerPass, share: intervalMs > 0 ? Math.min(1, msPerPass / intervalMs) : 1, bytesPerPass };
}
