/** --assign: the program goes on with a file's values; the document says what was replaced. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runPython } from '../formats/python.ts';
import { inspect, runCli, tensorOf } from '../support/cli.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

test('a tensor from a file takes the place of a variable, before anything is read', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'new.npz');
    runPython([
      '-c',
      'import sys, numpy as np; np.savez(sys.argv[1], changed=np.ones(3, np.float32), weights=np.float32([8, 9]))',
      file,
    ]);
    const { status, document, stderr } = await inspect([
      '--assign',
      `changed=${file}`,
      '--assign',
      `fixed=${file}#weights`,
      'replaced.js',
    ]);
    assert.equal(status, 4, 'one of them is a constant');
    assert.match(stderr, /fixed can't be assigned to: it is a constant/);
    assert.deepEqual(
      document.assignments?.map(({ expression, dtype, shape, isNew }) => [expression, dtype, shape, isNew]),
      [['changed', 'float32', [3], true]],
    );
    assert.deepEqual(tensorOf(document, 'changed').values, [1, 1, 1]);
    assert.deepEqual(tensorOf(document, 'fixed').values, [5, 6]);

    const { stdout } = await runCli(['inspect', '--assign', `changed=${file}`, 'replaced.js']);
    assert.match(stdout, /changed is a new float32\[3\] \(Float32Array, cpu\), a copy of the values in new\.npz/);
    assert.match(stdout, /the sum is 3 and 11/);
  });
});

test('a file to assign that is not there is told at the start, and refused at the stop', async () => {
  const { status, document, stderr } = await inspect(['--assign', 'changed=nowhere.npy', 'replaced.js']);
  assert.deepEqual([status, document.stop?.reason], [4, 'debugger statement']);
  assert.match(stderr, /^tensor-debugger: There is no file .*nowhere\.npy/m);
});
