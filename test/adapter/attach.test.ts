import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { WebSocketSession } from '../../src/cdp/webSocketSession.ts';
import { DapClient } from '../support/dapClient.ts';
import { nodeBinaries } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { debuggee, lineOf, TestSession } from './session.ts';

const folder = temporaryFolder();

interface Program {
  child: ChildProcess;
  websocketUrl: string;
  port: number;
  stdout(): string;
  /** Its exit code, once its output is complete. */
  ended: Promise<number | null>;
}

/** Starts a program without us; one with an inspector is there when that listens. */
async function start(node: string, args: string[], inspects = true): Promise<Program> {
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
      if (errors.includes('ws://')) resolve();
    });
    if (!inspects) child.stdout.once('data', () => resolve());
  });
  const websocketUrl = /ws:\/\/\S+/.exec(errors)?.[0] ?? '';
  return { child, websocketUrl, port: Number(/:(\d+)\//.exec(websocketUrl)?.[1]), stdout: () => out, ended };
}

async function end({ child, ended }: Program): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

async function attachFailure(attach: object): Promise<string> {
  const client = DapClient.start();
  await client.request('initialize', { adapterID: 'tensor' });
  const response = await client.send('attach', attach);
  await client.close();
  assert.equal(response.success, false);
  return response.message ?? '';
}

const tick = { 'ticking.mjs': [{ at: 'TICK' }] };

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    for (const way of ['port', 'websocketUrl', 'processId'] as const) {
      test(`by ${way}: stops, and leaves the program running behind it`, async () => {
        const args = way === 'processId' ? ['--inspect-port=0'] : ['--inspect=127.0.0.1:0'];
        const program = await start(node, [...args, debuggee('ticking.mjs')], way !== 'processId');
        const attach = {
          port: { port: program.port },
          websocketUrl: { websocketUrl: program.websocketUrl },
          processId: { processId: program.child.pid },
        }[way];
        await TestSession.run({ attach, breakpoints: tick }, async (session) => {
          assert.equal(session.breakpoints['ticking.mjs']?.[0]?.verified, true, 'its script is loaded already');
          await session.stopped('breakpoint');
          assert.equal((await session.top()).line, lineOf(debuggee('ticking.mjs'), 'TICK'));
          await session.evaluate('globalThis.stopNow = true');
        });
        // It was paused when we left: it must run on, to its own end.
        assert.equal(await program.ended, 0);
        assert.match(program.stdout(), /stopped itself/);
      });
    }

    test('to a program that waits for a debugger: it stops at its entry', async () => {
      const program = await start(node, ['--inspect-brk=127.0.0.1:0', debuggee('plain.cjs')]);
      const breakpoints = { 'plain.cjs': [{ at: 'PRINT' }] };
      await TestSession.run({ attach: { port: program.port }, breakpoints }, async (session) => {
        await session.stopped('entry');
        await session.continue();
        await session.stopped('breakpoint');
        await session.continue();
        await session.terminated();
      });
      assert.equal(await program.ended, 0);
    });

    test('to a program that another debugger has paused', async () => {
      const program = await start(node, ['--inspect-brk=127.0.0.1:0', debuggee('statement.cjs')]);
      const other = await WebSocketSession.connect(program.websocketUrl);
      await other.send('Debugger.enable', {});
      const atStatement = new Promise<void>((resolve) => {
        let stops = 0;
        other.on('Debugger.paused', () => {
          if (++stops === 1) void other.send('Debugger.resume', {});
          else resolve();
        });
      });
      await other.send('Runtime.runIfWaitingForDebugger');
      await atStatement;
      await TestSession.run({ attach: { port: program.port } }, async (session) => {
        await session.stopped();
        assert.equal((await session.top()).line, lineOf(debuggee('statement.cjs'), 'DEBUGGER'));
        assert.equal((await session.evaluate('value')).result, '1');
        await other.close();
        await session.continue();
        await session.terminated();
      });
      await end(program);
    });
  });
}

test('the end of an attached program ends the session', async () => {
  const program = await start(process.execPath, ['--inspect=127.0.0.1:0', debuggee('ticking.mjs')]);
  await TestSession.run({ attach: { port: program.port } }, async (session) => {
    program.child.kill('SIGKILL');
    await session.terminated();
  });
});

