/**
 * The conversions of jax-js. `js`, `item` and `jsAsync` go through `dataSync` or `data`, which copy out of the backend's memory,
 * on the cpu too; they run what is still pending first, and that is part of their time. Both end with `dispose`: reading
 * consumes the reference. One that throws does not come so far, and has moved nothing. Where a device would take longer, small
 * expressions are computed on the host, in a method of their own that disposes.
 */
import { conversions } from '../../protocol/recorder.ts';
import { isDType, itemSize } from '../../tensor/dtypes.ts';
import { formatType } from '../../tensor/preview.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { elementsOf, ownValue, textOf } from '../safely.ts';
import { syncRead } from '../warnings/syncRead.ts';
import { callerName } from './callSite.ts';
import type { Recorder, RunningCopy, WatchedRuntime } from './recorder.ts';
import { watch } from './watch.ts';

const runtime: WatchedRuntime = {
  name: 'jax-js',
  own: /[\\/]@jax-js[\\/]/,
  calls: new Set(conversions['jax-js']),
  // Small expressions are computed by another array, which is converted in turn.
  watched: new Set(['data', 'dataSync']),
};

/** A blocking read that is under way, or has thrown. */
interface Reading {
  array: WeakRef<object>;
  copy: RunningCopy;
  start: number;
  /** That a device keeps the program waiting, if one does. */
  warn?: () => void;
}

/**
 * One of the library's own getters, all of which only look at private fields; undefined if the program has put one of its own
 * in its place.
 */
function ownGetter(prototype: object, name: string): ((array: object) => unknown) | undefined {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (!get || !Function.prototype.toString.call(get).startsWith(`get ${name}`)) return undefined;
  return (array) => Reflect.apply(get, array, []) as unknown;
}

export function watchJaxJs(prototype: object, recorder: Recorder): boolean {
  /** Shape and dtype. */
  const abstractValue = ownGetter(prototype, 'aval') as ((array: object) => object) | undefined;
  const [device, references] = [ownGetter(prototype, 'device'), ownGetter(prototype, 'refCount')];
  if (!abstractValue) return false;
  let reading: Reading | undefined;
  /** How many awaited reads of an array have their values, and are about to settle. */
  const arrived = new WeakMap<object, { count: number }>();

  function begin(
    array: object,
    call: 'data' | 'dataSync',
    below: unknown,
  ): (RunningCopy & { type: string }) | undefined {
    const caller = recorder.callSite(runtime, call, below);
    if (!caller) return undefined;
    const aval = abstractValue!(array);
    const shape = elementsOf(ownValue(aval, 'shape')) as number[];
    const size = sizeOf(shape);
    const dtype = textOf(aval, 'dtype');
    const bytes = isDType(dtype) ? size * itemSize(dtype) : 0;
    const copy = recorder.begin(caller, { runtime, bytes, spendsTime: call === 'dataSync' && size > 1 });
    return { ...copy, type: isDType(dtype) ? formatType(dtype, shape) : dtype };
  }

  function onData(this: void, array: object, method: unknown, below: unknown): unknown {
    const copy = begin(array, 'data', below);
    if (!copy) return method;
    const tally = arrived.get(array) ?? { count: 0 };
    arrived.set(array, tally);
    const end = (ms: number) => {
      if (tally.count === 0) return;
      tally.count--;
      copy.end(ms);
    };
    recorder.endsWithNextPromise({ end });
    return method;
  }

  function onDataSync(this: void, array: object, method: unknown, below: unknown): unknown {
    settleThrown();
    const copy = begin(array, 'dataSync', below);
    if (!copy) return method;
    const type = device?.(array) as string | undefined;
    const blocks = (type === 'webgpu' || type === 'webgl') && references?.(array) !== 0;
    const warn = () => copy.warn((call) => syncRead(call, copy.type, type!));
    reading = { array: new WeakRef(array), copy, start: recorder.clock.now(), ...(blocks && { warn }) };
    return method;
  }

  /** What was being read when the next thing is read, or told, has thrown: on the device, for on the host nothing throws. */
  function settleThrown(): void {
    reading?.warn?.();
    reading = undefined;
  }

  function onDispose(this: void, array: object, method: unknown, below: unknown): unknown {
    const tally = arrived.get(array);
    const isRead = reading?.array.deref() === array;
    if (!tally && !isRead) return method;
    const caller = callerName(below);
    const isOnHost = caller?.startsWith('#') ?? false;
    if (isRead && reading && (isOnHost || caller === 'dataSync')) {
      reading.copy.end(recorder.clock.now() - reading.start);
      if (!isOnHost) reading.warn?.();
      reading = undefined;
    } else if (tally && (isOnHost || caller === 'data')) tally.count++;
    return method;
  }

  recorder.beforeReport(settleThrown);
  return (
    watch(prototype, 'data', recorder.guarded(onData)) &&
    watch(prototype, 'dataSync', recorder.guarded(onDataSync)) &&
    watch(prototype, 'dispose', recorder.guarded(onDispose))
  );
}
