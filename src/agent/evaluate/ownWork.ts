/**
 * Work of Tensor Debugger's own that calls the program's runtimes: nothing of it is counted as the program's, and it has its own
 * random numbers. Pieces of it may overlap, since an evaluation in the running program can take several microtasks.
 */
import { recorder } from '../copies/found.ts';
import { putRandomAside } from './ownRandom.ts';

let underWay = 0;
let putRandomBack = (): void => undefined;

/** @returns what ends it */
export function beginOwnWork(): () => void {
  const countAgain = recorder()?.evaluating();
  if (underWay++ === 0) putRandomBack = putRandomAside();
  return () => {
    if (--underWay === 0) putRandomBack();
    countAgain?.();
  };
}

export function asOwnWork<Value>(run: () => Value): Value {
  const end = beginOwnWork();
  try {
    return run();
  } finally {
    end();
  }
}
