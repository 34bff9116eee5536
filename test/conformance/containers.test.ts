/** Tensors deeper than those that a frame's list has: the containers that hold them are told, and listed on demand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PausedProgram } from '../support/pausedProgram.ts';

test('containers in which more tensors lie are told, and listed one after the other', async () => {
  const program = await PausedProgram.start('readers/containers.mjs');
  try {
    const list = async (within?: string) => {
      const { tensors, containers } = await program.inspector.list(program.top, within);
      return [tensors, containers].map((rows) => rows.map(({ expression }) => expression));
    };
    const [tensors, containers] = await list();
    assert.ok(tensors!.includes('params.scale') && tensors!.includes('model.weights[0]'), String(tensors));
    assert.deepEqual(containers, [
      'params.encoder',
      'params.cache',
      'net.layers[0]',
      'net.layers[1]',
      'connection.state',
      '[...groups][0]',
      'behind.late',
    ]);
    const elements = ['[...groups][1]', '[...byLayer.values()][0]', 'byLayer.get("bias")', '[...groups][0].w'];
    for (const [index, expression] of elements.entries()) {
      if (index < 3) assert.ok(tensors!.includes(expression), `${expression} is not among ${tensors!.join()}`);
      const { id } = await program.inspector.evaluate(program.top, expression, { throwOnSideEffect: true });
      assert.deepEqual((await program.inspector.read(id, {})).values, [[9], [10], [11], [8]][index]);
    }
    assert.deepEqual(await list('params.encoder'), [[], ['params.encoder.blocks[0]', 'params.encoder.blocks[1]']]);
    assert.deepEqual(await list('params.encoder.blocks[0]'), [
      ['params.encoder.blocks[0].w', 'params.encoder.blocks[0].b'],
      [],
    ]);
    assert.deepEqual(await list('params.cache'), [[], ['params.cache.get("keys")']]);
    assert.deepEqual((await list('params.cache.get("keys")'))[0], ['params.cache.get("keys").get("a b")']);
    assert.deepEqual((await list('net.layers[1]'))[0], ['net.layers[1].kernel', 'net.layers[1].scratch']);
    const { tensors: listed } = await program.inspector.list(program.top, 'params.cache.get("keys")');
    assert.deepEqual((await program.inspector.read(listed[0]!.tensor.id, {})).values, [4]);
    await assert.rejects(program.inspector.list(program.top, 'nowhere'), { code: 'not-available' });
    await assert.rejects(program.inspector.evaluate(program.top, 'params.encoder', { throwOnSideEffect: true }), {
      code: 'not-a-tensor',
      help: 'Its tensors lie deeper: look into params.encoder.blocks[0], params.encoder.blocks[1].',
    });
    assert.equal(await program.resume(), false);
    assert.equal((await program.closedOutput()).stdout, '0 5 2 16 1 7 5\n');
  } finally {
    await program.end();
  }
});
