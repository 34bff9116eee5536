/**
 * The conversions of TF.js. All of them (`data`, `arraySync`, `print`, `toPixels`, ...) end in `read` or `readSync` of the
 * engine, which look the data up by its id and call the backend that holds it. So the engine's two methods are watched, and
 * the lookup tells what is being read; the tensors and their class stay untouched. (The class could not be watched anyway:
 * every `instanceof tf.Tensor` asks for `data` and `dataSync`.) The stack names the call.
 *
 * | backend | moved by a conversion |
 * |---|---|
 * | cpu | nothing: the program gets the tensor's own memory |
 * | wasm | a copy out of the WebAssembly heap |
 * | webgpu, webgl | the buffer, unless its values are still, or again, on the host |
 * | others (tensorflow) | a copy out of native memory |
 */
import { conversions } from '../../protocol/recorder.ts';
import { isDType, itemSize } from '../../tensor/dtypes.ts';
import { formatType } from '../../tensor/preview.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { engine, recordedBy } from '../readers/tfjs/engine.ts';
import { programGlobal, within } from '../globals.ts';
import { elementsOf, isInspectable, ownValue, textOf, util } from '../safely.ts';
import { leavesGradient, remadeInGradient } from '../warnings/leavesGradient.ts';
import { syncRead } from '../warnings/syncRead.ts';
import type { Recorder, RunningCopy, WatchedRuntime } from './recorder.ts';
import { Gradients, inGradient } from './tfjsGradients.ts';
import { watch, whenAssigned, type OnAccess } from './watch.ts';

const runtime: WatchedRuntime = {
  name: 'tfjs',
  own: /[\\/]@tensorflow[\\/]/,
  calls: new Set(conversions.tfjs),
  callsItself: true,
};

/** Backends whose `readSync` neither throws nor calls anything of the program: a frame of ours on the stack is not seen. */
const timedBackends = new Set(['wasm', 'tensorflow']);

/** TF.js shows that it is there by its engine; at that moment, nothing has been computed yet. */
export function watchTfjs(recorder: Recorder): void {
  whenAssigned('_tfengine', () => {
    const found = engine();
    const prototype = found && (Object.getPrototypeOf(found) as object | null);
    if (found && prototype) new EngineReads(recorder).watch(found, prototype);
    recorder.tfjsIsThere();
  });
}

/**
 * The TF.js of another `vm` context, as a test in Jest has it.
 * @returns false if there is none, or it is watched already
 */
export function watchTfjsIn(recorder: Recorder, global: object): boolean {
  return within(global, () => {
    const found = engine();
    const prototype = found && (Object.getPrototypeOf(found) as object | null);
    if (!found || !prototype || elsewhere.has(found)) return false;
    elsewhere.add(found);
    new EngineReads(recorder, global).watch(found, prototype);
    return true;
  });
}

/** The engines of other contexts that are watched. */
const elsewhere = new WeakSet<object>();

const shapeOf = (info: object) => elementsOf(ownValue(info, 'shape')) as number[];

/** Of the engine's record of some data. */
function typeOf(info: object): string {
  const dtype = textOf(info, 'dtype');
  return isDType(dtype) ? formatType(dtype, shapeOf(info)) : dtype;
}

type Method = (...args: unknown[]) => unknown;
type Read = (this: object, dataId: object) => unknown;

