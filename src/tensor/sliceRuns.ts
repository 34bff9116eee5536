/** From ranges to element offsets in storage. Strides and offsets are in elements. */
import type { AxisRange } from '../protocol/tensor.ts';

/** `count` elements of storage: `offset`, `offset + stride`, ... */
interface Run {
  offset: number;
  stride: number;
  count: number;
}

/**
 * The elements that the ranges take, in row-major order of the slice, as runs of equal stride. Axes that join without
 * a gap are one run: a whole dense tensor is a single one.
 */
export function* sliceRuns(
  ranges: readonly AxisRange[],
  strides: readonly number[],
  offset: number,
): Generator<Run, void, undefined> {
  let base = offset;
  // Axes of one element move the start only; neighbours of which the outer one continues the inner one join.
  const axes: { stride: number; count: number }[] = [];
  for (let axis = 0; axis < ranges.length; axis++) {
    const { start, step, count } = ranges[axis] as AxisRange;
    if (count === 0) return;
    const stride = strides[axis] as number;
    base += start * stride;
    if (count === 1) continue;
    const outer = axes.at(-1);
    if (outer && outer.stride === stride * step * count) {
      outer.stride = stride * step;
      outer.count *= count;
    } else axes.push({ stride: stride * step, count });
  }
  const inner = axes.pop() ?? { stride: 1, count: 1 };
  const index = new Array<number>(axes.length).fill(0);
  for (;;) {
    yield { offset: base, stride: inner.stride, count: inner.count };
    let axis = axes.length - 1;
    for (; axis >= 0; axis--) {
      const { stride, count } = axes[axis] as { stride: number; count: number };
      base += stride;
      const next = (index[axis] as number) + 1;
      if (next < count) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      base -= stride * count;
    }
    if (axis < 0) return;
  }
}
