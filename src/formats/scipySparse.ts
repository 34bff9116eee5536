/**
 * Sparse matrices in SciPy's layout: an .npz archive of `format`, `shape`, `data` and the indices (`row` and `col` for
 * `coo`, `indices` and `indptr` for `csr` and `csc`), which `scipy.sparse.load_npz` reads.
 * Source: https://docs.scipy.org/doc/scipy/reference/generated/scipy.sparse.save_npz.html
 */
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { encodeElements, isBigInteger, itemSize } from '../tensor/dtypes.ts';
import { wholeSlice } from '../tensor/slice.ts';
import { invalidFile } from './byteReader.ts';
import type { StoredTensor, TensorHeader } from './format.ts';

/** A sparse matrix by coordinates, as runtimes hold it: `values[i]` stands at `rows[i]`, `columns[i]`. */
export interface SparseMatrix {
  dtype: DType;
  shape: readonly [number, number];
  /** Little-endian elements. */
  values: Uint8Array;
  rows: ArrayLike<number>;
  columns: ArrayLike<number>;
}

/** SciPy's integers for indices: 32 bits as long as they suffice. */
function indexBytes(indices: ArrayLike<number>, shape: readonly [number, number]): [DType, Uint8Array] {
  if (Math.max(...shape) < 2 ** 31) return ['int32', encodeElements(indices, 'int32')];
  return ['int64', encodeElements(Array.from(indices, BigInt), 'int64')];
}

/** Whether SciPy has sparse matrices of that dtype. */
export function isInScipy(dtype: DType): boolean {
  return dtype !== 'float16' && dtype !== 'bfloat16' && dtype !== 'string' && dtype !== 'unknown';
}

/** @throws TensorError `lossy-dtype` for dtypes SciPy has not */
function assertInScipy(dtype: DType): void {
  if (isInScipy(dtype)) return;
  throw new TensorError({
    code: 'lossy-dtype',
    message: `SciPy has no sparse matrices of ${dtype}.`,
    help: 'Convert the values to float32 first.',
  });
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
  assertInScipy(dtype);
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

/**
 * The members of the archive, to be encoded by the `npz` format.
 * @throws TensorError `invalid-argument` where indices lie outside the shape, `lossy-dtype` for dtypes SciPy has not
 */
export function scipyMembers(matrix: SparseMatrix): (TensorHeader & { bytes?: Uint8Array })[] {
  const { dtype, shape, values, rows, columns } = matrix;
  assertInScipy(dtype);
  const count = values.length / itemSize(dtype);
  for (let i = 0; i < count; i++) {
    const [row, column] = [rows[i] as number, columns[i] as number];
    if (row >= 0 && row < shape[0] && column >= 0 && column < shape[1]) continue;
    throw new TensorError({
      code: 'invalid-argument',
      message: `Value ${i} stands at [${row}, ${column}], outside the shape [${shape.join(', ')}].`,
    });
  }
  const [indexDType, rowBytes] = indexBytes(rows, shape);
  const [, columnBytes] = indexBytes(columns, shape);
  const { row, col, data, rest } = scipyHeaders(dtype, shape, count, indexDType);
  return [{ ...row, bytes: rowBytes }, { ...col, bytes: columnBytes }, ...rest, { ...data, bytes: values }];
}

/** The bytes that a dense form would take. */
export function denseByteLength(dtype: DType, shape: readonly number[]): number {
  return shape.reduce((bytes, count) => bytes * count, itemSize(dtype));
}

/**
 * The matrix in an .npz archive, null if the archive holds no matrix of SciPy.
 * @throws TensorError `invalid-file` for formats other than coo, csr and csc, and for indices that do not fit
 */
export async function readSparseMatrix(members: readonly StoredTensor[]): Promise<SparseMatrix | null> {
  const byName = new Map(members.map((member) => [member.name, member]));
  const formatMember = byName.get('format');
  const data = byName.get('data');
  if (formatMember?.dtype !== 'string' || !data || data.dtype === 'string' || !byName.has('shape')) return null;
  const [format] = (await formatMember.read(wholeSlice(formatMember.shape))) as string[];
  const integers = async (name: string): Promise<number[]> => {
    const member = byName.get(name);
    if (!member || !/^u?int/.test(member.dtype))
      throw invalidFile(`The sparse matrix has no integers named "${name}".`);
    const bytes = (await member.read(wholeSlice(member.shape))) as Uint8Array;
    return readIntegers(bytes, member.dtype);
  };
  const shape = await integers('shape');
  if (shape.length !== 2) throw invalidFile(`The sparse matrix has ${shape.length} axes.`);
  const values = (await data.read(wholeSlice(data.shape))) as Uint8Array;
  const count = data.shape[0] ?? 0;
  let rows: number[];
  let columns: number[];
  if (format === 'coo') [rows, columns] = [await integers('row'), await integers('col')];
  else if (format === 'csr' || format === 'csc') {
    const minor = await integers('indices');
    const major = expandPointers(await integers('indptr'), count);
    [rows, columns] = format === 'csr' ? [major, minor] : [minor, major];
  } else throw invalidFile(`Sparse matrices in the format "${format}" are not read.`, 'Use matrix.tocoo() in SciPy.');
  const [height, width] = shape as [number, number];
  const inside = (indices: number[], size: number): boolean =>
    indices.length === count && indices.every((index) => index >= 0 && index < size);
  if (!inside(rows, height) || !inside(columns, width)) {
    throw invalidFile(`The sparse matrix has indices outside its shape [${height}, ${width}], or too few.`);
  }
  return { dtype: data.dtype, shape: [height, width], values, rows, columns };
}

function readIntegers(bytes: Uint8Array, dtype: DType): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isBigInteger(dtype)) {
    return Array.from({ length: bytes.length / 8 }, (_, i) => Number(view.getBigInt64(i * 8, true)));
  }
  if (itemSize(dtype) !== 4) throw invalidFile(`The sparse matrix has indices of ${dtype}.`);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(i * 4, true));
}

/** From where each row starts to the row of each value. */
function expandPointers(pointers: readonly number[], count: number): number[] {
  const rows: number[] = [];
  if (pointers[0] !== 0) throw invalidFile('The sparse matrix has damaged row pointers.');
  for (let row = 0; row + 1 < pointers.length; row++) {
    const end = pointers[row + 1] as number;
    if (end < (pointers[row] as number) || end > count)
      throw invalidFile('The sparse matrix has damaged row pointers.');
    while (rows.length < end) rows.push(row);
  }
  return rows;
}
