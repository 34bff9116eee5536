/**
 * Break on NaN or Inf: looks at what each op of TF.js has made, and stops the program for the op that made the first NaN or
 * infinity. Nothing is allocated in TF.js: its counts stay; no tensor lives longer for it.
 *
 * Values on the host (cpu, wasm, and what the webgpu backend still has there) are looked at behind the op. On a webgpu
 * device, `precise` waits for the device behind every op; `deferred` hears of it later (`DeviceChecks`), and stops the program at
 * what it next asks of TF.js, so that its own frames are on the stack; if that never comes, when its event loop has turned.
 *
 * While it is on, a frame of ours stands on the stack during each op. What the program has of TF.js's own internal kernels
 * inside of an op is part of that op.
 */
import { notFiniteFunction, type NotFiniteBreak, type NotFiniteReport } from '../../protocol/notFinite.ts';
import type { RecordedFrame } from '../../protocol/recorder.ts';
import type { DType } from '../../protocol/tensor.ts';
import { formatType } from '../../tensor/preview.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { callSite, type RuntimeScripts } from '../copies/callSite.ts';
import { recorder } from '../copies/found.ts';
import { watch } from '../copies/watch.ts';
import { ownRuntimeScript } from '../ownRuntime.ts';
import { dtypeOfData, engine, recordedBy, webgpuDevice } from '../readers/tfjs/engine.ts';
import { sourceOf } from '../readers/tfjs/values.ts';
import type { TensorReading } from '../readTensor.ts';
import { elementsOf, isInspectable, isPlatformObject, ownValue } from '../safely.ts';
import { computedOnce, type StopContext } from '../source.ts';
import { nodeSetImmediate } from '../read/pump.ts';
import { DeviceChecks } from './deviceChecks.ts';
import { countNotFinite } from './countNotFinite.ts';
import type { Checked } from './notFinite.ts';
import { describeOp, isBad, type LookedAt, type Op } from './ops.ts';

interface KernelCall {
  kernelName?: string;
  inputs: object;
}

type Run = (this: object, call: KernelCall) => unknown;

const scripts: RuntimeScripts = { own: /[\\/]@tensorflow[\\/]/, calls: new Set() };
const notFiniteHelp =
  'Look at the inputs of the op there: stop at that line with a condition, or break on NaN precisely.';
/** Accesses of the engine by which a program that does not compute shows that it goes on. */
const signsOfLife = ['startScope', 'endScope', 'disposeTensor'];

/** The op has returned: nobody is inside of a backend, and what we ask once is asked anew each time. */
function running(): StopContext {
  return {
    privateFields: () => undefined,
    isExecuting: () => false,
    devices: () => [],
    readerOf: () => undefined,
    freshEncoders: new WeakSet(),
    once: computedOnce(),
  };
}

export class OpWatch {
  readonly #reading: TensorReading;
  readonly #failed: (error: unknown) => void;
  #break: Required<NotFiniteBreak> = { mode: 'off', nanOnly: false };
  #isWatching = false;
  readonly #watchedBackends = new WeakSet<object>();
  /** By a tensor's data. */
  #checked = new WeakMap<object, Checked>();
  #devices = new Map<object, DeviceChecks>();
  /** Ops whose flags have not arrived, in the order in which they ran. */
  #waiting: Op[] = [];
  readonly #frames = new Map<string, RecordedFrame[]>();
  /** Lines that were told of for values that came in from outside. */
  #told = new Set<string>();
  /** What the program is to be stopped for. */
  #due: NotFiniteReport[] = [];
  #report: NotFiniteReport | null = null;

  constructor(reading: TensorReading, failed: (error: unknown) => void) {
    this.#reading = reading;
    this.#failed = failed;
  }

  /** What the stop under way is about. */
  get report(): NotFiniteReport | null {
    return this.#report;
  }

  /** What was found, or is on its way, is forgotten. */
  set({ mode, nanOnly = false }: NotFiniteBreak): void {
    this.#break = { mode, nanOnly };
    this.#checked = new WeakMap();
    this.#devices = new Map();
    this.#waiting = [];
    this.#told = new Set();
    this.#due = [];
  }

