import type { AxisRange } from '../../protocol/tensor.ts';
import { rowMajorStrides } from '../../tensor/shape.ts';
import type { StringSource } from '../source.ts';
import { forEachRun, planWindow } from './plan.ts';

/** A window of strings, row-major. */
export function readStrings({ shape, values }: StringSource, ranges: readonly AxisRange[]): string[] {
  const strides = rowMajorStrides(shape);
  const decoder = new TextDecoder();
  const strings: string[] = [];
  const plan = planWindow({ dtype: 'string', shape, strides, offset: 0 }, ranges);
  forEachRun(plan, (element) => {
    for (let k = element; k < element + plan.run; k++) {
      const value = values[k];
      strings.push(typeof value === 'string' ? value : decoder.decode(value!));
    }
  });
  return strings;
}
