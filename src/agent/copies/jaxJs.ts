/**
 * The conversions of jax-js. `js`, `item` and `jsAsync` go through `dataSync` or `data`, which copy out of the backend's memory,
 * on the cpu too; they run what is still pending first, and that is part of their time. Both end with `dispose`: reading
 * consumes the reference.
 */
import { isDType, itemSize } from '../../tensor/dtypes.ts';
import type { Recorder, RunningCopy, WatchedRuntime } from './recorder.ts';
import { watch } from './watch.ts';

const runtime: WatchedRuntime = {
  name: 'jax-js',
  own: /[\\/]@jax-js[\\/]/,
  calls: new Set('data dataSync js jsAsync item'.split(' ')),
  // Small expressions are computed by another array, which is converted in turn.
  watched: new Set(['data', 'dataSync']),
};

/** Public getters of the library, which only look at its own fields. */
interface JaxArray {
  size: number;
  dtype: string;
}

export function watchJaxJs(prototype: object, recorder: Recorder): boolean {
  let reading: { array: WeakRef<object>; copy: RunningCopy; start: number } | undefined;

  function begin(array: object, call: 'data' | 'dataSync', below: unknown): RunningCopy | undefined {
    const caller = recorder.callSite(runtime, call, below);
    if (!caller) return undefined;
    const { size, dtype } = array as JaxArray;
    const bytes = isDType(dtype) ? size * itemSize(dtype) : 0;
    return recorder.begin(caller, { runtime, bytes, isScalar: size === 1 });
  }

  function onData(this: void, array: object, method: unknown, below: unknown): unknown {
    const copy = begin(array, 'data', below);
    if (copy) recorder.endsWithNextPromise(copy);
    return method;
  }

  function onDataSync(this: void, array: object, method: unknown, below: unknown): unknown {
    const copy = begin(array, 'dataSync', below);
    if (copy) reading = { array: new WeakRef(array), copy, start: performance.now() };
    return method;
  }

  function onDispose(this: void, array: object, method: unknown): unknown {
    if (reading?.array.deref() === array) {
      reading.copy.end(performance.now() - reading.start);
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
