import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nodeBinaries } from '../support/environment.ts';
import { debuggee, lineOf, TestSession } from './session.ts';

const at = (file: string, marker: string, name: string) => `${file}:${lineOf(debuggee(file), marker)} ${name}`;

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    test('in, over and out', async () => {
      const breakpoints = { 'plain.cjs': [{ at: 'CALL' }] };
      await TestSession.run({ node, launch: { program: 'plain.cjs' }, breakpoints }, async (session) => {
        await session.stopped('breakpoint');
        assert.equal(await session.step('stepIn'), at('plain.cjs', 'TOTAL', 'sum'));
        assert.match(await session.step('next'), /^plain\.cjs:\d+ sum$/);
        let place = '';
        while (place !== at('plain.cjs', 'LOOP', 'sum')) place = await session.step('next');
        assert.equal(await session.step('stepIn'), at('plainHelper.cjs', 'DOUBLE', 'double'));
        // V8 steps out to the next place where it can stop, which is behind the call's own line.
        assert.match(await session.step('stepOut'), /^plain\.cjs:\d+ sum$/);
        assert.equal(await session.step('stepOut'), at('plain.cjs', 'PRINT', '<anonymous>'));
        await session.continue();
        assert.equal(await session.exitCode(), 0);
      });
    });

    test('steps through TypeScript by its own lines', async () => {
      const breakpoints = { 'typed.ts': [{ at: 'SCALED' }] };
      await TestSession.run({ node, launch: { program: 'typed.ts' }, breakpoints }, async (session) => {
        await session.stopped('breakpoint');
        assert.equal(await session.step('stepIn'), at('typedHelper.ts', 'PRODUCT', 'scale'));
        assert.equal((await session.variable('Local', 'factor')).value, '10');
        assert.equal(await session.step('stepOut'), at('typed.ts', 'PUSH', 'run'));
      });
    });

    test('over an await, into what follows it in the same function', async () => {
      const breakpoints = { 'asynchronous.mjs': [{ at: 'BEFORE' }] };
      await TestSession.run({ node, launch: { program: 'asynchronous.mjs' }, breakpoints }, async (session) => {
        await session.stopped('breakpoint');
        assert.equal(await session.step('next'), at('asynchronous.mjs', 'AWAIT', 'work'));
        assert.equal(await session.step('next'), at('asynchronous.mjs', 'AFTER', 'work'));
      });
    });

    test('over a module that is loaded, though its breakpoints are set on the way', async () => {
      const breakpoints = { 'lazyLoad.cjs': [{ at: 'FIRST' }] };
      await TestSession.run({ node, launch: { program: 'lazyLoad.cjs' }, breakpoints }, async (session) => {
        await session.stopped('breakpoint');
        assert.equal(await session.step('next'), at('lazyLoad.cjs', 'REQUIRE', '<anonymous>'));
        assert.equal(await session.step('next'), at('lazyLoad.cjs', 'AFTER', '<anonymous>'));
      });
    });

    test('over a call in which a log message is written', async () => {
      const breakpoints = {
        'plain.cjs': [{ at: 'CALL' }],
        'plainHelper.cjs': [{ at: 'DOUBLE', logMessage: 'doubling {value}' }],
      };
      await TestSession.run({ node, launch: { program: 'plain.cjs' }, breakpoints }, async (session) => {
        await session.stopped('breakpoint');
        assert.equal(await session.step('next'), at('plain.cjs', 'PRINT', '<anonymous>'));
        assert.equal(session.client.outputOf('console'), 'doubling 1\ndoubling 2\ndoubling 3\n');
      });
    });

    test('stops on entry', async () => {
      for (const program of ['plain.cjs', 'plain.mjs', 'typed.ts']) {
        await TestSession.run({ node, launch: { program, stopOnEntry: true } }, async (session) => {
          const { description } = await session.stopped('entry');
          assert.equal(description, 'Paused on entry');
          // Of ES modules, the one that is imported runs first.
          assert.match(await session.where(), new RegExp(`^${program.replace('.', '(Helper)?.')}:`));
          await session.continue();
          assert.equal(await session.exitCode(), 0);
        });
      }
    });

    test('pauses a program that runs, and one that never comes to rest', async () => {
      await TestSession.run({ node, launch: { program: 'spinning.cjs' } }, async (session) => {
        await session.client.event('output');
        await session.client.request('pause', { threadId: 1 });
        await session.stopped('pause');
        const frame = (await session.stack()).find(({ source }) => source?.path === debuggee('spinning.cjs'));
        const args = { expression: 'rounds', frameId: frame?.id };
        const { result } = await session.client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', args);
        assert.match(result, /^\d+$/);
      });
    });

    test('a debugger statement stops', async () => {
      await TestSession.run({ node, launch: { program: 'statement.cjs' } }, async (session) => {
        await session.stopped('debugger statement');
        assert.equal(await session.where(), at('statement.cjs', 'DEBUGGER', '<anonymous>'));
      });
    });
  });
}

