/**
 * Shape trackers of jax-js: a list of views, each `{ shape, strides, offset, mask }`. The last one has the array's shape; what
 * it addresses is the flat index into the view before it, and what the first one addresses is an element of the storage.
 * Outside of a mask (`[from, to)` per axis) elements are 0. One view without a mask is an ordinary strided layout.
 */
import { ownValue } from '../../safely.ts';
import { isInspectable } from '../../safely.ts';

export interface View {
  shape: number[];
  strides: number[];
  offset: number;
  mask: [number, number][] | null;
}

function integers(value: unknown): number[] | undefined {
  if (!isInspectable(value) || !Array.isArray(value)) return undefined;
  return value.every((item) => Number.isSafeInteger(item)) ? (value as number[]) : undefined;
}

function viewOf(view: object): View | undefined {
  const [shape, strides] = [integers(ownValue(view, 'shape')), integers(ownValue(view, 'strides'))];
  const [offset, mask] = [ownValue(view, 'offset'), ownValue(view, 'mask')];
  if (!shape || strides?.length !== shape.length || !Number.isSafeInteger(offset)) return undefined;
  if (mask === null) return { shape, strides, offset: offset as number, mask };
  const isMask = isInspectable(mask) && Array.isArray(mask) && mask.length === shape.length;
  if (!isMask || !mask.every((range) => isInspectable(range) && integers(range)?.length === 2)) return undefined;
  return { shape, strides, offset: offset as number, mask: mask as [number, number][] };
}

/** @returns undefined where a view does not look as expected */
export function viewsOf(views: readonly object[]): View[] | undefined {
  const read = views.map(viewOf);
  return read.length > 0 && read.every((view) => view !== undefined) ? read : undefined;
}

/** Where element `flat` (row-major) of the last view is in the storage; -1 where it is 0 for a mask. */
export function placeOf(views: readonly View[]): (flat: number) => number {
  const reversed = [...views].reverse();
  return (flat) => {
    let place = flat;
    for (const { shape, strides, offset, mask } of reversed) {
      let rest = place;
      place = offset;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const index = rest % shape[axis]!;
        rest = (rest - index) / shape[axis]!;
        if (mask && (index < mask[axis]![0] || index >= mask[axis]![1])) return -1;
        place += index * strides[axis]!;
      }
    }
    return place;
  };
}
