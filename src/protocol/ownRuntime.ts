/** What `tensor-debugger/runtime` leaves in a program, so that a debugger finds it and asks it without running anything. */
import type { ExecutionMode } from './tensor.ts';

/** Its place: `globalThis[Symbol.for(runtimeSymbol)]`. The number is the version of what it holds. */
export const runtimeSymbol = 'tensor-debugger.runtime.v1';

export interface OwnRuntime {
  describe(): RuntimeFacts;
  /** The script that it runs from, wherever a linked package lies; undefined in a bundle of the program's own. */
  script: string | undefined;
}

export interface RuntimeFacts {
  name: 'tensor-debugger';
  /** The version of TensorFlow.js underneath. */
  tfjsVersion: string;
  backend: string | undefined;
  /** What the program has used so far. */
  mode: ExecutionMode;
  /** What holds at this moment, in this scope. */
  executingEagerly: boolean;
}
