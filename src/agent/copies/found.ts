/** The recorder of this program, which came with a script of its own before the agent. */
import { recorderSymbol } from '../../protocol/recorder.ts';
import { ownValue } from '../safely.ts';
import type { Recorder } from './recorder.ts';

export function recorder(): Recorder | undefined {
  return ownValue(globalThis, Symbol.for(recorderSymbol)) as Recorder | undefined;
}
