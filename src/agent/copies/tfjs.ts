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
import { isDType, itemSize } from '../../tensor/dtypes.ts';
import { formatType } from '../../tensor/preview.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { engine, engineState, recordedBy } from '../readers/tfjs/engine.ts';
import { isInspectable, ownValue, util } from '../safely.ts';
import { leavesGradient } from '../warnings/leavesGradient.ts';
import { syncRead } from '../warnings/syncRead.ts';
import type { Recorder, RunningCopy, WatchedRuntime } from './recorder.ts';
import { watch, whenAssigned } from './watch.ts';

const runtime: WatchedRuntime = {
  name: 'tfjs',
  own: /[\\/]@tensorflow[\\/]/,
  calls: new Set('data dataSync array arraySync print toString toPixels buffer bufferSync bytes bytesSync'.split(' ')),
};

/** Backends whose `readSync` neither throws nor calls anything of the program: a frame of ours on the stack is not seen. */
const timedBackends = new Set(['wasm', 'tensorflow']);

/** TF.js shows that it is there by its engine; at that moment, nothing has been computed yet. */
export function watchTfjs(recorder: Recorder): void {
  whenAssigned('_tfengine', () => {
    const found = engine();
    const prototype = found && (Object.getPrototypeOf(found) as object | null);
    if (prototype) new EngineReads(recorder).watch(prototype);
    recorder.tfjsIsThere();
  });
}

/** Whether a gradient function is running (and not a kernel inside of it) whose tape has recorded this data. */
function isOnTape(dataId: object): boolean {
  const state = engineState();
  if (!state || ownValue(state, 'gradientDepth') === 0 || ownValue(state, 'kernelDepth') !== 0) return false;
  const tape = ownValue(state, 'activeTape');
  if (!Array.isArray(tape)) return false;
  return (tape as unknown[]).some((node) => {
    const tensors = ['inputs', 'outputs'].map((key) => (isInspectable(node) ? ownValue(node, key) : undefined));
    return tensors.some(
      (group) =>
        isInspectable(group) &&
        Object.keys(group).some((key) => {
          const tensor = ownValue(group, key);
          return isInspectable(tensor) && ownValue(tensor, 'dataId') === dataId;
        }),
    );
  });
}

type Read = (this: object, dataId: object) => unknown;

class EngineReads {
  readonly #recorder: Recorder;
  /** The method of the engine that has just been handed out. */
  #reading: 'data' | 'dataSync' | null = null;
  /** What the timed `readSync` that is under way copies. */
  #timed: RunningCopy | null = null;
  readonly #watched = new WeakSet<object>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  watch(prototype: object): void {
    watch(prototype, 'read', (found, method) => {
      this.#reading = 'data';
      this.#watchLookups(found);
      return method;
    });
    const timed = new Map<unknown, Read>();
    watch(prototype, 'readSync', (found, method) => {
      this.#reading = 'dataSync';
      this.#watchLookups(found);
      if (!timedBackends.has(String(ownValue(found, 'backendName')))) return method;
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
    const { get } = WeakMap.prototype;
    const value = (dataId: object) => {
      const info: unknown = get.call(lookups, dataId);
      const call = this.#reading;
      this.#reading = null;
      if (call !== null && isInspectable(info)) this.#reads(dataId, info, call, value);
      return info;
    };
    Object.defineProperty(lookups, 'get', { value, writable: true, enumerable: false, configurable: true });
  }

  #reads(dataId: object, info: object, call: 'data' | 'dataSync', below: unknown): void {
    try {
      const shape = ownValue(info, 'shape') as number[];
      const dtype = ownValue(info, 'dtype') as string;
      const { name = '', record = {} } = recordedBy(dataId) ?? {};
      const isGpu = name === 'webgpu' || name === 'webgl';
      const hasValues = record.values !== null && record.values !== undefined;
      // On a GPU a bool takes four bytes, as an int32.
      const size = isDType(dtype) ? itemSize(isGpu && dtype === 'bool' ? 'int32' : dtype) : 0;
      const elements = sizeOf(shape);
      const bytes = name === 'cpu' || (isGpu && hasValues) ? 0 : elements * size;
      const caller = this.#recorder.callSite(runtime, call, below);
      if (!caller) return;
      if (call === 'dataSync' && isGpu && bytes > 0) {
        const type = isDType(dtype) ? formatType(dtype, shape) : dtype;
        this.#recorder.warn(caller, (outermost) => syncRead(outermost, type, name));
        // In Node the webgpu backend throws: nothing is copied.
        if (name === 'webgpu' && !('OffscreenCanvas' in globalThis)) return;
      }
      if (isOnTape(dataId)) {
        const type = isDType(dtype) ? formatType(dtype, shape) : dtype;
        this.#recorder.warn(caller, (outermost) => leavesGradient(outermost, type));
      }
      const copy = this.#recorder.begin(caller, { runtime, bytes, isScalar: elements === 1 });
      if (call === 'data') this.#recorder.endsWithNextPromise(copy);
      else if (timedBackends.has(name)) this.#timed = copy;
      else copy.end(0);
    } catch (error) {
      this.#recorder.failed(error);
    }
  }

  #timedRead(method: Read): Read {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const reads = this;
    return function readSync(dataId) {
      const start = performance.now();
      const values = method.call(this, dataId);
      reads.#finish(performance.now() - start);
      return values;
    };
  }

  #finish(ms: number): void {
    const copy = this.#timed;
    this.#timed = null;
    copy?.end(ms);
  }
}
