/**
 * The conversions of jax-js. `js`, `item` and `jsAsync` go through `dataSync` or `data`, which copy out of the backend's memory,
 * on the cpu too; they run what is still pending first, and that is part of their time. Both end with `dispose`: reading
 * consumes the reference.
 */
import { isDType, itemSize } from '../../tensor/dtypes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { ownValue } from '../safely.ts';
import type { Recorder, RunningCopy, WatchedRuntime } from './recorder.ts';
import { watch } from './watch.ts';

const runtime: WatchedRuntime = {
  name: 'jax-js',
  own: /[\\/]@jax-js[\\/]/,
  calls: new Set('data dataSync js jsAsync item'.split(' ')),
  // Small expressions are computed by another array, which is converted in turn.
  watched: new Set(['data', 'dataSync']),
};

/**
 * The library's own getter of an array's abstract value (shape and dtype), which only looks at private fields; undefined if
 * the program has put one of its own in its place.
 */
function abstractValueGetter(prototype: object): ((this: object) => object) | undefined {
  const get = Object.getOwnPropertyDescriptor(prototype, 'aval')?.get;
  return get && Function.prototype.toString.call(get).startsWith('get aval') ? (get as () => object) : undefined;
}

export function watchJaxJs(prototype: object, recorder: Recorder): boolean {
  const abstractValue = abstractValueGetter(prototype);
  if (!abstractValue) return false;
  let reading: { array: WeakRef<object>; copy: RunningCopy; start: number } | undefined;

  function begin(array: object, call: 'data' | 'dataSync', below: unknown): RunningCopy | undefined {
    const caller = recorder.callSite(runtime, call, below);
    if (!caller) return undefined;
    const aval = abstractValue!.call(array);
    const size = sizeOf(ownValue(aval, 'shape') as number[]);
    const dtype = String(ownValue(aval, 'dtype'));
    const bytes = isDType(dtype) ? size * itemSize(dtype) : 0;
    return recorder.begin(caller, { runtime, bytes, spendsTime: call === 'dataSync' && size > 1 });
  }

  function onData(this: void, array: object, method: unknown, below: unknown): unknown {
    const copy = begin(array, 'data', below);
    if (copy) recorder.endsWithNextPromise(copy);
    return method;
  }

  function onDataSync(this: void, array: object, method: unknown, below: unknown): unknown {
    const copy = begin(array, 'dataSync', below);
    if (copy) reading = { array: new WeakRef(array), copy, start: recorder.clock.now() };
    return method;
  }

  function onDispose(this: void, array: object, method: unknown): unknown {
    if (reading?.array.deref() === array) {
      reading.copy.end(recorder.clock.now() - reading.start);
      reading = undefined;
    }
    return method;
  }

  return (
    watch(prototype, 'data', recorder.guarded(onData)) &&
    watch(prototype, 'dataSync', recorder.guarded(onDataSync)) &&
    watch(prototype, 'dispose', recorder.guarded(onDispose))
  );
}
