/** A tensor that was parsed from text and is in memory, as one in a file. */
import type { DType } from '../protocol/tensor.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { rowMajorStrides } from '../tensor/shape.ts';
import { sliceRuns } from '../tensor/sliceRuns.ts';
import { bytesReader } from './byteReader.ts';
import type { StoredTensor, TensorValues } from './format.ts';
import { readElements } from './storedElements.ts';

export function tensorInMemory(name: string, dtype: DType, shape: number[], values: TensorValues): StoredTensor {
  const strides = rowMajorStrides(shape);
  if (values instanceof Uint8Array) {
    const layout = { reader: bytesReader(values), position: 0, itemSize: itemSize(dtype), strides, swap: 0 };
    return { name, dtype, shape, byteLength: values.length, read: (ranges) => readElements(layout, ranges) };
  }
  return {
    name,
    dtype,
    shape,
    byteLength: 0,
    read(ranges) {
      const taken: string[] = [];
      for (const run of sliceRuns(ranges, strides, 0)) {
        for (let i = 0; i < run.count; i++) taken.push(values[run.offset + i * run.stride] as string);
      }
      return Promise.resolve(taken);
    },
  };
}
