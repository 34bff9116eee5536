/** Puts the recorder into the program, behind one versioned global symbol that no enumeration shows. */
import { recorderSymbol } from '../../protocol/recorder.ts';
import { isInspectable, ownValue } from '../safely.ts';
import { Recorder } from './recorder.ts';
import { watchTfjs } from './tfjs.ts';

const key = Symbol.for(recorderSymbol);
if (!Object.prototype.hasOwnProperty.call(globalThis, key)) {
  const recorder = new Recorder();
  Object.defineProperty(globalThis, key, { value: recorder, enumerable: false, configurable: true });
  watchTfjs(recorder);
  // Where a program has put the classes of WebGPU already; of one that has not, the debug adapter shows them.
  const buffer = ownValue(globalThis, 'GPUBuffer');
  if (isInspectable(buffer)) recorder.watchClass('webgpu', ownValue(buffer, 'prototype'));
}
