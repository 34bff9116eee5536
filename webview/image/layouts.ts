/** Which axes of a tensor can be the height, the width and the channels of an image, and how its values become light. */
import type { AxisRange, DType } from '../../src/protocol/tensor.ts';
import { isFloat, isInteger } from '../../src/tensor/dtypes.ts';
import { formatSlice, sliceSize } from '../../src/tensor/slice.ts';
import type { ValueRange } from '../raster/colorScale.ts';
import type { SamplePlan } from '../raster/sampling.ts';

export type ImageLayoutName = 'channelsLast' | 'channelsFirst' | 'gray';

export interface ImageLayout {
  name: ImageLayoutName;
  height: number;
  width: number;
  /** null: one channel without an axis of its own. */
  channels: number | null;
  channelCount: number;
}

const channelCounts = [1, 3, 4];
/** Fewer rows or columns of colour pixels are no image: [2, 5, 3] is rather five points in space. */
const leastColorSide = 8;

/** The layouts that a shape allows, the likeliest first; the axes that a layout does not use are batches. */
export function layoutsOf(shape: readonly number[], dtype: DType): ImageLayout[] {
  const rank = shape.length;
  const numeric = isFloat(dtype) || isInteger(dtype) || dtype === 'bool';
  if (rank < 2 || !numeric || shape.includes(0)) return [];
  const size = (axis: number) => shape[axis] as number;
  const layouts: ImageLayout[] = [];
  const color = (name: ImageLayoutName, height: number, width: number, channels: number) => {
    if (!channelCounts.includes(size(channels)) || Math.min(size(height), size(width)) < leastColorSide) return;
    layouts.push({ name, height, width, channels, channelCount: size(channels) });
  };
  if (rank >= 3) {
    color('channelsLast', rank - 3, rank - 2, rank - 1);
    color('channelsFirst', rank - 2, rank - 1, rank - 3);
  }
  layouts.push({ name: 'gray', height: rank - 2, width: rank - 1, channels: null, channelCount: 1 });
  return layouts;
}

export const valueRanges = ['guess', 'unit', 'signed', 'bytes', 'shown'] as const;
/** `unit`: 0 to 1, `signed`: -1 to 1, `bytes`: 0 to 255, `shown`: from the smallest to the largest value that is shown. */
export type ValueRangeName = (typeof valueRanges)[number];

/** What black and white most likely are. */
export function guessRange(dtype: DType, shown: ValueRange | null): Exclude<ValueRangeName, 'guess'> {
  if (dtype === 'uint8') return 'bytes';
  if (dtype === 'bool' || !shown) return 'unit';
  const { min, max } = shown;
  if (min >= 0 && max <= 1) return 'unit';
  if (min >= 0 && max <= 255) return 'bytes';
  return min >= -1 && max <= 1 ? 'signed' : 'shown';
}

export function rangeOf(name: Exclude<ValueRangeName, 'guess'>, shown: ValueRange | null): ValueRange {
  if (name === 'unit') return { min: 0, max: 1 };
  if (name === 'signed') return { min: -1, max: 1 };
  if (name === 'bytes') return { min: 0, max: 255 };
  return shown ?? { min: 0, max: 1 };
}

/** The slice that reads a sampled image, and how many elements lie between its rows, columns and channels in the answer. */
export interface ImageSlice {
  slice: string;
  rowStride: number;
  columnStride: number;
  channelStride: number;
}

export function imageSlice(
  shape: readonly number[],
  layout: ImageLayout,
  index: readonly number[],
  plan: SamplePlan,
): ImageSlice {
  const ranges = shape.map((size, axis): AxisRange => {
    if (axis === layout.height) return { ...plan.rows, dropped: false };
    if (axis === layout.width) return { ...plan.columns, dropped: false };
    if (axis === layout.channels) return { start: 0, step: 1, count: size, dropped: false };
    return { start: index[axis] as number, step: 1, count: 1, dropped: true };
  });
  const stride = (axis: number | null): number => (axis === null ? 0 : sliceSize(ranges.slice(axis + 1)));
  return {
    slice: formatSlice(ranges, shape),
    rowStride: stride(layout.height),
    columnStride: stride(layout.width),
    channelStride: stride(layout.channels),
  };
}
