/** The tensors of one stop under handles, and what readers may ask of the stop. All of it is let go of before the program runs on. */
import type { Reinterpretation } from '../protocol/agent.ts';
import { adviceOf, reportOf, TensorError } from '../protocol/errors.ts';
import type { RuntimeDescription, TensorDescriptor } from '../protocol/tensor.ts';
import { storedDType } from '../tensor/dtypes.ts';
import { shortText } from '../tensor/preview.ts';
import { recorder } from './copies/found.ts';
import { HiddenState } from './hidden.ts';
import { readers } from './readers/index.ts';
import { undescribed, type Reader } from './readers/reader.ts';
import { reinterpret } from './read/reinterpret.ts';
import type { Readable } from './readTensor.ts';
import { isInspectable, isObject, isPlatformObject, util } from './safely.ts';
import { computedOnce, type Described, type StopContext } from './source.ts';

export interface Held {
  value: object;
  reader: Reader;
}

export class StopTensors {
  readonly hidden = new HiddenState();
  /** The objects that the stopped functions work on. */
  executing = new Set<object>();
  /** GPU devices that were come across. */
  readonly seenDevices = new Set<GPUDevice>();
  /** Values that came later, under handles that outlive a stop. */
  readonly lasting = new Map<string, Held>();
  readonly #held = new Map<string, Held>();
  readonly #ids = new Map<object, string>();
  /**
   * What another debugger shows of a tensor: a line, or what it is made of when it is asked for. A WeakMap: V8 lets an
   * evaluation without side effects read only that kind.
   */
  #texts = new WeakMap<object, string | TensorDescriptor>();
  #lastId = 0;
  #once = computedOnce();

  stop: StopContext = {
    privateFields: (object) => this.hidden.fields(object),
    isExecuting: (object) => this.executing.has(object),
    devices: () => this.#knownDevices(),
    readerOf: (value) => readers.find((reader) => reader.claims(value)),
    freshEncoders: new WeakSet(),
    once: (key, compute) => this.#once(key, compute),
  };

  /** What readers may ask while the program runs: as a tracked line sees it, or a task of our own. */
  passing(): StopContext {
    return {
      ...this.stop,
      // A tracked line is the user's own: it runs in no method of a runtime.
      isExecuting: () => false,
      freshEncoders: new WeakSet(),
      withoutGradients: true,
      once: computedOnce(),
    };
  }

  /** What was computed once is computed anew: another call, or the agent has changed something. */
  forgetComputed(): void {
    this.#once = computedOnce();
  }

  /** The line that a tensor of this stop is shown as. Without side effects in V8's eyes: it reads no property of the value. */
  textOf(value: object): string | undefined {
    const text = this.#texts.get(value);
    return typeof text === 'object' ? shortText(text) : text;
  }

  note(id: string, text: string): void {
    this.#texts.set(this.find(id).value, text);
  }

  /** Lets go of everything of this stop. */
  release(): void {
    this.#held.clear();
    this.#ids.clear();
    this.#texts = new WeakMap();
    this.executing.clear();
    this.seenDevices.clear();
    this.#once = computedOnce();
    this.hidden.clear();
    this.stop = { ...this.stop, freshEncoders: new WeakSet() };
  }

  /** A handle and a description for a value that is a tensor, or stands for one as its proxy; null for any other value. */
  take(given: unknown): TensorDescriptor | null {
    const value = isObject(given) && util.types.isProxy(given) ? this.hidden.target(given) : given;
    if (!isInspectable(value)) return null;
    if (isPlatformObject(value, 'GPUDevice')) this.seenDevices.add(value as GPUDevice);
    const reader = readers.find((candidate) => candidate.claims(value));
    return reader ? this.described(value, reader) : null;
  }

  /** Keeps a tensor under its handle, the same one all through the stop. */
  described(value: object, reader: Reader): TensorDescriptor {
    const id = this.#ids.get(value) ?? String(++this.#lastId);
    // A copy would cost a list of thousands as much as much of the rest.
    const described = this.#attempt(value, reader) as TensorDescriptor;
    described.id = id;
    this.#ids.set(value, id);
    recorder()?.cameAcross(described.runtime, value);
    this.#held.set(id, { value, reader });
    this.#texts.set(value, described);
    return described;
  }

  /** One tensor that can't even be described must not hide the others: it says itself what is wrong with it. */
  #attempt(value: object, reader: Reader): Described {
    try {
      return reader.describe(value, this.stop);
    } catch (error) {
      const report = reportOf(error);
      return undescribed(value, 'array', { how: 'none', reason: report.message, ...adviceOf(report) });
    }
  }

  /** @throws TensorError `no-such-tensor` */
  find(id: string): Held {
    const held = this.#held.get(id) ?? this.lasting.get(id);
    if (held) return held;
    throw new TensorError({
      code: 'no-such-tensor',
      message: `There is no tensor ${id} at this stop.`,
      help: 'Handles are valid until the program runs on; ask for the tensor by its expression again.',
    });
  }

  describe(id: string, as?: Reinterpretation): TensorDescriptor {
    const { value, reader } = this.find(id);
    const described = { id, ...this.#attempt(value, reader) };
    if (!as) return described;
    const { dtype, shape, byteLength, source } = this.readable(id, as);
    const strides = source.how === 'host' || source.how === 'webgpu' ? source.layout.strides : [];
    return { ...described, dtype, shape, byteLength, strides, offset: 0 };
  }

  readable(id: string, as?: Reinterpretation): Readable {
    return this.readableOf(this.find(id), as);
  }

  /** @throws TensorError where its values can't be read, with the reason */
  readableOf({ value, reader }: Held, as?: Reinterpretation, stop = this.stop): Readable {
    const source = reader.source(value, stop);
    if (source.how === 'none') {
      throw new TensorError({ code: source.code, message: source.reason, ...adviceOf(source) });
    }
    const { dtype, shape, byteLength } = reader.describe(value, stop);
    if (as && Array.isArray(value)) {
      throw new TensorError({
        code: 'invalid-argument',
        message: `An array of JavaScript numbers has no memory to read as ${as.dtype}.`,
        help: 'Look at it as it is, or make a typed array of it in the program: Int32Array.from(array.flat()).',
      });
    }
    if (as) return reinterpret({ dtype, shape: shape as number[], byteLength, source }, as);
    return { dtype: storedDType(dtype), shape: shape as number[], byteLength, source };
  }

  target(id: string) {
    const { value, reader } = this.find(id);
    return { value, described: reader.describe(value, this.stop) };
  }

  runtimes(): RuntimeDescription[] {
    return readers.flatMap((reader) => reader.runtimes?.(this.stop) ?? []);
  }

  *#knownDevices(): Generator<GPUDevice> {
    const seen = new Set<GPUDevice>();
    for (const device of [...this.seenDevices, ...readers.flatMap((reader) => reader.devices?.() ?? [])]) {
      if (seen.has(device)) continue;
      seen.add(device);
      yield device;
    }
  }
}
