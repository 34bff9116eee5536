/** The one conversion of ONNX Runtime that copies: `getData()` of a tensor on a GPU. On the cpu it hands out what is there. */
import { conversions } from '../../protocol/recorder.ts';
import { isDType, itemSize } from '../../tensor/dtypes.ts';
import { ownValue, textOf } from '../safely.ts';
import { isCalledFrom } from './callSite.ts';
import type { Recorder, WatchedRuntime } from './recorder.ts';
import { watch } from './watch.ts';

const runtime: WatchedRuntime = {
  name: 'onnxruntime',
  own: /[\\/]onnxruntime-/,
  calls: new Set(conversions.onnxruntime),
};

let downloads = 0;

/** Whether a GPU tensor is being downloaded: what the program's own downloader maps is part of that copy. */
export function isDownloading(below: unknown): boolean {
  return downloads > 0 && isCalledFrom(runtime.own, below);
}

export function watchOnnxRuntime(prototype: object, recorder: Recorder): boolean {
  function onGetData(this: void, tensor: object, method: unknown, below: unknown): unknown {
    const caller = recorder.callSite(runtime, 'getData', below);
    if (!caller) return method;
    const size = ownValue(tensor, 'size');
    const type = textOf(tensor, 'type');
    const isThere = textOf(tensor, 'dataLocation').startsWith('cpu');
    const bytes = isThere || !isDType(type) || typeof size !== 'number' ? 0 : size * itemSize(type);
    const copy = recorder.begin(caller, { runtime, bytes, spendsTime: false });
    downloads++;
    recorder.endsWithNextPromise({
      end: (ms) => {
        downloads--;
        copy.end(ms);
      },
    });
    return method;
  }
  return watch(prototype, 'getData', recorder.guarded(onGetData));
}
