/**
 * Fortran order: the first axis varies fastest. A row-major tensor is cut into windows that follow each other in that
 * order, so that each can be read by itself and turned around in memory, whatever the size of the tensor.
 */
import type { AxisRange } from '../protocol/tensor.ts';
import { columnMajorStrides, sizeOf } from '../tensor/shape.ts';
import { wholeSlice } from '../tensor/slice.ts';

/**
 * Windows whose elements, each in column-major order, make up those of the tensor.
 * @param largest elements of a window; at least one is taken
 */
export function* columnMajorWindows(shape: readonly number[], largest: number): Generator<AxisRange[]> {
  if (sizeOf(shape) === 0) return;
  // Axes before this one are whole in every window, those behind it have one index.
  let cut = 0;
  let before = 1;
  while (cut < shape.length - 1 && before * shape[cut]! <= largest) before *= shape[cut++]!;
  const step = Math.max(1, Math.floor(largest / before));
  const length = shape[cut] ?? 1;
  const whole = wholeSlice(shape);
  const outer = shape.map((_, axis) => (axis > cut ? 0 : null));
  for (;;) {
    for (let start = 0; start < length; start += step) {
      yield whole.map((range, axis) => {
        if (axis < cut) return range;
        return axis === cut
          ? { ...range, start, count: Math.min(step, length - start) }
          : { ...range, start: outer[axis]!, count: 1 };
      });
    }
    let axis = cut + 1;
    while (axis < shape.length && ++outer[axis]! === shape[axis]) outer[axis++] = 0;
    if (axis >= shape.length) return;
  }
}

/**
 * The elements of a dense row-major tensor in column-major order.
 * @param into takes them, and is what is returned
 */
export function columnMajorBytes(
  rowMajor: Uint8Array,
  shape: readonly number[],
  itemSize: number,
  into = new Uint8Array(rowMajor.byteLength),
): Uint8Array {
  if (rowMajor.byteLength === 0) return into;
  const strides = columnMajorStrides(shape).map((stride) => stride * itemSize);
  const last = shape.length - 1;
  const [count, stride] = [shape[last] ?? 1, strides[last] ?? 0];
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; ;) {
    for (let k = 0, at = to; k < count; k++, at += stride) {
      for (let byte = 0; byte < itemSize; byte++) into[at + byte] = rowMajor[from++]!;
    }
    // On to the next row.
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      to += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      to -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
    if (axis < 0) return into;
  }
}
