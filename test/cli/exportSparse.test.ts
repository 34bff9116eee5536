/** --export of sparse tensors: SciPy's layout in .npz, the dense form elsewhere. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runPython } from '../formats/python.ts';
import { inspect } from '../support/cli.ts';

const folder = temporaryFolder();

const sumScript = `
import sys, numpy as np, scipy.sparse
print(np.load(sys.argv[1]).tolist() == scipy.sparse.load_npz(sys.argv[2]).toarray().tolist() == [[0, 5], [3, 0]])`;

const script = `
import sys, numpy as np, scipy.sparse
path = sys.argv[1]
if path.endswith('.npz'):
    matrix = scipy.sparse.load_npz(path)
    print(matrix.format, matrix.dtype, matrix.shape, matrix.row.dtype, list(matrix.row), list(matrix.col), list(matrix.data))
else:
    print(np.load(path).dtype, np.load(path).tolist())`;
import { temporaryFolder } from '../support/temporaryFolder.ts';

const loaded = (file: string) => runPython(['-c', script, file]).trim();
const exporting = (expression: string, file: string) =>
  inspect(['--expr', expression, '--export', join(folder, file), 'sparse.mjs']);

for (const expression of ['value', 'eager']) {
  test(`SciPy loads a sparse tensor: ${expression}`, async () => {
    const { status, document, stderr } = await exporting(expression, `${expression}.npz`);
    assert.equal(status, 0, stderr);
    assert.deepEqual(document.exports[0]?.tensors, [expression]);
    assert.equal(
      loaded(join(folder, `${expression}.npz`)),
      'coo float32 (3, 4) int32 [2, 0, 1] [0, 3, 1] [1.5, nan, -2.0]',
    );
  });
}

test('a large one stays sparse, and its description says what the dense form would weigh', async () => {
  const { status, document } = await exporting('large', 'large.npz');
  assert.equal(status, 0);
  assert.deepEqual(document.tensors[0]?.shape, [100_000, 50_000]);
  const warning = document.tensors[0].warnings.find(({ code }) => code === 'sparse-to-dense');
  assert.match(warning?.message ?? '', /36 B; its dense form would take 18\.6 GB/);
  assert.match(loaded(join(folder, 'large.npz')), /^coo float32 \(100000, 50000\)/);
});

test('the dense form, with a warning and the size; too large, a refusal', async () => {
  const { status, document } = await exporting('eager', 'dense.npy');
  assert.equal(status, 0);
  assert.equal(
    loaded(join(folder, 'dense.npy')),
    'float32 [[0.0, 0.0, 0.0, nan], [0.0, -2.0, 0.0, 0.0], [1.5, 0.0, 0.0, 0.0]]',
  );
  const warning = document.warnings.find(({ code }) => code === 'sparse-to-dense');
  assert.match(warning?.message ?? '', /eager holds 36 B; it was written in its dense form, 48 B/);

  const refused = await exporting('large', 'large.npy');
  assert.equal(refused.status, 4);
  assert.match(refused.stderr, /dense form would take 18\.6 GB/);
  assert.match(refused.stderr, /\.npz/);
});

test('values of one place are added up in the dense form, too, which is told only where it is larger', async () => {
  const { status, document } = await exporting('twice', 'twice.npy');
  assert.equal(status, 0);
  assert.deepEqual(document.warnings, []);
  assert.equal((await exporting('twice', 'twice.npz')).status, 0);
  assert.equal(runPython(['-c', sumScript, join(folder, 'twice.npy'), join(folder, 'twice.npz')]).trim(), 'True');
});

test('help that can be followed: no .npz for what SciPy refuses, no dense form that is too large', async () => {
  const dense = await exporting('largeCube', 'largeCube.npy');
  assert.match(dense.stderr, /dense form would take 3\.7 GB/);
  assert.doesNotMatch(dense.stderr, /Write \.npz/);
  assert.match(dense.stderr, /Write its values and indices/);
  const sparse = await exporting('largeCube', 'largeCube.npz');
  assert.match(sparse.stderr, /largeCube has rank 3/);
  assert.doesNotMatch(sparse.stderr, /\.npy/);
});

test('what SciPy has no place for is refused, and leaves no file', async () => {
  const cube = await exporting('cube', 'cube.npz');
  assert.equal(cube.status, 4);
  assert.match(cube.stderr, /cube has rank 3/);
  assert.equal((await exporting('cube', 'cube.npy')).status, 0);
  assert.match(loaded(join(folder, 'cube.npy')), /^float32 .*7\.0/);

  for (const file of ['outside.npz', 'outside.npy']) {
    const outside = await exporting('outside', file);
    assert.equal(outside.status, 4);
    assert.match(outside.stderr, /index 2 on an axis of 2/);
    assert.equal(existsSync(join(folder, file)), false);
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.partial')),
    [],
  );
});
