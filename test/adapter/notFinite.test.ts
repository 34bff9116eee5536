/** Break on NaN or Inf: the op, its inputs and the first index, at the line that called it; and the program none the wiser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { gpuEnvironment } from '../support/environment.ts';
import { debuggee, lineOf, TestSession } from './session.ts';

const program = 'notFinite.mjs';

async function outputWithout(backend: string): Promise<string> {
  let output = '';
  await TestSession.run(
    { launch: { program, env: { ...gpuEnvironment(), TFJS_BACKEND: backend } } },
    async (session) => {
      assert.equal(await session.exitCode(), 0);
      output = session.client.outputOf('stdout');
    },
  );
  return output;
}

for (const backend of ['cpu', 'wasm', 'webgpu']) {
  test(`precise, ${backend}: behind the op`, async () => {
    const env = { ...gpuEnvironment(), TFJS_BACKEND: backend };
    await TestSession.run({ launch: { program, env }, exceptions: ['notFinitePrecise'] }, async (session) => {
      const stop = await session.stopped('exception');
      // The logarithm of 0 is a very small number on some GPUs.
      const made = backend === 'webgpu' ? /^Log made 1 NaN / : /^Log made 1 NaN and 1 Inf .* the first at \[0, 1\]/;
      assert.match(stop.text ?? '', made);
      assert.match(stop.text ?? '', / in float32\[2, 2\], the first at .*, from x float32\[2, 2\]\.$/);
      assert.equal((await session.top()).line, lineOf(debuggee(program), 'LOG'));
      const info = await session.client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
        threadId: 1,
      });
      assert.equal(info.exceptionId, 'NaN or Inf');
      await session.continue();
      // What is computed from it is no news; the next one that is made is.
      assert.match(
        (await session.stopped('exception')).text ?? '',
        /^Sqrt made 1 NaN in float32\[2\], the first at \[1\]/,
      );
      assert.equal((await session.top()).line, lineOf(debuggee(program), 'SQRT'));
      await session.continue();
      assert.equal(await session.exitCode(), 0);
      assert.equal(session.client.outputOf('stdout'), await outputWithout(backend));
    });
  });
}
