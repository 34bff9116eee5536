/** Tracers of jax-js, evaluated where the function that is traced stands still. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PausedProgram } from '../support/pausedProgram.ts';
import { assertRefused } from '../support/refused.ts';

for (const device of ['cpu', 'wasm', 'webgpu']) {
  test(`tracers of jax-js on ${device} get their values, though their input has no reference left`, async () => {
    const program = await PausedProgram.start('readers/jaxTraced.mjs', { env: { JAX_DEVICE: device } });
    const { inspector } = program;
    const evaluate = (name: string) => inspector.evaluate(program.top, name, { throwOnSideEffect: true });
    try {
      for (const [where, expected] of [
        ['vmap', [3, 6, 21]],
        ['grad', [3, 6, 24]],
        ['jvp', [3, 6]],
      ] as const) {
        const pending = await evaluate('m');
        assert.deepEqual([pending.kind, pending.state], ['tracer', 'pending'], where);
        const { tensor } = await inspector.evaluateGraph(pending.id, []);
        assert.deepEqual((await inspector.read(tensor.id, {})).values, expected, where);
        assert.match(
          tensor.access.reason!,
          /ran a kernel of jax-js for it at this stop.* It is a tracer of .*; shown is the value underneath\./,
        );
        assert.equal(tensor.access.reason!.includes('this is the whole batch, along axis 0'), where === 'vmap');

        // Now it has its value, and its input has none any more.
        const again = await evaluate('m');
        assert.equal(again.state, 'live');
        assert.deepEqual((await inspector.read(again.id, {})).values, expected);
        await assertRefused('invalid-argument', /has its value/, () => inspector.evaluateGraph(again.id, []));
        const used = await evaluate('x');
        assert.equal(used.state, 'consumed');
        await assertRefused('not-readable', /used its last reference/, () => inspector.evaluateGraph(used.id, []));
        assert.equal(await program.resume(), true);
      }
      // Underneath is a tracer of jit, which has no value either.
      const symbolic = await evaluate('m');
      assert.equal(symbolic.kind, 'symbolic');
      assert.match(symbolic.access.reason!, /tracer of vmap, over another tracer\. .*whole batch.*inside jit/);
      await assertRefused('invalid-argument', /can't be evaluated from outside/, () =>
        inspector.evaluateGraph(symbolic.id, []),
      );
      assert.equal(await program.resume(), false);
      await program.exited;
      assert.equal((await program.closedOutput()).stdout, '1 3,6,21\n1 3,3,3\n1 3,6\n1 3,0\n1 3,6,27\n');
    } finally {
      await program.end();
    }
  });
}
