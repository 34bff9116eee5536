/** Comparing at a stop: two tensors, a tensor and a file, this stop and an earlier one; and the differences themselves. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runPython } from '../formats/python.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

for (const backend of ['cpu', 'webgpu'] as const) {
  test(`${backend}: with a tensor, with a file, with the stop before`, async () => {
    await inTemporaryFolder(async (folder) => {
      runPython([
        '-c',
        "import sys, numpy as np; a = np.arange(6.).reshape(2, 3); np.savez(sys.argv[1] + '/x.npz', weights=a + [0, 3, 0], short=a[:1])",
        folder,
      ]);
      const file = join(folder, 'x.npz');
      const program = await PausedProgram.start('compare/steps.mjs', { env: { TFJS_BACKEND: backend } });
      try {
        const { inspector } = program;
        const named = async (name: string) => ({
          id: (await inspector.evaluate(program.top, name, { throwOnSideEffect: true })).id,
          name,
        });
        const near = await inspector.compare(await named('weights'), await named('other'));
        assert.deepEqual([near.close, near.count, near.different, near.first], [true, 6, 0, null]);
        const exact = await inspector.compare(await named('other'), await named('host'), {
          tolerance: { atol: 0, rtol: 0 },
        });
        assert.deepEqual([exact.close, exact.sameShape], [false, false]);

        const withFile = await inspector.compare(await named('weights'), { file, purpose: 'weights' });
        assert.deepEqual([withFile.different, withFile.first, withFile.sameDType], [2, [0, 1], false]);
        assert.deepEqual(withFile.absolute, { difference: 3, index: [0, 1], a: 1, b: 4 });
        const window = await inspector.differences(await named('weights'), { file, purpose: 'weights' }, ':, 1:');
        assert.deepEqual(window, {
          slice: '0:2, 1:3',
          shape: [2, 2],
          values: [
            [-3, 0],
            [-3, 0],
          ],
        });
        await assert.rejects(inspector.differences(await named('weights'), { file: `${file}#short`, purpose: '' }), {
          code: 'invalid-argument',
        });

        const earlier = { file: join(folder, 'earlier.npy'), purpose: 'weights' };
        await inspector.export({ file: earlier.file, force: false, tensors: [await named('weights')] });
        assert.ok(await program.resume());
        const since = await inspector.compare(await named('weights'), earlier);
        assert.deepEqual([since.different, since.first], [1, [1, 1]]);
        assert.deepEqual(since.absolute, { difference: 0.5, index: [1, 1], a: 4.5, b: 4 });
        const changed = await inspector.differences(await named('weights'), earlier);
        assert.deepEqual(changed.values, [
          [0, 0, 0],
          [0, 0.5, 0],
        ]);
      } finally {
        await program.end();
      }
    });
  });
}
