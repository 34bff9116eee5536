/** Where a debugger counts this program's copies, it also wants to know of conversions that can't work. */
import { recorderSymbol } from '../protocol/recorder.ts';

interface Listener {
  triedInGraphMode(name: string, call: string, below: unknown): void;
}

/** @param below the method that the program called */
export function tellDebugger(name: string, call: string, below: unknown): void {
  const recorder = (globalThis as Record<symbol, unknown>)[Symbol.for(recorderSymbol)] as Listener | undefined;
  recorder?.triedInGraphMode(name, call, below);
}