test('a program that is left running has not ended for its breakpoints', async () => {
  const program = await start(process.execPath, ['--inspect=127.0.0.1:0', debuggee('ticking.mjs')]);
  const breakpoints = { 'typed.ts': [{ at: 'RUN' }] };
  await TestSession.run({ attach: { port: program.port }, breakpoints }, async ({ client }) => {
    await client.request('disconnect', {});
    assert.deepEqual(
      client.events.filter(({ event }) => event === 'breakpoint'),
      [],
    );
  });
  await end(program);
});

test('a program in another folder, with localRoot and remoteRoot', async () => {
  const remote = join(folder, 'remote');
  cpSync(debuggee('.'), remote, { recursive: true });
  const program = await start(process.execPath, ['--inspect=127.0.0.1:0', join(remote, 'ticking.mjs')]);
  const attach = { port: program.port, localRoot: debuggee('.'), remoteRoot: remote };
  await TestSession.run({ attach, breakpoints: tick }, async (session) => {
    await session.stopped('breakpoint');
    assert.equal((await session.top()).source?.path, debuggee('ticking.mjs'));
  });
  await end(program);
});

test('what the program logs arrives', async () => {
  const program = await start(process.execPath, ['--inspect-brk=127.0.0.1:0', debuggee('plain.cjs')]);
  await TestSession.run({ attach: { port: program.port, continueOnAttach: true } }, async (session) => {
    await session.terminated();
    assert.equal(session.client.outputOf('stdout'), 'sum 12\n');
    assert.equal(session.client.outputOf('stderr'), 'to stderr\n');
  });
  await end(program);
});

test('what was not launched runs on, unless the client asks for its end as it leaves', async () => {
  const program = await start(process.execPath, ['--inspect=127.0.0.1:0', debuggee('ticking.mjs')]);
  await TestSession.run({ attach: { port: program.port } }, async (session) => {
    await session.client.request('terminate', {});
    await session.terminated();
  });
  await TestSession.run({ attach: { port: program.port } }, async (session) => {
    await session.client.request('disconnect', {});
  });
  assert.deepEqual([program.child.exitCode, program.child.signalCode], [null, null]);
  const ended = once(program.child, 'exit');
  await TestSession.run({ attach: { port: program.port } }, async (session) => {
    await session.setBreakpoints('ticking.mjs', [{ at: 'TICK' }]);
    await session.stopped('breakpoint');
    await session.client.request('disconnect', { terminateDebuggee: true });
  });
  assert.deepEqual(await ended, [null, 'SIGTERM']);
});

test('where nothing can be attached to, the reason is told', async () => {
  const silent = createServer((socket) => socket.resume().end('SSH-2.0-something\r\n')).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  assert.match(
    await attachFailure({ port }),
    /No inspector answers at 127\.0\.0\.1:\d+: what listens there is no inspector/,
  );
  silent.close();
  await once(silent, 'close');
  assert.match(await attachFailure({ port }), /nothing listens there.*--inspect=/);
  assert.match(await attachFailure({ processId: 2 ** 30 }), /There is no process/);
  for (const processId of [0, -1]) {
    assert.match(await attachFailure({ processId }), /"processId" of .* must be the id of a process, from 1 on, not/);
  }
  assert.match(await attachFailure({ websocketUrl: `ws://127.0.0.1:${port}/x` }), /Could not connect to the inspector/);
  assert.match(await attachFailure({ websocketUrl: 'http://x' }), /must begin with ws/);
  assert.match(await attachFailure({}), /one of "port", "processId" and "websocketUrl"; it has none/);
  assert.match(await attachFailure({ port: 1, processId: 2 }), /it has 2/);
  assert.match(await attachFailure({ port: 70000 }), /"port" of .* must be a port/);
  assert.match(await attachFailure({ port: 1, localRoot: '/a' }), /only work together/);
});

test('two debuggers at one program', async () => {
  const program = await start(process.execPath, ['--inspect=127.0.0.1:0', debuggee('ticking.mjs')]);
  await TestSession.run({ attach: { port: program.port } }, async (first) => {
    await TestSession.run({ attach: { port: program.port }, breakpoints: tick }, async (second) => {
      await Promise.all([first.stopped(), second.stopped('breakpoint')]);
      const answer = await first.evaluate('ticks');
      assert.equal(answer.result, (await second.evaluate('ticks')).result);
      await second.setBreakpoints('ticking.mjs', []);
      await second.continue();
      await first.client.event<DebugProtocol.ContinuedEvent>('continued');
    });
  });
  await end(program);
});
