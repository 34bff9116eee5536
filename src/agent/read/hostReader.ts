/** Cuts windows out of host memory. The program's memory is only read; what comes back is always a copy. */
import { itemSize } from '../../tensor/dtypes.ts';
import type { HostSource } from '../source.ts';
import { forEachRun, type WindowPlan } from './plan.ts';

/** @returns the window's elements, dense, row-major, in the stored dtype */
export function readHost({ bytes, layout }: HostSource, plan: WindowPlan): Uint8Array {
  const size = itemSize(layout.dtype);
  const result = new Uint8Array(plan.elements * size);
  const runBytes = plan.run * size;
  let to = 0;
  if (plan.run * size > 64) {
    forEachRun(plan, (element) => {
      const from = element * size;
      result.set(bytes.subarray(from, from + runBytes), to);
      to += runBytes;
    });
    return result;
  }
  // Short runs: a subarray for each would cost more than its bytes.
  forEachRun(plan, (element) => {
    const from = element * size;
    for (let k = 0; k < runBytes; k++) result[to++] = bytes[from + k]!;
  });
  return result;
}
