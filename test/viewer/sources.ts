/** Tensors for the viewer's tests: real .npy files, real typed arrays, and one too large to exist. */
import type { AxisRange, DType, TensorStatistics } from '../../src/protocol/tensor.ts';
import type { StoredTensor, TensorValues } from '../../src/formats/format.ts';
import { tensorInMemory } from '../../src/formats/inMemory.ts';
import { decodeElements, encodeElements, itemSize } from '../../src/tensor/dtypes.ts';
import type { Element } from '../../src/tensor/dtypes.ts';
import { HistogramAccumulator } from '../../src/tensor/histogram.ts';
import { jsonElement } from '../../src/tensor/jsonValue.ts';
import { rowMajorStrides, sizeOf } from '../../src/tensor/shape.ts';
import { sliceSize, wholeSlice } from '../../src/tensor/slice.ts';
import { sliceRuns } from '../../src/tensor/sliceRuns.ts';
import { StatisticsAccumulator } from '../../src/tensor/statistics.ts';

export interface Source {
  name: string;
  dtype: DType;
  shape: number[];
  byteLength: number;
  read(ranges: readonly AxisRange[]): Promise<TensorValues>;
  statistics(bins: number): Promise<Omit<TensorStatistics, 'cost'>>;
  findNotFinite(from: number, direction: 'next' | 'previous'): Promise<number | null>;
}

/** What is in a file or in memory. */
export function sourceOf(stored: StoredTensor, name = stored.name): Source {
  const { dtype, shape, byteLength } = stored;
  const bytes = async () => (await stored.read(wholeSlice(shape))) as Uint8Array;
  return {
    name,
    dtype,
    shape,
    byteLength,
    read: (ranges) => stored.read(ranges),
    async statistics(bins) {
      const all = await bytes();
      const accumulator = new StatisticsAccumulator(dtype);
      accumulator.add(all, 0);
      const { min, max, ...rest } = accumulator.finish();
      const histogram = min === null ? null : new HistogramAccumulator(dtype, Number(min), Number(max), bins);
      histogram?.add(all);
      const edge = (value: number | bigint | null) =>
        value === null ? null : (jsonElement(value, dtype) as number | string);
      return { ...rest, min: edge(min), max: edge(max), where: 'device', histogram: histogram?.finish() ?? null };
    },
    async findNotFinite(from, direction) {
      const values = decodeElements(await bytes(), dtype);
      const step = direction === 'next' ? 1 : -1;
      for (let i = from + step; i >= 0 && i < values.length; i += step) {
        if (!isFinite(values[i])) return i;
      }
      return null;
    },
  };
}

function isFinite(value: Element | undefined): boolean {
  return Array.isArray(value) ? value.every(Number.isFinite) : Number.isFinite(Number(value));
}

export function arraySource(name: string, dtype: DType, shape: number[], values: ArrayLike<Element>): Source {
  return sourceOf(tensorInMemory(name, dtype, shape, encodeElements(values, dtype)));
}

export function stringSource(name: string, shape: number[], values: string[]): Source {
  return sourceOf(tensorInMemory(name, 'string', shape, values));
}

/** A tensor of any size whose elements are computed where they are asked for. */
export function computedSource(
  name: string,
  dtype: DType,
  shape: number[],
  valueAt: (flat: number) => Element,
): Source {
  const stored: StoredTensor = {
    name,
    dtype,
    shape,
    byteLength: sizeOf(shape) * itemSize(dtype),
    read(ranges) {
      const values: Element[] = [];
      if (sliceSize(ranges) > 10_000_000) throw new Error('more was asked for than any screen shows');
      for (const run of sliceRuns(ranges, rowMajorStrides(shape), 0)) {
        for (let i = 0; i < run.count; i++) values.push(valueAt(run.offset + i * run.stride));
      }
      return Promise.resolve(encodeElements(values, dtype));
    },
  };
  return sourceOf(stored);
}
