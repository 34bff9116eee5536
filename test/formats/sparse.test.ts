import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesReader } from '../../src/formats/byteReader.ts';
import { encodeInMemory } from '../../src/formats/format.ts';
import { npz } from '../../src/formats/npz.ts';
import { denseByteLength, readSparseMatrix, scipyMembers } from '../../src/formats/scipySparse.ts';
import type { SparseMatrix } from '../../src/formats/scipySparse.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { encodeElements, itemSize } from '../../src/tensor/dtypes.ts';
import { jsonFixture } from '../unit/fixtures.ts';
import { loadWithNumpy } from './python.ts';
import type { LoadedArray } from './python.ts';

async function read(file: Uint8Array): Promise<SparseMatrix | null> {
  return readSparseMatrix((await npz.open?.(bytesReader(file))) ?? []);
}

/** The dense form, for comparison. */
function dense({ dtype, shape, values, rows, columns }: SparseMatrix): string {
  const size = itemSize(dtype);
  const bytes = new Uint8Array(shape[0] * shape[1] * size);
  for (let i = 0; i < values.length / size; i++) {
    bytes.set(
      values.subarray(i * size, (i + 1) * size),
      ((rows[i] as number) * shape[1] + (columns[i] as number)) * size,
    );
  }
  return Buffer.from(bytes).toString('hex');
}

test('matrices that SciPy saved are read: coo, csr and csc; others are named', async () => {
  interface Case {
    file: string;
    format: string;
    dtype: DType;
    shape: number[];
    hex: string;
  }
  const cases = jsonFixture<Case[]>('sparse.json');
  assert.ok(cases.length > 60);
  for (const { file, format, dtype, shape, hex } of cases) {
    const bytes = new Uint8Array(Buffer.from(file, 'base64'));
    if (format === 'dia') {
      await assert.rejects(read(bytes), { code: 'invalid-file', message: /"dia" are not read/ });
      continue;
    }
    const matrix = await read(bytes);
    assert.ok(matrix);
    assert.equal(matrix.dtype, dtype);
    assert.deepEqual(matrix.shape, shape);
    assert.equal(dense(matrix), hex, `${format} ${dtype}`);
  }
});

test('SciPy loads what is written', async () => {
  const matrix: SparseMatrix = {
    dtype: 'float32',
    shape: [3, 4],
    values: encodeElements([1.5, -2, NaN], 'float32'),
    rows: [0, 2, 1],
    columns: [3, 0, 1],
  };
  const file = await encodeInMemory(npz, scipyMembers(matrix));
  const [loaded] = await loadWithNumpy<LoadedArray & { format: string }>({ 'x.sparse.npz': file });
  assert.equal(loaded?.format, 'coo');
  assert.deepEqual(loaded?.shape, [3, 4]);
  assert.equal(loaded?.hex, dense(matrix));
  assert.equal(dense((await read(file)) as SparseMatrix), dense(matrix));
  assert.equal(denseByteLength('float32', [3, 4]), 48);
});

test('what is no sparse matrix, or a damaged one', async () => {
  const values = encodeElements([1], 'float32');
  const matrix: SparseMatrix = { dtype: 'float32', shape: [2, 2], values, rows: [2], columns: [0] };
  assert.throws(() => scipyMembers(matrix), { code: 'invalid-argument', message: /outside the shape/ });
  assert.throws(() => scipyMembers({ ...matrix, dtype: 'bfloat16' }), { code: 'lossy-dtype' });
  const members = scipyMembers({ ...matrix, rows: [1] });
  const outside = members.map((member) =>
    member.name === 'row' ? { ...member, bytes: encodeElements([7], 'int32') } : member,
  );
  await assert.rejects(async () => read(await encodeInMemory(npz, outside)), { code: 'invalid-file' });
  const plain = members.filter((member) => member.name === 'data');
  assert.equal(await read(await encodeInMemory(npz, plain)), null);
});
