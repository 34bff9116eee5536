/** Break on NaN or Inf: the op, its inputs and the first index, at the line that called it; and the program none the wiser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { gpuEnvironment } from '../support/environment.ts';
import { debuggee, lineOf, TestSession } from './session.ts';

const program = 'notFinite.mjs';
const masked = 'masked.mjs';
const backends = ['cpu', 'wasm', 'webgpu'];

function launchOf(name: string, backend: string) {
  return { program: name, env: { ...gpuEnvironment(), TFJS_BACKEND: backend } };
}

async function outputWithout(name: string, backend: string): Promise<string> {
  let output = '';
  await TestSession.run({ launch: launchOf(name, backend) }, async (session) => {
    assert.equal(await session.exitCode(), 0);
    output = session.client.outputOf('stdout');
  });
  return output;
}

async function assertUnchanged(session: TestSession, name: string, backend: string): Promise<void> {
  await session.continue();
  assert.equal(await session.exitCode(), 0);
  assert.equal(session.client.outputOf('stdout'), await outputWithout(name, backend));
}

// The logarithm of 0 is a very small number on some GPUs.
const logOf = (backend: string) =>
  backend === 'webgpu' ? /^Log made 1 NaN / : /^Log made 1 NaN and 1 Inf .* the first at \[0, 1\]/;
const origin = / in float32\[2, 2\], the first at .*, from x float32\[2, 2\] \(finite\)\./;

for (const backend of backends) {
  test(`precise, ${backend}: behind the op`, async () => {
    const exceptions = ['notFinitePrecise'];
    await TestSession.run({ launch: launchOf(program, backend), exceptions }, async (session) => {
      const stop = await session.stopped('exception');
      assert.match(stop.text ?? '', logOf(backend));
      assert.match(stop.text ?? '', new RegExp(`${origin.source}$`));
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
      await assertUnchanged(session, program, backend);
    });
  });

  test(`deferred, ${backend}: ${backend === 'webgpu' ? 'after the next read, with the line of the op' : 'behind the op'}`, async () => {
    const exceptions = ['notFiniteDeferred'];
    await TestSession.run({ launch: launchOf(program, backend), exceptions }, async (session) => {
      const isLater = backend === 'webgpu';
      for (const [made, marker] of [
        [logOf(backend), 'LOG'],
        [/^Sqrt made 1 NaN in float32\[2\], the first at \[1\], from x float32\[2\] \(finite\)\./, 'SQRT'],
      ] as const) {
        const stop = await session.stopped('exception');
        const line = lineOf(debuggee(program), marker);
        assert.match(stop.text ?? '', made);
        const place = `${debuggee(program)}:${line}`;
        assert.equal((stop.text ?? '').includes(`called at ${place}`), isLater, stop.text);
        assert.equal((await session.top()).line, isLater ? lineOf(debuggee(program), 'READ') : line);
        if (marker === 'LOG') await session.continue();
      }
      await assertUnchanged(session, program, backend);
    });
  });

  test(`a mask of -Infinity, ${backend}: told once at its line, and not where only NaN counts`, async () => {
    const exceptions = ['notFiniteDeferred'];
    await TestSession.run({ launch: launchOf(masked, backend), exceptions }, async (session) => {
      const { text } = await session.stopped('exception');
      assert.match(text ?? '', /^Add made 3 Inf in float32\[3, 3\], the first at \[0, 1\], from a .* \(finite\), b /);
      assert.match(text ?? '', /b float32\[3, 3\] \(not finite either, first at \[0, 1\]\)\./);
      await assertUnchanged(session, masked, backend);
    });
    const filterOptions = [{ filterId: 'notFiniteDeferred', condition: 'NaN' }];
    await TestSession.run({ launch: launchOf(masked, backend), filterOptions }, async (session) => {
      assert.equal(await session.exitCode(), 0);
      assert.equal(session.client.outputOf('stdout'), await outputWithout(masked, backend));
    });
  });
}

test('deferred: a buffer that has another owner by then, and the program sees nothing of it', async () => {
  const reuse = 'reuse.mjs';
  const exceptions = ['notFiniteDeferred'];
  await TestSession.run({ launch: launchOf(reuse, 'webgpu'), exceptions }, async (session) => {
    const { text } = await session.stopped('exception');
    assert.match(
      text ?? '',
      /^Sqrt made 2 NaN in float32\[4\], the first at \[0\], from x float32\[4\] \(finite\)\. It was called at /,
    );
    assert.ok(text?.includes(`${debuggee(reuse)}:${lineOf(debuggee(reuse), 'ROOT')};`), text);
    await assertUnchanged(session, reuse, 'webgpu');
  });
});

for (const [filter, backend] of [
  ['notFinitePrecise', 'cpu'],
  ['notFinitePrecise', 'webgpu'],
  ['notFiniteDeferred', 'webgpu'],
] as const) {
  test(`nodes of graphs, ${filter}, ${backend}: a converted model, and the runtime's Session`, async () => {
    const file = 'graphNotFinite.mjs';
    await TestSession.run({ launch: launchOf(file, backend), exceptions: [filter] }, async (session) => {
      const isPrecise = filter === 'notFinitePrecise';
      const node = (name: string) => (isPrecise ? `^Node "${name}" of a graph: ` : '^');
      const made = String.raw`Sqrt made 1 NaN in float32\[2\], the first at \[1\], from x float32\[2\] \(finite\)\.`;
      const assertStopped = async (name: string, mark: string, caller: string) => {
        const line = lineOf(debuggee(file), mark);
        const { text = '' } = await session.stopped('exception');
        assert.match(text, new RegExp(node(name) + made));
        if (isPrecise) assert.equal((await session.top()).line, line);
        else assert.ok(text.includes(`called at ${debuggee(file)}:${line}${caller};`), text);
      };
      await assertStopped('encoder/root', 'EXECUTE', ', in predict');
      await session.continue();
      // Here the runtime is in no `node_modules`, as where a package is linked.
      await assertStopped('ratio', 'RUN', '');
      await assertUnchanged(session, file, backend);
    });
  });
}

test('by a request, while the program runs', async () => {
  await TestSession.run(
    { launch: launchOf(program, 'cpu'), breakpoints: { [program]: [{ at: 'LOG' }] } },
    async (session) => {
      await session.stopped('breakpoint');
      await session.client.request('tensor/breakOnNotFinite', { mode: 'precise' });
      // Filters of another kind, sent again, leave it as it is.
      await session.client.request('setExceptionBreakpoints', { filters: ['uncaught'] });
      await session.continue();
      assert.match((await session.stopped('exception')).text ?? '', /^Log made/);
      await session.client.request('tensor/breakOnNotFinite', { mode: 'off' });
      await assertUnchanged(session, program, 'cpu');
      await assert.rejects(
        session.client.request('tensor/breakOnNotFinite', { mode: 'now' }),
        /must be "off" or .*, not "now"/,
      );
    },
  );
});
