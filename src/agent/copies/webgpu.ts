/**
 * `mapAsync` for reading of the program's own GPU buffers: the way in which everything comes back from the device. Those that
 * a runtime maps for a conversion are counted there. What part of a buffer is mapped, only the call itself knows: the
 * bytes are those of the buffer.
 */
import { platformValue } from '../safely.ts';
import { isDownloading } from './onnxRuntime.ts';
import type { Recorder, WatchedRuntime } from './recorder.ts';
import { watch } from './watch.ts';

/** https://www.w3.org/TR/webgpu/#typedefdef-gpubufferusageflags */
const mapRead = 0x0001;

const runtime: WatchedRuntime = {
  name: 'webgpu',
  own: /[\\/]node_modules[\\/]webgpu[\\/]/,
  calls: new Set(),
  notFrom: /[\\/]node_modules[\\/](@tensorflow|@jax-js|onnxruntime-\w+)[\\/]/,
};

export function watchWebGpu(prototype: object, recorder: Recorder): boolean {
  function onMapAsync(this: void, buffer: object, method: unknown, below: unknown): unknown {
    if ((Number(platformValue(buffer, 'usage')) & mapRead) === 0) return method;
    if (isDownloading(below)) return method;
    const caller = recorder.callSite(runtime, 'mapAsync', below);
    if (!caller) return method;
    const bytes = Number(platformValue(buffer, 'size'));
    recorder.endsWithNextPromise(recorder.begin(caller, { runtime, bytes, spendsTime: false }));
    return method;
  }
  return watch(prototype, 'mapAsync', recorder.guarded(onMapAsync));
}
