/** A tensor in one line, for variables, hovers and tables. */
import type { AxisRange, DType, TensorDescriptor } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, itemSize } from './dtypes.ts';
import { isEvaluable } from './isEvaluable.ts';
import { formatElement } from './numbers.ts';
import { sizeOf } from './shape.ts';
import { wholeSlice } from './slice.ts';

const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes for people, with 1024 as the base and one decimal at most: `2.5 KB`, `256 MB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  // 1023.95 would print as 1024.
  while (amount >= (unit === 0 ? 1024 : 1023.95) && unit < byteUnits.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${Number(amount.toFixed(1))} ${byteUnits[unit]}`;
}

/** Milliseconds for people: `0.35 ms`, `4.2 ms`, `40 ms`, `1.5 s`; what took time is never `0 ms`. */
export function formatMs(ms: number): string {
  if (ms > 0 && ms < 0.005) return '< 0.01 ms';
  if (ms < 0.995) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 9.95) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  return `${Number((ms / 1000).toFixed(ms < 99_950 ? 1 : 0))} s`;
}

/** `[64, 10]`; an axis that is not known yet is `?`, and `[...]` a shape of which not even the rank is (null). */
export function formatShape(shape: readonly (number | null)[] | null): string {
  return `[${shape?.map((count) => count ?? '?').join(', ') ?? '...'}]`;
}

/** `float32[64, 10]` */
export function formatType(dtype: DType, shape: readonly (number | null)[] | null): string {
  return `${dtype}${formatShape(shape)}`;
}

/** Of a tensor: its rank may not be known. */
export function knownShape({ shape, unknownRank }: Pick<TensorDescriptor, 'shape' | 'unknownRank'>) {
  return unknownRank ? null : shape;
}

/** What the type line is made of. */
export type DescribedTensor = Pick<
  TensorDescriptor,
  'dtype' | 'shape' | 'unknownRank' | 'kind' | 'device' | 'location' | 'byteLength'
>;

/** `float32[64, 10] webgpu 2.5 KB`, `string[3] cpu`; what has no value says so instead: `float32[?, 10] symbolic`, `float32[...] symbolic`. */
export function describeType(tensor: DescribedTensor): string {
  const type = formatType(tensor.dtype, knownShape(tensor));
  if (tensor.kind === 'symbolic' || tensor.kind === 'tracer') return `${type} ${tensor.kind}`;
  const sparse = tensor.kind === 'sparse' ? 'sparse ' : '';
  const onDevice = tensor.device.type === 'webgpu' || tensor.device.type === 'webgl';
  const isStillOnHost = onDevice && tensor.location === 'host';
  const place = `${type} ${sparse}${tensor.device.type}${isStillOnHost ? ', still on host' : ''}`;
  const weight = formatWeight(tensor);
  if (weight === undefined) return place;
  return `${place}${isStillOnHost ? ',' : ''} ${weight}`;
}

/** What the values weigh; undefined for strings, which are the runtime's own: nobody knows. */
export function formatWeight({
  dtype,
  byteLength,
}: {
  dtype: TensorDescriptor['dtype'] | null;
  byteLength: number;
}): string | undefined {
  return dtype === 'string' ? undefined : formatBytes(byteLength);
}

/** The type line; what is gone has no place any more: `float32[3] disposed`. */
export function shortText(tensor: DescribedTensor & Pick<TensorDescriptor, 'state'>): string {
  const { state, dtype } = tensor;
  const isGone = state === 'disposed' || state === 'consumed';
  return isGone ? `${formatType(dtype, knownShape(tensor))} ${state}` : describeType(tensor);
}

const previewElements = 24;
const previewRow = 8;

/** What the `when` clauses of menus ask about: `tensor eager tfjs float32 readable`, `tensor symbolic tfjs float32 evaluable unreadable`. */
export function menuContext(tensor: TensorDescriptor): string {
  const { kind, runtime, dtype, access } = tensor;
  const words = ['tensor', kind, runtime, dtype, ...(isEvaluable(tensor) ? ['evaluable'] : [])];
  return [...words, access.how === 'none' ? 'unreadable' : 'readable'].join(' ');
}

/** The window that a one-line preview needs: everything if it is little, otherwise the start of the first row. */
export function previewRanges(shape: readonly number[]): AxisRange[] {
  const ranges = wholeSlice(shape);
  if (sizeOf(shape) <= previewElements) return ranges;
  return ranges.map((range, axis) => ({
    ...range,
    count: Math.min(range.count, axis === shape.length - 1 ? previewRow : 1),
  }));
}

const previewLength = 64;
const longestString = 24;

/**
 * The values part of the line: `[[0.1, 0.7, ...], ...]`. A tensor that fits is shown whole, otherwise its first row,
 * cut to what fits.
 * @param values the leading elements of each axis, as `previewRanges` says: little-endian in row-major order, or strings
 * @param window how many leading elements per axis the values hold
 * @param shape the whole tensor's shape, of the same rank
 */
export function previewValues(
  values: ArrayBufferView | readonly string[],
  dtype: DType,
  window: readonly number[],
  shape: readonly number[],
  maxLength = previewLength,
): string {
  const texts = elementTexts(values, dtype);
  const complete = window.every((count, axis) => count === shape[axis]);
  if (complete) {
    const all = nest(texts, window, shape);
    if (all.length <= maxLength || sizeOf(shape) <= 1) return all;
  }
  // At least one element is shown, however long it is.
  const row = window.at(-1) ?? 1;
  for (let shown = row; shown > 1; shown--) {
    const text = nest(texts, [...window.slice(0, -1).map((count) => Math.min(count, 1)), shown], shape, window);
    if (text.length <= maxLength) return text;
  }
  return nest(
    texts,
    window.map((count) => Math.min(count, 1)),
    shape,
    window,
  );
}

/** Brackets around `shown` leading elements per axis, with `...` where the shape has more; `held` are in `texts`. */
function nest(texts: readonly string[], shown: readonly number[], shape: readonly number[], held = shown): string {
  const build = (axis: number, flat: number): string => {
    if (axis === shape.length) return texts[flat] ?? '?';
    const parts: string[] = [];
    for (let i = 0; i < (shown[axis] as number); i++) {
      parts.push(build(axis + 1, flat * (held[axis] as number) + i));
    }
    if ((shown[axis] as number) < (shape[axis] as number)) parts.push('...');
    return `[${parts.join(', ')}]`;
  };
  return build(0, 0);
}

function elementTexts(values: ArrayBufferView | readonly string[], dtype: DType): string[] {
  if (!ArrayBuffer.isView(values)) {
    return values.map((text) =>
      JSON.stringify(text.length > longestString ? `${text.slice(0, longestString - 1)}…` : text),
    );
  }
  const read = elementReader(dtype);
  const view = dataViewOf(values);
  const size = itemSize(dtype);
  return Array.from({ length: values.byteLength / size }, (_, i) => formatElement(read(view, i * size), dtype));
}