test('the call stack comes in pages, with Node itself set apart', async () => {
  const breakpoints = { 'plainHelper.cjs': [{ at: 'DOUBLE' }] };
  await TestSession.run({ launch: { program: 'plain.cjs' }, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    const request = (args: object) =>
      session.client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1, ...args });
    const all = await request({});
    assert.equal(all.totalFrames, all.stackFrames.length);
    assert.deepEqual(
      all.stackFrames.slice(0, 3).map(({ name }) => name),
      ['double', 'sum', '<anonymous>'],
    );
    const page = await request({ startFrame: 1, levels: 2 });
    assert.deepEqual(page, { stackFrames: all.stackFrames.slice(1, 3), totalFrames: all.totalFrames });
    const internal = all.stackFrames.at(-1);
    assert.equal(internal?.presentationHint, 'subtle');
    assert.match(internal?.source?.name ?? '', /^node:internal/);
    const { sourceReference } = internal?.source ?? {};
    const { content } = await session.client.request<DebugProtocol.SourceResponse['body']>('source', {
      source: internal?.source,
      sourceReference,
    });
    assert.match(content, /^'use strict'/);
  });
});

test('frames and variables of an earlier stop are refused by name', async () => {
  const breakpoints = { 'plain.cjs': [{ at: 'LOOP' }] };
  await TestSession.run({ launch: { program: 'plain.cjs' }, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    const { id: frameId } = await session.top();
    const variablesReference = await session.scope('Local');
    assert.match(await session.failure('source', { sourceReference: 99 }), /^There is no source 99\./);
    for (const never of [0, -1, 99_999]) {
      assert.match(await session.failure('scopes', { frameId: never }), /^There is no stack frame .*stackTrace/);
      assert.match(await session.failure('evaluate', { expression: '1', frameId: never }), /^There is no stack frame/);
      assert.match(await session.failure('variables', { variablesReference: never }), /^There is no variable .*scopes/);
    }
    await session.continue();
    await session.stopped('breakpoint');
    assert.match(await session.failure('scopes', { frameId }), /stack frame belongs to an earlier stop/);
    assert.match(await session.failure('variables', { variablesReference }), /variable belongs to an earlier stop/);
    assert.match(await session.failure('evaluate', { expression: '1', frameId }), /earlier stop/);
  });
});

test('what needs a paused program says so while it runs', async () => {
  await TestSession.run({ launch: { program: 'ticking.mjs' } }, async (session) => {
    await session.client.event('output');
    for (const [command, args] of [
      ['stackTrace', { threadId: 1 }],
      ['scopes', { frameId: 1 }],
      ['next', { threadId: 1 }],
      ['continue', { threadId: 1 }],
      ['evaluate', { expression: 'ticks', context: 'hover' }],
      ['exceptionInfo', { threadId: 1 }],
      ['tensor/list', { frameId: 1 }],
    ] as const) {
      assert.match(await session.failure(command, args), /program is running/, command);
    }
    const answer = await session.client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', {
      expression: 'typeof process.pid',
      context: 'repl',
    });
    assert.equal(answer.result, "'number'");
  });
});