class EngineReads {
  readonly #recorder: Recorder;
  readonly #global: object | undefined;
  /** The method of the engine that has just been handed out. */
  #reading: 'data' | 'dataSync' | null = null;
  /** What the timed `readSync` that is under way copies. */
  #timed: RunningCopy | null = null;
  readonly #watched = new WeakSet<object>();
  readonly #gradients = new Gradients(({ site, conversion, type }) =>
    this.#recorder.warn(site, () => remadeInGradient(conversion, type)),
  );

  /** @param global of the `vm` context that the engine is in, if that is not our own */
  constructor(recorder: Recorder, global?: object) {
    this.#recorder = recorder;
    this.#global = global;
  }

  watch(found: object, prototype: object): void {
    this.#watchLookups(found);
    const onEndTape: OnAccess = (_, method, getter) => {
      within(this.#global, () => this.#gradients.ending(getter));
      return method;
    };
    this.#recorder.beforeReport(() => this.#gradients.conclude());
    watch(prototype, 'endTape', this.#recorder.guarded(onEndTape));
    watch(prototype, 'read', (found, method) => {
      this.#reading = 'data';
      this.#watchLookups(found);
      return method;
    });
    const timed = new Map<unknown, Read>();
    watch(prototype, 'readSync', (found, method) => {
      this.#reading = 'dataSync';
      this.#watchLookups(found);
      if (!timedBackends.has(textOf(found, 'backendName'))) return method;
      if (!timed.has(method)) timed.set(method, this.#timedRead(method as Read));
      return timed.get(method);
    });
  }

  /** The engine's map from data to backends is a new one after `reset()`. */
  #watchLookups(found: object): void {
    const state = ownValue(found, 'state');
    const lookups = isInspectable(state) ? ownValue(state, 'tensorInfo') : undefined;
    if (!util.types.isWeakMap(lookups) || this.#watched.has(lookups as object)) return;
    this.#watched.add(lookups as object);
    /** What a lookup without ours would call. */
    const call = (key: 'get' | 'set', ...args: unknown[]): unknown =>
      Reflect.apply(Reflect.get(Object.getPrototypeOf(lookups) as object, key, lookups) as Method, lookups, args);
    const lookUp = (dataId: object) => {
      const info = call('get', dataId);
      const reading = this.#reading;
      this.#reading = null;
      if (reading !== null && isInspectable(info))
        within(this.#global, () => this.#reads(dataId, info, reading, lookUp));
      return info;
    };
    const takeOn = (dataId: object, info: unknown) => {
      call('set', dataId, info);
      if (isInspectable(info)) within(this.#global, () => this.#makes(dataId, info, takeOn));
      return lookups;
    };
    const replaced = { writable: true, enumerable: false, configurable: true };
    Object.defineProperty(lookups, 'get', { value: lookUp, ...replaced });
    Object.defineProperty(lookups, 'set', { value: takeOn, ...replaced });
  }

  #makes(dataId: object, info: object, below: unknown): void {
    try {
      this.#gradients.made(dataId, () => {
        const site = this.#recorder.callSite(runtime, 'tensor', below);
        return site && { site, type: typeOf(info) };
      });
    } catch (error) {
      this.#recorder.failed(error);
    }
  }

  #reads(dataId: object, info: object, call: 'data' | 'dataSync', below: unknown): void {
    try {
      const shape = shapeOf(info);
      const dtype = ownValue(info, 'dtype') as string;
      const { name = '', record = {} } = recordedBy(dataId, info) ?? {};
      const isGpu = name === 'webgpu' || name === 'webgl';
      const hasValues = record.values !== null && record.values !== undefined;
      // On a GPU a bool takes four bytes, as an int32.
      const size = isDType(dtype) ? itemSize(isGpu && dtype === 'bool' ? 'int32' : dtype) : 0;
      const elements = sizeOf(shape);
      // The program gets what is on the host already, at once.
      const isView = name === 'cpu' || (isGpu && hasValues);
      const bytes = isView ? 0 : elements * size;
      const caller = this.#recorder.callSite(runtime, call, below);
      if (!caller) return;
      if (call === 'dataSync' && isGpu && bytes > 0) {
        this.#recorder.warn(caller, (outermost) => syncRead(outermost, typeOf(info), name));
        // In Node the webgpu backend throws: nothing is copied.
        if (name === 'webgpu' && programGlobal('OffscreenCanvas') === undefined) return;
      }
      const copy = this.#recorder.begin(caller, { runtime, bytes, spendsTime: call === 'dataSync' && elements > 1 });
      const origin = inGradient(dataId);
      if (origin) {
        const type = typeOf(info);
        const warn = () => copy.warn((outermost) => leavesGradient(outermost, type));
        if (origin === 'computed') warn();
        else this.#gradients.convertedGiven(dataId, warn);
      }
      if (hasValues) this.#gradients.converted(dataId, record.values, caller.call);
      if (isView) copy.end(0);
      else if (call === 'data') {
        this.#recorder.endsWithNextPromise(copy, () => {
          // What a GPU's backend has copied, it keeps.
          if (!isGpu) return;
          const values = within(this.#global, () => recordedBy(dataId)?.record.values);
          this.#gradients.converted(dataId, values, caller.call);
        });
      } else if (timedBackends.has(name)) this.#timed = copy;
      else copy.end(0);
    } catch (error) {
      this.#recorder.failed(error);
    }
  }

  #timedRead(method: Read): Read {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const reads = this;
    return function readSync(dataId) {
      const start = reads.#recorder.clock.now();
      const values: unknown = Reflect.apply(method, this, [dataId]);
      reads.#finish(reads.#recorder.clock.now() - start);
      return values;
    };
  }

  #finish(ms: number): void {
    const copy = this.#timed;
    this.#timed = null;
    copy?.end(ms);
  }
}
