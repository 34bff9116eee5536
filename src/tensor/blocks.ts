/** Cutting a tensor into windows that are read, compared or summed up one after the other in bounded memory. */
import type { AxisRange } from '../protocol/tensor.ts';
import { sizeOf } from './shape.ts';

/** Which axes are cut first: the first ones (whole rows), the last ones (whole columns), or the longest (squares). */
export type BlockOrder = 'row-major' | 'column-major' | 'square';

/**
 * Windows that together are the whole tensor, each of at most `maxElements` (at least one). In row-major order they
 * follow one another as the elements do; column-major ones are quick to read where the first axis varies fastest, and
 * square ones are bearable for either storage.
 */
export function* blocks(
  shape: readonly number[],
  maxElements: number,
  order: BlockOrder = 'row-major',
): Generator<AxisRange[], void, undefined> {
  if (shape.includes(0)) return;
  const extent = blockShape(shape, Math.max(1, Math.floor(maxElements)), order);
  const start = shape.map(() => 0);
  for (;;) {
    yield shape.map((count, axis) => {
      const from = start[axis] as number;
      return { start: from, step: 1, count: Math.min(extent[axis] as number, count - from), dropped: false };
    });
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      start[axis] = (start[axis] as number) + (extent[axis] as number);
      if ((start[axis] as number) < (shape[axis] as number)) break;
      start[axis] = 0;
    }
    if (axis < 0) return;
  }
}

function blockShape(shape: readonly number[], maxElements: number, order: BlockOrder): number[] {
  const extent = [...shape];
  if (order === 'square') {
    while (sizeOf(extent) > maxElements) {
      const longest = extent.indexOf(Math.max(...extent));
      extent[longest] = Math.ceil((extent[longest] as number) / 2);
    }
    return extent;
  }
  const axes = order === 'row-major' ? shape.map((_, axis) => axis) : shape.map((_, axis) => shape.length - 1 - axis);
  for (const axis of axes) {
    const size = sizeOf(extent);
    if (size <= maxElements) break;
    extent[axis] = Math.max(1, Math.floor(maxElements / (size / (extent[axis] as number))));
  }
  return extent;
}
