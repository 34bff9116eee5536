/** `tensor/export` in Fortran order, against NumPy: the same values, and the order that it says. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { runPython } from '../formats/python.ts';
import { gpuEnvironment } from '../support/environment.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { TestSession } from './session.ts';

const launch = { program: '../readers/orders.mjs', env: gpuEnvironment() };

test('Fortran order, from the device and from the host', async () => {
  await inTemporaryFolder(async (folder) => {
    const names = ['onDevice', 'wide', 'five', 'scalar', 'empty', 'complex', 'nested'];
    await TestSession.run({ launch }, async (session) => {
      await session.stopped();
      const { id: frameId } = await session.top();
      const write = (name: string, ending: string, fortranOrder: boolean, slice?: string) =>
        session.client.request('tensor/export', {
          tensors: [{ name, tensor: { expression: name, frameId }, ...(slice !== undefined && { slice }) }],
          file: join(folder, `${name}${slice === undefined ? '' : '-slice'}.${fortranOrder ? 'F' : 'C'}.${ending}`),
          encoding: { fortranOrder },
        });
      for (const name of names) {
        for (const fortranOrder of [true, false]) {
          await write(name, 'npy', fortranOrder);
          await write(name, 'npz', fortranOrder);
        }
      }
      for (const fortranOrder of [true, false]) await write('onDevice', 'npy', fortranOrder, '3, ::-2, 1:150:3');
      const refused = await session.client.send('tensor/export', {
        tensors: [{ name: 'five', tensor: { expression: 'five', frameId } }],
        file: join(folder, 'five.csv'),
        encoding: { fortranOrder: true },
      });
      assert.equal(refused.success, false);
      const { error } = refused.body as { error: DebugProtocol.Message };
      assert.match(
        error.variables?.['report'] ?? '',
        /five\.csv can't be in Fortran order: a \.csv file has its elements in row-major order/,
      );
    });
    assert.equal(readdirSync(folder).length, 4 * names.length + 2);
    const script = `
import sys, numpy as np
def one(path):
    loaded = np.load(path)
    return loaded if isinstance(loaded, np.ndarray) else loaded[loaded.files[0]]
for name in sys.argv[2:]:
    for ending in ['npy'] if name.endswith('-slice') else ['npy', 'npz']:
        c, f = (one(f'{sys.argv[1]}/{name}.{order}.{ending}') for order in 'CF')
        assert c.dtype == f.dtype and c.shape == f.shape and c.tobytes() == f.tobytes(), name
        assert c.flags.c_contiguous and f.flags.f_contiguous, name
        assert f.size < 2 or f.ndim < 2 or not f.flags.c_contiguous, name
        print(name, ending, f.shape, f.dtype)`;
    const loaded = runPython(['-c', script, folder, ...names, 'onDevice-slice']);
    assert.equal(loaded.trim().split('\n').length, 2 * names.length + 1, loaded);
    assert.match(loaded, /onDevice npy \(30, 500, 200\) float32/);
    assert.match(loaded, /onDevice-slice npy \(250, 50\) float32/);
  });
});
