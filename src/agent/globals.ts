/**
 * The globals that runtimes put themselves under: of the agent's own context, or, while the program is stopped in a `vm`
 * context (a test that Jest runs), of that one.
 */
import { ownValue } from './safely.ts';

let ofStop: object | undefined;

/** @param global undefined: the program runs on */
export function stoppedIn(global: object | undefined): void {
  ofStop = global;
}

/** Runs something for which the program's globals are those of another context; the agent's own where none is named. */
export function within<Value>(global: object | undefined, run: () => Value): Value {
  const before = ofStop;
  ofStop = global;
  try {
    return run();
  } finally {
    ofStop = before;
  }
}

export function programGlobal(name: string | symbol): unknown {
  return (ofStop && ownValue(ofStop, name)) ?? ownValue(globalThis, name);
}
