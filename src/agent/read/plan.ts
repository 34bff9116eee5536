/** From a layout and a slice to runs of contiguous elements: the common ground of host and device reads. */
import type { AxisRange } from '../../protocol/tensor.ts';
import type { StridedLayout } from '../source.ts';

export interface OuterAxis {
  count: number;
  /** In elements; negative for a negative step. */
  stride: number;
}

/**
 * A window as `outer.length` nested loops over runs of `run` contiguous elements, the first at element `start`.
 * In row-major order of the window; the last outer axis moves fastest.
 */
export interface WindowPlan {
  start: number;
  run: number;
  outer: OuterAxis[];
  /** How many runs: the product of the outer counts. */
  runs: number;
  /** How many elements: runs times run. */
  elements: number;
}

/** @param ranges one per axis of the layout, already checked against its shape. */
export function planWindow(layout: StridedLayout, ranges: readonly AxisRange[]): WindowPlan {
  let start = layout.offset;
  const axes: OuterAxis[] = [];
  let elements = 1;
  ranges.forEach((range, axis) => {
    const stride = layout.strides[axis] ?? 0;
    start += range.start * stride;
    elements *= range.count;
    if (range.count === 1) return;
    const next = { count: range.count, stride: range.step * stride };
    const last = axes.at(-1);
    // Two axes that walk as one are one: fewer loops, and longer runs below.
    if (last && last.stride === next.count * next.stride)
      axes[axes.length - 1] = { count: last.count * next.count, stride: next.stride };
    else axes.push(next);
  });
  if (elements === 0) return { start: 0, run: 0, outer: [], runs: 0, elements: 0 };
  const inner = axes.at(-1);
  const run = inner?.stride === 1 ? inner.count : 1;
  if (inner?.stride === 1) axes.pop();
  return { start, run, outer: axes, runs: elements / run, elements };
}

/** The lowest and one past the highest element that the window touches, in elements of the storage. */
export function spanOf(plan: WindowPlan): { from: number; to: number } {
  if (plan.elements === 0) return { from: 0, to: 0 };
  let from = plan.start;
  let to = plan.start + plan.run;
  for (const { count, stride } of plan.outer) {
    const reach = (count - 1) * stride;
    if (reach < 0) from += reach;
    else to += reach;
  }
  return { from, to };
}

/** Calls back with the first element of each run, in the window's order. */
export function forEachRun(plan: WindowPlan, visit: (element: number, index: number) => void): void {
  const { outer, runs } = plan;
  const counters = new Array<number>(outer.length).fill(0);
  let element = plan.start;
  for (let index = 0; index < runs; index++) {
    visit(element, index);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const { count, stride } = outer[axis]!;
      element += stride;
      if (++counters[axis]! < count) break;
      element -= stride * count;
      counters[axis] = 0;
    }
  }
}

/**
 * Splits a window into parts of at most `maxElements` elements each, in order, for bounded memory. Each part is a
 * window of its own.
 */
export function* splitPlan(plan: WindowPlan, maxElements: number): Generator<WindowPlan> {
  if (plan.elements <= maxElements) {
    if (plan.elements > 0) yield plan;
    return;
  }
  const [first, ...rest] = plan.outer;
  if (!first) {
    for (let done = 0; done < plan.run; done += maxElements) {
      const run = Math.min(maxElements, plan.run - done);
      yield { start: plan.start + done, run, outer: [], runs: 1, elements: run };
    }
    return;
  }
  const inner = plan.elements / first.count;
  const step = Math.max(1, Math.floor(maxElements / inner));
  for (let done = 0; done < first.count; done += step) {
    const count = Math.min(step, first.count - done);
    const part: WindowPlan = {
      start: plan.start + done * first.stride,
      run: plan.run,
      outer: count === 1 ? rest : [{ count, stride: first.stride }, ...rest],
      runs: (plan.runs / first.count) * count,
      elements: inner * count,
    };
    if (part.elements <= maxElements) yield part;
    else yield* splitPlan(part, maxElements);
  }
}

/** The elements `from` (inclusive, row-major in the window) to `to` (exclusive) of a window, as a sequence of windows. */
export function* planRange(plan: WindowPlan, from: number, to: number): Generator<WindowPlan> {
  if (from >= to) return;
  if (from === 0 && to === plan.elements) {
    yield plan;
    return;
  }
  const [first, ...rest] = plan.outer;
  if (!first) {
    yield { start: plan.start + from, run: to - from, outer: [], runs: 1, elements: to - from };
    return;
  }
  const inner = plan.elements / first.count;
  const rows = (index: number, count: number): WindowPlan => ({
    start: plan.start + index * first.stride,
    run: plan.run,
    outer: count === 1 ? rest : [{ count, stride: first.stride }, ...rest],
    runs: (plan.runs / first.count) * count,
    elements: inner * count,
  });
  const firstRow = Math.floor(from / inner);
  const firstWhole = Math.ceil(from / inner);
  const lastWhole = Math.floor(to / inner);
  if (firstRow === lastWhole) {
    yield* planRange(rows(firstRow, 1), from - firstRow * inner, to - firstRow * inner);
    return;
  }
  if (firstRow < firstWhole) yield* planRange(rows(firstRow, 1), from - firstRow * inner, inner);
  if (firstWhole < lastWhole) yield rows(firstWhole, lastWhole - firstWhole);
  if (lastWhole * inner < to) yield* planRange(rows(lastWhole, 1), 0, to - lastWhole * inner);
}
