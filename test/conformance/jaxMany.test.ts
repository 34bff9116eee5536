/** Private fields of many arrays: in one round trip where the stopped frame allows it, and right where it does not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodeBinaries } from '../support/environment.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

for (const { major, path: executable } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    test('a hundred arrays of jax-js are listed with their state at every stop', async () => {
      const program = await PausedProgram.start('readers/jaxMany.mjs', { executable });
      let messages = 0;
      const { agent } = program;
      const send = agent.send.bind(agent) as (...args: unknown[]) => unknown;
      const counted = (...args: unknown[]) => {
        messages++;
        return send(...args);
      };
      agent.send = counted as typeof agent.send;
      try {
        for (const [name, isFast] of [
          ['plain', true],
          ['stop', false],
          ['shadowed', false],
          ['differing', false],
        ] as const) {
          assert.equal(program.frames[0]?.functionName, name);
          messages = 0;
          const { tensors } = await program.inspector.list(program.top);
          assert.equal(messages < 30, isFast, `${messages} messages at the stop in ${name}`);
          const listed = tensors.filter(({ expression }) => expression.startsWith('list['));
          assert.equal(listed.length, name === 'differing' ? 101 : 100);
          for (const { tensor } of listed.slice(0, 100)) {
            assert.deepEqual([tensor.dtype, tensor.shape, tensor.state], ['float32', [2], 'live']);
            assert.equal(tensor.device.type, 'cpu');
          }
          if (name === 'differing') assert.equal(listed[100]!.tensor.access.how, 'none');
          const { values } = await program.inspector.read(listed[7]!.tensor.id, {});
          assert.deepEqual(values, [7, 8]);
          await program.resume();
        }
        assert.equal((await program.closedOutput()).stdout, `${'1'.repeat(100)}\n`);
      } finally {
        await program.end();
      }
    });
  });
}
