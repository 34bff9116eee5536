/** Bulk bytes: through files that both sides see, through the protocol where they don't, and not at all where they would not fit. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeBinaries } from '../support/environment.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { peakGrowth } from '../support/peakMemory.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const expected = Float32Array.from({ length: 3 * 2 ** 20 }, (_, index) => index * 0.5);
const expectedBytes = Buffer.from(expected.buffer);

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

for (const [name, env] of [
  ['through a file', {}],
  ['through the protocol, to a debuggee that does not see our files', { HIDE_FILES: '1' }],
] as const) {
  test(`12 MiB are read and exported ${name}`, async () => {
    const folder = temporaryFolder();
    const program = await PausedProgram.start('readers/bulk.mjs', { env });
    try {
      const { id } = await program.inspector.evaluate(program.top, 'values', { throwOnSideEffect: true });
      const { bytes } = await program.inspector.read(id, { slice: '', encoding: 'bytes' });
      assert.equal(digest(Buffer.from(bytes!, 'base64')), digest(expectedBytes));
      const fractions: number[] = [];
      const file = join(folder, 'values.npy');
      await program.inspector.export({
        file,
        force: false,
        tensors: [{ name: 'values', id }],
        onProgress: (fraction) => fractions.push(fraction),
      });
      const written = readFileSync(file);
      assert.equal(digest(written.subarray(written.length - expectedBytes.length)), digest(expectedBytes));
      assert.equal(fractions.at(-1), 1);
      assert.deepEqual(readdirSync(folder), ['values.npy']);
    } finally {
      await program.end();
    }
  });
}

test('what would not fit into memory is refused before it moves; a window and a cancelled export leave nothing behind', async () => {
  const folder = temporaryFolder();
  const program = await PausedProgram.start('readers/bulk.mjs');
  try {
    const { id } = await program.inspector.evaluate(program.top, 'huge', { throwOnSideEffect: true });
    await assert.rejects(program.inspector.read(id, { slice: '' }), { code: 'not-enough-memory', message: /3\.5 GB/ });
    assert.deepEqual((await program.inspector.read(id, { slice: '-3:' })).values, [0, 0, 0]);
    const cancel = new AbortController();
    const file = join(folder, 'huge.npy');
    await assert.rejects(
      program.inspector.export({
        file,
        force: false,
        tensors: [{ name: 'huge', id }],
        onProgress: () => cancel.abort(),
        signal: cancel.signal,
      }),
      { code: 'cancelled' },
    );
    assert.ok(!existsSync(file));
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    await program.end();
  }
});

test('all of a large array of the program is looked at by the debugger, which tells how far it is and can be cancelled', async () => {
  const program = await PausedProgram.start('readers/bulk.mjs');
  try {
    const spoiled = 'Object.assign(new Float32Array(3 * 2 ** 20), { 5: NaN, 3145727: -Infinity })';
    const { id } = await program.inspector.evaluate(program.top, spoiled, { throwOnSideEffect: false });
    const fractions: number[] = [];
    const stats = await program.inspector.stats(id, { onProgress: (fraction) => fractions.push(fraction) });
    assert.deepEqual([stats.nan, stats.negInf, stats.firstNotFinite, stats.zeros], [1, 1, 5, 3 * 2 ** 20 - 2]);
    assert.ok(fractions.length > 2, String(fractions));
    assert.equal(fractions.at(-1), 1);
    const found = [];
    for (const from of [-1, 5, 3145727]) found.push(await program.inspector.find(id, from, 'next'));
    for (const from of [3145727, 5]) found.push(await program.inspector.find(id, from, 'previous'));
    assert.deepEqual(found, [5, 3145727, null, 5, null]);
    // Given up before its first block: all 3.5 GB would take seconds.
    const huge = await program.inspector.evaluate(program.top, 'huge', { throwOnSideEffect: true });
    const signal = AbortSignal.abort();
    await assert.rejects(program.inspector.stats(huge.id, { signal }), { code: 'cancelled' });
    await assert.rejects(program.inspector.find(huge.id, -1, 'next', signal), { code: 'cancelled' });
  } finally {
    await program.end();
  }
});

for (const { path, major } of nodeBinaries()) {
  test(`an array of 5 GiB in Node ${major}`, async () => {
    const folder = temporaryFolder();
    const program = await PausedProgram.start('readers/bulk.mjs', { executable: path });
    try {
      const { id, shape, access } = await program.inspector.evaluate(program.top, 'longer', {
        throwOnSideEffect: true,
      });
      assert.deepEqual(shape, [640 * 2 ** 20]);
      if (major < 22) {
        assert.equal(access.how, 'none');
        await assert.rejects(program.inspector.read(id, {}), {
          code: 'too-large',
          message: /5368709120 bytes, and Node 20/,
        });
        return;
      }
      const middle = `${2 ** 29 - 1}:${2 ** 29 + 2}`;
      assert.deepEqual((await program.inspector.read(id, { slice: middle })).values, [0, 1.5, 0]);
      const tensors = [{ name: 'longer', id, slice: '-2:' }];
      await program.inspector.export({ file: join(folder, 'x.npy'), force: false, tensors });
      assert.equal(
        digest(readFileSync(join(folder, 'x.npy')).subarray(-16)),
        digest(Buffer.from(Float64Array.of(0, 2.5).buffer)),
      );
    } finally {
      await program.end();
    }
  });
}

const isLinux = process.platform === 'linux';
test(
  'a large tensor takes little memory on its way into any format',
  { skip: !isLinux && 'counted by Linux' },
  async () => {
    const folder = temporaryFolder();
    const program = await PausedProgram.start('readers/bulk.mjs');
    try {
      const pids = [program.process.pid!, process.pid];
      const write = async (expression: string, ending: string, encoding = {}, mostMiB = 64) => {
        const { id } = await program.inspector.evaluate(program.top, expression, { throwOnSideEffect: true });
        const file = join(folder, `x.${ending}`);
        const tensors = [{ name: 'x', id }];
        const growth = await peakGrowth(pids, () => program.inspector.export({ file, force: true, encoding, tensors }));
        for (const bytes of growth) {
          assert.ok(
            bytes < mostMiB * 2 ** 20,
            `${ending} ${JSON.stringify(encoding)}: ${growth.join(' and ')} bytes more`,
          );
        }
      };
      await write('large', 'npy');
      // Nothing is made of its elements that would have to wait for the garbage collection.
      await write('large', 'npz', {}, 32);
      await write('large', 'npz', { compress: true });
      await write('picture', 'npy', { fortranOrder: true });
      await write('picture', 'png');
      await write('picture', 'csv');
    } finally {
      await program.end();
    }
  },
);
