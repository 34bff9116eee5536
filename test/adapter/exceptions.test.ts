import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nodeBinaries } from '../support/environment.ts';
import { debuggee, lineOf, TestSession } from './session.ts';

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    test('all exceptions: the caught one first', async () => {
      await TestSession.run({ node, launch: { program: 'throws.cjs' }, exceptions: ['all'] }, async (session) => {
        const stop = await session.stopped('exception');
        assert.equal(stop.text, 'RangeError: caught one');
        assert.equal((await session.top()).line, lineOf(debuggee('throws.cjs'), 'CAUGHT'));
        const info = await session.client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
          threadId: 1,
        });
        assert.deepEqual(
          [info.exceptionId, info.breakMode, info.details?.message],
          ['RangeError', 'always', 'caught one'],
        );
        assert.match(info.details?.stackTrace ?? '', /throws\.cjs/);
        await session.continue();
        assert.match((await session.stopped('exception')).text ?? '', /^TypeError: Cannot read properties of null/);
      });
    });

    test('uncaught exceptions only: then the program ends as it would have', async () => {
      await TestSession.run({ node, launch: { program: 'throws.cjs' }, exceptions: ['uncaught'] }, async (session) => {
        await session.stopped('exception');
        assert.equal((await session.top()).line, lineOf(debuggee('throws.cjs'), 'UNCAUGHT'));
        const info = await session.client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
          threadId: 1,
        });
        assert.deepEqual([info.exceptionId, info.breakMode], ['TypeError', 'unhandled']);
        await session.continue();
        assert.equal(await session.exitCode(), 1);
        assert.match(session.client.outputOf('stderr'), /TypeError: Cannot read properties of null/);
        assert.equal(session.client.outputOf('stdout'), 'after the caught one\n');
      });
    });

    test('a rejection that nobody handles', async () => {
      await TestSession.run({ node, launch: { program: 'rejects.mjs' }, exceptions: ['uncaught'] }, async (session) => {
        const stop = await session.stopped('exception');
        assert.equal(stop.text, 'Error: rejected later');
        assert.equal((await session.top()).line, lineOf(debuggee('rejects.mjs'), 'REJECT'));
      });
    });
  });
}

test('a conversion that the tensor does not have is explained, and reading by habit consumes nothing', async () => {
  const program = 'missingMethods.mjs';
  await TestSession.run({ launch: { program } }, async (session) => {
    await session.stopped();
    await session.client.request('setExceptionBreakpoints', { filters: ['all'] });
    await session.continue();
    const info = () =>
      session.client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', { threadId: 1 });
    assert.equal((await session.stopped('exception')).text, 'TypeError: doubled.js is not a function');
    assert.match(
      (await info()).description ?? '',
      /^TypeError: doubled\.js is not a function\njs\(\) needs eager mode, and doubled is in graph mode: a symbolic float32\[3\] of jax-js/,
    );
    const [warning] = session.client.events.filter(({ event }) => event === 'tensor/warning');
    const { code, file, line, help } = warning?.body as { code: string; file: string; line: number; help: string };
    assert.deepEqual([code, file, line], ['graph-mode', debuggee(program), lineOf(debuggee(program), 'jit')]);
    assert.match(help, /without jit/);
    await session.continue();
    await session.stopped('exception');
    assert.match(
      (await info()).description ?? '',
      /eager is a float32\[2\] of tfjs, whose tensors have no numpy\(\)\. .* saved here/,
    );
    await session.continue();
    await session.stopped();
    assert.match((await session.evaluate('array.js()')).result, /^float32\[2\] \[4, 5\] .*the program was not run/);
    await session.continue();
    assert.equal(await session.exitCode(), 0);
    // It could still convert it.
    assert.match(session.client.outputOf('stdout'), /\[ 4, 5 \]/);
  });
});

test('without exception breakpoints nothing stops, and exceptionInfo elsewhere says why it has none', async () => {
  await TestSession.run({ launch: { program: 'throws.cjs' } }, async (session) => {
    assert.equal(await session.exitCode(), 1);
  });
  await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
    await session.stopped();
    assert.match(await session.failure('exceptionInfo', { threadId: 1 }), /not stopped at an exception/);
  });
});
