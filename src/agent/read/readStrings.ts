import type { AxisRange } from '../../protocol/tensor.ts';
import { rowMajorStrides } from '../../tensor/shape.ts';
import type { StringSource } from '../source.ts';
import { forEachRun, planWindow } from './plan.ts';

/** A window of strings, row-major. */
export function readStrings(source: StringSource, ranges: readonly AxisRange[]): string[] {
  const { shape, values, strides = rowMajorStrides(shape), offset = 0 } = source;
  const decoder = new TextDecoder();
  const strings: string[] = [];
  const plan = planWindow({ dtype: 'string', shape, strides, offset }, ranges);
  forEachRun(plan, (element) => {
    for (let k = element; k < element + plan.run; k++) {
      const value = values[k];
      strings.push(typeof value === 'string' ? value : decoder.decode(value!));
    }
  });
  return strings;
}
