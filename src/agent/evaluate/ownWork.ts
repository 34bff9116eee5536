/**
 * Work of Tensor Debugger's own that calls the program's runtimes: nothing of it is counted as the program's. Pieces of it may
 * overlap, since an evaluation in the running program can take several microtasks.
 */
import { recorder } from '../copies/found.ts';

/** @returns what ends it */
export function beginOwnWork(): () => void {
  return recorder()?.evaluating() ?? (() => undefined);
}

export function asOwnWork<Value>(run: () => Value): Value {
  const end = beginOwnWork();
  try {
    return run();
  } finally {
    end();
  }
}
