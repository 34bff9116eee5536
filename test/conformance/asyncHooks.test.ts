/** Programs (and debuggers that follow promises) turn async hooks on; Node 20 then prints promises differently. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeBinaries } from '../support/environment.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

const hooks = 'import { createHook } from "node:async_hooks"; createHook({ init() {} }).enable();';

for (const { major, path } of nodeBinaries()) {
  test(`a GPU tensor is read with async hooks on, Node ${major}`, async () => {
    const program = await PausedProgram.start('readers/tfjsWebgpu.mjs', {
      executable: path,
      args: ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`],
    });
    try {
      const { id, location } = await program.inspector.evaluate(program.top, 'z', { throwOnSideEffect: true });
      assert.equal(location, 'device');
      const { values } = await program.inspector.read(id, { slice: '0, 0' });
      assert.equal(typeof values, 'number');
      assert.equal((await program.inspector.stats(id, {})).count, 640);
    } finally {
      await program.end();
    }
  });
}
