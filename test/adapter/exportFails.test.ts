/** `tensor/export` where it can't end well: a clear reason, no half file, nothing temporary left. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ErrorReport } from '../../src/protocol/errors.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { TestSession } from './session.ts';

async function refusal(
  session: TestSession,
  expression: string,
  file: string,
  more: { loss?: string; encoding?: unknown } = {},
): Promise<ErrorReport> {
  const { id: frameId } = await session.top();
  const tensors = [{ name: 'values', tensor: { expression, frameId } }];
  const response = await session.client.send('tensor/export', { tensors, file, ...more });
  assert.equal(response.success, false);
  const { error } = response.body as { error: DebugProtocol.Message };
  return JSON.parse(error.variables?.['report'] ?? '') as ErrorReport;
}

/** Stops a program, with a folder at hand; at the session's end nothing else is left there than what is said. */
async function atStop(
  use: (session: TestSession, folder: string) => Promise<void>,
  left: string[] = [],
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
      await session.stopped();
      await use(session, folder);
    });
    assert.deepEqual(readdirSync(folder), left);
  });
}

test('a place where nothing can be written', async () => {
  await atStop(
    async (session, folder) => {
      writeFileSync(join(folder, 'file'), '');
      // The kernel's own folder refuses new files to everybody, root included.
      for (const place of ['/proc', join(folder, 'file')]) {
        const { code, message } = await refusal(session, 'new Float32Array(4)', join(place, 'x.npy'));
        assert.equal(code, 'file-system');
        assert.ok(message.startsWith(`x.npy could not be written in ${place}: `), message);
      }
    },
    ['file'],
  );
});

test('a value that would change is told before the file is there, where that is asked for', async () => {
  await atStop(
    async (session, folder) => {
      const values = 'new Float32Array(new Uint32Array([0x3f800000, 0x7fc00001]).buffer)';
      const file = join(folder, 'x.csv');
      const { code, message } = await refusal(session, values, file, { loss: 'refuse' });
      assert.equal(code, 'lossy-dtype');
      assert.match(message, /^values\[1\] is NaN with the bits 0x7fc00001 and becomes NaN in comma-separated values/);
      assert.deepEqual(readdirSync(folder), []);
      const { id: frameId } = await session.top();
      const tensors = [{ name: 'values', tensor: { expression: values, frameId } }];
      const response = await session.client.send('tensor/export', { tensors, file });
      const { warnings } = response.body as { warnings: { code: string }[] };
      assert.deepEqual([response.success, warnings.map((warning) => warning.code)], [true, ['lossy-dtype']]);
      assert.equal(readFileSync(file, 'utf8'), '1\nnan\n');
    },
    ['x.csv'],
  );
});

test('so is a string that would change', async () => {
  await atStop(async (session, folder) => {
    const content = `{ dtype: 'string', shape: [2], data: ['a', 'b\\0'] }`;
    await session.evaluate(`globalThis.texts = { [Symbol.for('tensor.inspect')]: () => (${content}) }`);
    const { code, message } = await refusal(session, 'texts', join(folder, 'x.npy'), { loss: 'refuse' });
    assert.equal(code, 'lossy-dtype');
    assert.equal(message, 'values[1] is "b\\u0000" and becomes "b" in NumPy array.');
    assert.deepEqual(readdirSync(folder), []);
  });
});

test('a heatmap: its colours are checked, and what becomes of a value is said as it is in the image', async () => {
  await atStop(
    async (session, folder) => {
      const file = join(folder, 'x.png');
      const values = '[[0, 0.25], [-0.5, 1]]';
      const unknown = await refusal(session, values, file, { encoding: { colormap: 'jet' } });
      assert.equal(unknown.message, '"encoding.colormap" of tensor/export must be "gray" or "viridis", not "jet".');
      const gray = await refusal(session, values, file, { loss: 'refuse' });
      assert.match(gray.message, /^values\[0, 0\] is 0 and becomes 85 in PNG image/);
      assert.deepEqual(readdirSync(folder), []);
      const { id: frameId } = await session.top();
      const tensors = [{ name: 'values', tensor: { expression: values, frameId } }];
      await session.client.request('tensor/export', { tensors, file, encoding: { colormap: 'viridis' } });
      assert.equal(readFileSync(file)[25], 2, 'RGB');
    },
    ['x.png'],
  );
});

