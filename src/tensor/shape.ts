/** Shapes and strides. Shapes are element counts per axis, strides are in elements, order is row-major (C). */

/** The number of elements; 1 for a 0-d tensor. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const count of shape) size *= count;
  return size;
}

/** Strides of a dense tensor whose last axis varies fastest. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** Strides of a dense tensor whose first axis varies fastest (Fortran order). */
export function columnMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** The flat row-major index of a multi-index. */
export function ravelIndex(index: readonly number[], shape: readonly number[]): number {
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) flat = flat * (shape[axis] as number) + (index[axis] as number);
  return flat;
}

/** The multi-index of a flat row-major index; the inverse of `ravelIndex`. */
export function unravelIndex(flat: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const count = shape[axis] as number;
    index[axis] = flat % count;
    flat = Math.floor(flat / count);
  }
  return index;
}

/** Whether the strides are those of a dense row-major tensor; axes of one element may have any stride. */
export function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  if (sizeOf(shape) === 0) return true;
  const dense = rowMajorStrides(shape);
  return shape.every((count, axis) => count === 1 || strides[axis] === dense[axis]);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((count, axis) => count === b[axis]);
}
