/** Puts the recorder into the program, behind one versioned global symbol that no enumeration shows. */
import { recorderSymbol } from '../../protocol/recorder.ts';
import { Recorder } from './recorder.ts';
import { watchTfjs } from './tfjs.ts';

const key = Symbol.for(recorderSymbol);
if (!Object.prototype.hasOwnProperty.call(globalThis, key)) {
  const recorder = new Recorder();
  Object.defineProperty(globalThis, key, { value: recorder, enumerable: false, configurable: true });
  watchTfjs(recorder);
}