test('the program is killed while 256 MiB are written', async () => {
  await atStop(async (session, folder) => {
    const pid = Number((await session.evaluate('process.pid')).result);
    const failing = refusal(session, 'new Float32Array(64 * 2 ** 20)', join(folder, 'x.npy'));
    // The first piece has arrived, three are to come.
    await session.client.event('tensor/progress');
    assert.deepEqual(readdirSync(folder).length, 1);
    process.kill(pid, 'SIGKILL');
    const { code, message } = await failing;
    assert.equal(code, 'program-ended');
    assert.match(message, /^The program (has ended|ended, or was killed)/);
  });
});

test('the program runs on, to its end, while 256 MiB are written', async () => {
  await atStop(async (session, folder) => {
    const failing = refusal(session, 'new Float32Array(64 * 2 ** 20)', join(folder, 'x.npy'));
    await session.client.event('tensor/progress');
    await session.client.request('continue', { threadId: 1 });
    const { code, message } = await failing;
    assert.deepEqual(
      [code, message],
      ['not-paused', 'The program ran on before this was read; what it stopped with is gone.'],
    );
  });
});

test('an export that is cancelled is answered when nothing of it is left', async () => {
  await atStop(async (session, folder) => {
    const { id: frameId } = await session.top();
    const tensors = [{ name: 'values', tensor: { expression: 'new Float32Array(64 * 2 ** 20)', frameId } }];
    const failing = session.client.send('tensor/export', { tensors, file: join(folder, 'x.npy') });
    const requestId = session.client.lastSeq;
    await session.client.event('tensor/progress');
    assert.deepEqual(readdirSync(folder).length, 1);
    const cancelled = session.client.request('cancel', { requestId });
    const { success, message } = await failing;
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(success, false);
    assert.match(message ?? '', /^Cancelled after .* nothing was left behind/);
    await cancelled;
  });
});

test('the session is ended while 256 MiB are written', async () => {
  await atStop(async (session, folder) => {
    const failing = refusal(session, 'new Float32Array(64 * 2 ** 20)', join(folder, 'x.npy'));
    await session.client.event('tensor/progress');
    assert.deepEqual(readdirSync(folder).length, 1);
    const [{ code, message }] = await Promise.all([failing, session.client.request('disconnect', {})]);
    assert.match(`${code}: ${message}`, /program|connection|cancelled/i);
  });
});

test('an encoding that there is not', async () => {
  await atStop(async (session, folder) => {
    for (const [more, problem] of [
      [
        { encoding: { bfloat16: 'nope' } },
        '"encoding.bfloat16" of tensor/export must be "ml_dtypes" or "float32", not "nope".',
      ],
      [{ encoding: { compress: 'yes' } }, '"encoding.compress" of tensor/export must be a boolean, not "yes".'],
      [
        { encoding: { order: 'F' } },
        '"encoding" of tensor/export must be an object of compress, bfloat16, fortranOrder, colormap, not {"order":"F"}.',
      ],
      [
        { encoding: 'F' },
        '"encoding" of tensor/export must be an object of compress, bfloat16, fortranOrder, colormap, not "F".',
      ],
      [{ loss: 'never' }, '"loss" of tensor/export must be "warn" or "refuse" or "refuse-strings", not "never".'],
    ] as const) {
      const { code, message } = await refusal(session, 'new Float32Array(4)', join(folder, 'x.npz'), more);
      assert.equal(code, 'invalid-argument');
      assert.equal(message, problem);
    }
  });
});