  /** As soon as TF.js is there. */
  watch(): void {
    const found = engine();
    const prototype = found && (Object.getPrototypeOf(found) as object | null);
    if (!prototype || this.#isWatching) return;
    const checking = new WeakMap<object, Run>();
    this.#isWatching = watch(prototype, 'runKernelFunc', (_, method) => {
      if (this.#break.mode === 'off') return method;
      this.#stopIfDue();
      const run = method as Run;
      if (!checking.has(run)) checking.set(run, this.#checking(run));
      return checking.get(run);
    });
    for (const key of signsOfLife) {
      watch(prototype, key, (_, method) => {
        this.#stopIfDue();
        return method;
      });
    }
  }

  #checking(run: Run): Run {
    const check = (call: KernelCall, result: unknown) => this.#check(call, result, checkedKernel);
    const stop = () => this.#stopIfDue();
    function checkedKernel(this: object, call: KernelCall): unknown {
      const result = run.call(this, call);
      check(call, result);
      stop();
      return result;
    }
    return checkedKernel;
  }

  #check({ kernelName = 'a custom op', inputs }: KernelCall, result: unknown, below: unknown): void {
    if (this.#break.mode === 'off') return;
    try {
      const results = Array.isArray(result) ? (result as unknown[]) : [result];
      // A reshaped tensor has the data of the one that it was made of.
      const made = results
        .filter(isInspectable)
        .filter((tensor) => isFloat(tensor) && !this.#checked.has(dataOf(tensor)));
      if (made.length === 0) return;
      const isPrecise = this.#break.mode === 'precise';
      const outputs = made.map((tensor) => this.#lookAt('', tensor));
      if (isPrecise) this.#waitForDevices();
      if (outputs.every((output) => isArrived(output) && !isBad(output, this.#break))) return;
      const site = callSite(below, kernelName, scripts);
      const key = site?.key ?? '';
      if (!this.#frames.has(key)) this.#frames.set(key, site?.frames() ?? []);
      const lookedAt = tensorsOf(inputs).map(([name, tensor]) => this.#lookAt(name, tensor));
      if (isPrecise) this.#waitForDevices();
      const op: Op = { name: kernelName, inputs: lookedAt, outputs, site: key, frames: this.#frames.get(key)! };
      if ([...lookedAt, ...outputs].every(isArrived)) this.#judge(op, false);
      else this.#waiting.push(op);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** On the host at once; on a device the answer comes later. */
  #lookAt(name: string, tensor: object): LookedAt {
    const shape = ownValue(tensor, 'shape') as number[];
    const dtype = ownValue(tensor, 'dtype') as DType;
    const looked = { name, type: formatType(dtype, shape), shape };
    if (!isFloat(tensor)) return { ...looked, checked: null };
    const dataId = dataOf(tensor);
    const known = this.#checked.get(dataId);
    if (known) return { ...looked, checked: known };
    const { backend, record } = recordedBy(dataId) ?? {};
    const isOnHost = record?.values !== null && record?.values !== undefined;
    const isOnDevice = backend && !isOnHost && isPlatformObject(record?.resource, 'GPUBuffer');
    // The bits of integers that were cast without a kernel would look like NaN.
    if (isOnDevice && dtypeOfData(record, dtype) !== dtype) return { ...looked, checked: null };
    const checked = isOnDevice
      ? this.#checksOf(backend)?.add(dataId, record.resource as GPUBuffer, sizeOf(shape))
      : this.#lookOnHost(dataId, shape);
    if (!checked) return { ...looked, checked: null };
    this.#checked.set(dataId, checked);
    return { ...looked, checked };
  }

  #lookOnHost(dataId: object, shape: number[]): Checked | undefined {
    const source = sourceOf(dataId, 'float32', shape, running());
    if (source.how !== 'host' || source.layout.dtype !== 'float32') return undefined;
    const { buffer, byteOffset, byteLength } = source.bytes;
    return { found: countNotFinite(new Float32Array(buffer, byteOffset, byteLength / 4)), isKnown: false };
  }

  #checksOf(backend: object): DeviceChecks | undefined {
    const known = this.#devices.get(backend);
    const device = webgpuDevice(backend);
    if (known || !device) return known;
    const checks = new DeviceChecks(backend, this.#reading.devices.reader(device), running, () => this.#landed());
    this.#devices.set(backend, checks);
    this.#watchBackend(backend);
    return checks;
  }

  /** Its methods are handed out as they are; being asked for them tells what comes. */
  #watchBackend(backend: object): void {
    const prototype = Object.getPrototypeOf(backend) as object;
    if (this.#watchedBackends.has(prototype)) return;
    this.#watchedBackends.add(prototype);
    let isRead = false;
    watch(prototype, 'getBufferData', (_, method) => {
      this.#stopIfDue();
      isRead = true;
      return method;
    });
    watch(prototype, 'submitQueue', (receiver, method) => {
      const checks = this.#devices.get(receiver);
      try {
        checks?.beforeSubmit(isRead);
      } catch (error) {
        checks?.drop();
        this.#failed(error);
      }
      isRead = false;
      return method;
    });
  }

  #waitForDevices(): void {
    for (const checks of this.#devices.values()) checks.look();
    this.#finish();
  }

  /** Waits for the flags that are on their way. */
  #finish(): void {
    const { pump, limit } = this.#reading.devices;
    for (const checks of this.#devices.values()) {
      if (checks.isIdle) continue;
      pump.during((wait) => checks.finish((isDone) => wait(isDone, limit.deadlineMs)));
    }
  }

  /** Flags have arrived. */
  #landed(): void {
    try {
      for (let op = this.#waiting[0]; op && [...op.inputs, ...op.outputs].every(isArrived); op = this.#waiting[0]) {
        this.#waiting.shift();
        this.#judge(op, true);
      }
      // Nothing of the program may come after this.
      if (this.#due.length > 0) nodeSetImmediate()?.(() => this.#stopIfDue());
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Whether an op's outputs are news: not if an input was told of, or comes from what was. */
  #judge(op: Op, isLater: boolean): void {
    const bad = op.outputs.filter((output) => isBad(output, this.#break));
    if (bad.length === 0) return;
    const badInputs = op.inputs.filter((input) => isBad(input, this.#break));
    const isNews = !badInputs.some(({ checked }) => checked!.isKnown);
    for (const { checked } of [...bad, ...badInputs]) checked!.isKnown = true;
    if (!isNews) return;
    // What comes in from outside (a mask, a bad sample) is told of once for each line; what an op makes, always.
    if (badInputs.length > 0 || op.name === 'Fill') {
      const place = `${op.site} ${bad.some(({ checked }) => checked!.found!.nan > 0) ? 'NaN' : 'Inf'}`;
      if (this.#told.has(place)) return;
      this.#told.add(place);
    }
    const message = describeOp(op, bad[0]!, this.#break);
    const runtimeScript = ownRuntimeScript();
    this.#due.push({ message, frames: op.frames, isLater, ...(runtimeScript !== undefined && { runtimeScript }) });
    // Also at the line, for as long as the session lasts.
    const caller = { key: op.site, call: op.name, frames: () => op.frames };
    recorder()?.warn(caller, () => ({ code: 'not-finite', message, help: notFiniteHelp }));
  }

  /** The program is about to end: whether there is something to stop it for, flags that are on their way included. */
  leaving(): boolean {
    if (this.#break.mode !== 'deferred') return false;
    this.#finish();
    const report = this.#due.shift();
    if (report) this.#report = report;
    return report !== undefined;
  }

  #stopIfDue(): void {
    while (this.#due.length > 0) {
      this.#report = this.#due.shift()!;
      stops[notFiniteFunction](this.#report);
    }
  }
}

/** The debugger stops here, and shows the line of the program that is under way. */
const stops = {
  [notFiniteFunction](report: NotFiniteReport): NotFiniteReport {
    // eslint-disable-next-line no-debugger -- that is what it is for
    debugger;
    return report;
  },
};

function isArrived({ checked }: LookedAt): boolean {
  return checked === null || checked.found !== undefined;
}

function isFloat(tensor: object): boolean {
  return ownValue(tensor, 'dtype') === 'float32';
}

function tensorsOf(inputs: object): [name: string, tensor: object][] {
  return Object.keys(inputs).flatMap((name): [string, object][] => {
    const value = ownValue(inputs, name);
    const list = elementsOf(value);
    if (list) {
      return list.filter(isInspectable).map((tensor, index) => [`${name}[${index}]`, tensor]);
    }
    return isInspectable(value) && isInspectable(ownValue(value, 'dataId')) ? [[name, value]] : [];
  });
}

function dataOf(tensor: object): object {
  const dataId = ownValue(tensor, 'dataId');
  return isInspectable(dataId) ? dataId : tensor;
}
