/**
 * Sparse matrices in SciPy's layout: an .npz archive of `format` (here `coo`, by coordinates), `shape`, `data` and the indices `row`
 * and `col`, which `scipy.sparse.load_npz` reads.
 * Source: https://docs.scipy.org/doc/scipy/reference/generated/scipy.sparse.save_npz.html
 */
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { encodeElements } from '../tensor/dtypes.ts';
import type { TensorHeader } from './format.ts';

/** Whether SciPy has sparse matrices of that dtype. */
export function isInScipy(dtype: DType): boolean {
  return dtype !== 'float16' && dtype !== 'bfloat16' && dtype !== 'string' && dtype !== 'unknown';
}

/**
 * What the archive's members are, for a writer that has the elements of `row`, `col` and `data` elsewhere; those of the
 * others are here.
 * @throws TensorError `lossy-dtype` for dtypes SciPy has not
 */
export function scipyHeaders(
  dtype: DType,
  shape: readonly [number, number],
  count: number,
  indexDType: DType,
): { row: TensorHeader; col: TensorHeader; data: TensorHeader; rest: (TensorHeader & { bytes?: Uint8Array })[] } {
  if (!isInScipy(dtype)) {
    throw new TensorError({
      code: 'lossy-dtype',
      message: `SciPy has no sparse matrices of ${dtype}.`,
      help: 'Convert the values to float32 first.',
    });
  }
  return {
    row: { name: 'row', dtype: indexDType, shape: [count] },
    col: { name: 'col', dtype: indexDType, shape: [count] },
    data: { name: 'data', dtype, shape: [count] },
    rest: [
      { name: 'format', dtype: 'string', shape: [], strings: ['coo'] },
      { name: 'shape', dtype: 'int64', shape: [2], bytes: encodeElements(shape.map(BigInt), 'int64') },
    ],
  };
}
