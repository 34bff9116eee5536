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

test('without exception breakpoints nothing stops, and exceptionInfo elsewhere says why it has none', async () => {
  await TestSession.run({ launch: { program: 'throws.cjs' } }, async (session) => {
    assert.equal(await session.exitCode(), 1);
  });
  await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
    await session.stopped();
    assert.match(await session.failure('exceptionInfo', { threadId: 1 }), /not stopped at an exception/);
  });
});
