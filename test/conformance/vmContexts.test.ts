/** Programs that stop in `vm` contexts, as tests in Jest do: V8 keeps the objects of one context from functions of another. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runPython } from '../formats/python.ts';
import { trackCondition } from '../../src/protocol/trackCondition.ts';
import type { TrackedBatch } from '../../src/protocol/track.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const code =
  "import sys, numpy as np; np.save(sys.argv[1] + '/m.npy', np.float32([[9, 8], [7, 6]])); np.save(sys.argv[1] + '/v.npy', np.float32([4, 5, 6]))";
runPython(['-c', code, folder]);

for (const backend of ['cpu', 'webgpu']) {
  test(`TF.js on ${backend} in a context of its own is listed, read, assigned to, and left alone`, async () => {
    const env = { TFJS_BACKEND: backend };
    const alone = await PausedProgram.start('readers/vmContext.mjs', { env });
    const program = await PausedProgram.start('readers/vmContext.mjs', { env });
    try {
      const { inspector, top } = program;
      const { tensors, runtimes } = await inspector.list(top);
      assert.deepEqual(
        tensors.map(({ expression, tensor }) => [expression, tensor.dtype, tensor.shape, tensor.device.type]),
        [
          ['doubled', 'float32', [2, 2], backend],
          ['own', 'float32', [3], 'cpu'],
          ['nested.loss', 'float32', [], backend],
        ],
      );
      assert.equal(runtimes[0]?.backend, backend);
      const read = async (expression: string) => {
        const { id } = await inspector.evaluate(top, expression, { throwOnSideEffect: true });
        return (await inspector.read(id, {})).values;
      };
      assert.deepEqual(await read('doubled'), [
        [2, 4],
        [6, 8],
      ]);
      assert.deepEqual(await read('nested.loss'), 0.5);
      await inspector.assign({ callFrameId: top, expression: 'doubled', file: join(folder, 'm.npy') });
      await inspector.assign({ callFrameId: top, expression: 'own', file: join(folder, 'v.npy') });
      assert.deepEqual(await read('own'), [4, 5, 6]);

      // What is copied, and what passes a tracked line, after the debugger has been here.
      const batches: TrackedBatch[] = [];
      await inspector.track((batch) => batches.push(batch));
      const track = { id: 'doubled', expression: 'doubled', stopAt: 0 };
      const at = { url: 'inside.js', lineNumber: 7, condition: trackCondition([track]) };
      const { locations } = await program.main.send('Debugger.setBreakpointByUrl', at);
      assert.equal(locations.length, 1);

      assert.ok(await program.resume());
      await alone.resume();
      const { sites } = await inspector.copies();
      assert.deepEqual(
        sites.map(({ file, line, call, count, bytes }) => ({ file, line, call, count, bytes })),
        [{ file: 'inside.js', line: 9, call: 'data', count: 2, bytes: backend === 'cpu' ? 0 : 32 }],
      );
      const points = batches.flatMap((batch) => batch.points);
      assert.deepEqual(
        points.map(({ pass, min, max, mean }) => ({ pass, min, max, mean })),
        [{ pass: 1, min: 6, max: 9, mean: 7.5 }],
      );
      const [result, unread] = [program, alone].map(({ output }) => JSON.parse(output.stdout) as unknown[]);
      assert.deepEqual(result?.slice(0, 2), [
        [9, 8, 7, 6],
        [4, 5, 6],
      ]);
      assert.deepEqual(unread?.slice(0, 2), [
        [2, 4, 6, 8],
        [1, 2, 3],
      ]);
      // The new tensor is one more, and nothing else: the old one is still the program's.
      assert.equal(result?.[2], Number(unread?.[2]) + 1);
      assert.equal(result?.[3], unread?.[3]);

      const unreachable = { code: 'not-readable', message: /vm context of its own, and nothing in it leads/ };
      await assert.rejects(inspector.list(program.top), unreachable);
      assert.equal(await program.resume(), false);
    } finally {
      await Promise.all([program.end(), alone.end()]);
    }
  });
}
