import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient } from '../support/dapClient.ts';
import { nodeBinaries, nodeBinary } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { debuggee, lineOf, TestSession } from './session.ts';

const folder = temporaryFolder();

/** What a launch that must fail says. */
async function launchFailure(launch: object, initialize: object = {}): Promise<string> {
  const client = DapClient.start();
  try {
    await client.request('initialize', { adapterID: 'tensor', ...initialize });
    const response = await client.send('launch', launch);
    assert.equal(response.success, false, 'the launch must fail');
    return response.message ?? '';
  } finally {
    await client.close();
  }
}

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    test('output by category, without what the inspector says, and the exit code', async () => {
      for (const code of [0, 7]) {
        await TestSession.run({ node, launch: { program: 'exits.cjs', args: [String(code)] } }, async (session) => {
          assert.equal(await session.exitCode(), code);
          assert.equal(session.client.outputOf('stdout'), 'partial line first\nno line break');
          assert.equal(session.client.outputOf('stderr'), '');
        });
      }
      await TestSession.run({ node, launch: { program: 'plain.cjs' } }, async (session) => {
        assert.equal(await session.exitCode(), 0);
        assert.equal(session.client.outputOf('stderr'), 'to stderr\n');
      });
    });

    test('a program that cannot be parsed, and one that is not there, fail with their own words', async () => {
      await TestSession.run({ node, launch: { program: 'syntaxError.cjs' } }, async (session) => {
        assert.equal(await session.exitCode(), 1);
        assert.match(session.client.outputOf('stderr'), /syntaxError\.cjs:2[^]*SyntaxError/);
      });
      await TestSession.run({ node, launch: { program: join(folder, 'missing.js') } }, async (session) => {
        assert.equal(await session.exitCode(), 1);
        assert.match(session.client.outputOf('stderr'), /Cannot find module .*missing\.js/);
      });
    });

    test('its threads and forked processes run as ever, and see nothing of the debugger', async () => {
      const breakpoints = { 'children.cjs': [{ at: 'DONE' }] };
      await TestSession.run(
        { node, launch: { program: 'children.cjs', stopOnEntry: true }, breakpoints },
        async (session) => {
          await session.stopped('entry');
          await session.continue();
          await session.stopped('breakpoint');
          await session.continue();
          assert.equal(await session.exitCode(), 0);
          assert.equal(session.client.outputOf('stdout'), 'worker\nchild []\ndone 0\n');
          assert.equal(session.client.outputOf('stderr'), '');
        },
      );
    });

    test('options that this Node does not have are told with its own words', async () => {
      const message = await launchFailure({
        program: debuggee('plain.cjs'),
        runtimeExecutable: node,
        runtimeArgs: ['--no-such-option'],
      });
      assert.match(message, /--no-such-option[^]*ended with exit code 9 before its inspector was there[^]*bad option/);
    });
  });
}

test('arguments, environment, working folder and runtime arguments arrive', async () => {
  const envFile = join(folder, 'variables.env');
  writeFileSync(envFile, 'ONE=from file\nTWO="also from file"\n');
  const launch = {
    program: 'environment.cjs',
    args: ['a b', '--flag'],
    cwd: folder,
    env: { TWO: 'from env', HOME: null },
    envFile,
    runtimeArgs: ['--max-old-space-size=200'],
  };
  await TestSession.run({ launch }, async (session) => {
    assert.equal(await session.exitCode(), 0);
    assert.deepEqual(JSON.parse(session.client.outputOf('stdout')), {
      cwd: folder,
      args: ['a b', '--flag'],
      execArgv: ['--max-old-space-size=200'],
      one: 'from file',
      two: 'from env',
      home: null,
    });
  });
});

test('TypeScript without anything to run it is told what to do', async () => {
  const program = join(folder, 'lonely.ts');
  writeFileSync(program, 'const a: number = 1;\nconsole.log(a);\n');
  const message = await launchFailure({ program, runtimeExecutable: nodeBinary(20) });
  assert.match(message, /can't run TypeScript by itself, and no "tsx" is installed for .*lonely\.ts/);
  assert.match(message, /npm install --save-dev tsx.*Node 22\.18.*outFiles/);
  // With tsx as a loader of its own choice, nothing is added.
  await TestSession.run({ node: nodeBinary(24), launch: { program } }, async (session) => {
    assert.equal(await session.exitCode(), 0);
  });
});

test('a program behind a symbolic link stops, under the name that was used', async () => {
  const link = join(folder, 'link');
  symlinkSync(debuggee('.'), link);
  const program = join(link, 'statement.cjs');
  const breakpoints = { [program]: [{ at: 'DEBUGGER' }] };
  await TestSession.run({ launch: { program }, breakpoints }, async (session) => {
    await session.stopped();
    assert.equal((await session.top()).source?.path, program);
  });
});

test('mistakes in the configuration are named', async () => {
  const program = debuggee('plain.cjs');
  for (const [launch, expected] of [
    [{}, /no "program"/],
    [{ program: 5 }, /"program" of the launch configuration must be a string, not 5/],
    [{ program, args: 'a' }, /"args" of .* must be an array/],
    [{ program, console: 'window' }, /"console" of .* must be "internalConsole" or/],
    [{ program, copyBudget: { bytes: -1 } }, /"copyBudget.bytes" of .* must be a number from 0 on, not -1/],
    [{ program, cwd: join(folder, 'none') }, /working folder .*none does not exist/],
    [{ program, env: { A: {} } }, /"env.A" of .* must be a string/],
    [{ program, envFile: join(folder, 'none.env') }, /"envFile" could not be read/],
    [{ program, runtimeExecutable: 'no-such-node' }, /no-such-node could not be started: there is no such program/],
    [{ program, console: 'integratedTerminal' }, /client can't run programs in a terminal/],
  ] as const) {
    assert.match(await launchFailure(launch), expected);
  }
});

test('an inspector port that is taken is told', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const message = await launchFailure({ program: debuggee('plain.cjs'), port });
  server.close();
  assert.match(message, new RegExp(`can't listen at 127\\.0\\.0\\.1:${port}: the port is taken.*leave it out`));
});

test('after a launch that failed, the session can try another', async () => {
  const client = DapClient.start();
  await client.request('initialize', { adapterID: 'tensor' });
  assert.equal((await client.send('launch', {})).success, false);
  await client.request('launch', { program: debuggee('exits.cjs') });
  assert.match(
    (await client.send('launch', { program: debuggee('exits.cjs') })).message ?? '',
    /debugs a program already/,
  );
  await client.request('configurationDone');
  await client.event('terminated');
  await client.close();
});

test('a program in a terminal of the client', async () => {
  const client = DapClient.start();
  let said = '';
  client.runInTerminal = ({ args, cwd, env }) => {
    const [program = '', ...rest] = args;
    const child = spawn(program, rest, { cwd, env: { ...process.env, ...env } as NodeJS.ProcessEnv });
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return { processId: child.pid };
  };
  const launch = { program: 'plain.cjs', console: 'integratedTerminal', env: { ONE: '1' } };
  const initialize = { supportsRunInTerminalRequest: true };
  const breakpoints = { 'plain.cjs': [{ at: 'PRINT' }] };
  await TestSession.run({ client, launch, initialize, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    assert.equal((await session.top()).line, lineOf(debuggee('plain.cjs'), 'PRINT'));
    assert.equal((await session.evaluate('process.env.ONE')).result, "'1'");
    await session.continue();
    await session.terminated();
    assert.equal(said, 'sum 12\n');
    assert.equal(client.outputOf('stdout'), '', 'the terminal shows it');
  });
});

test('without debugging, the program just runs', async () => {
  const breakpoints = { 'plain.cjs': [{ at: 'PRINT' }] };
  await TestSession.run({ launch: { program: 'plain.cjs', noDebug: true }, breakpoints }, async (session) => {
    assert.equal(await session.exitCode(), 0);
    assert.equal(session.client.outputOf('stdout'), 'sum 12\n');
  });
});

test('without debugging in a terminal that tells the process, it is ended and begun anew', async () => {
  const client = DapClient.start();
  const children: ChildProcess[] = [];
  client.runInTerminal = ({ args: [program = '', ...rest], cwd }) => {
    const child = spawn(program, rest, { cwd, stdio: 'ignore' });
    children.push(child);
    return { processId: child.pid };
  };
  const launch = { program: 'ticking.mjs', console: 'integratedTerminal', noDebug: true };
  const initialize = { supportsRunInTerminalRequest: true };
  await TestSession.run({ client, launch, initialize }, async () => {
    await client.request('restart', {});
    assert.equal(children.length, 2);
    await client.request('disconnect', {});
    for (const child of children) {
      if (child.signalCode === null) await once(child, 'exit');
      assert.equal(child.signalCode, 'SIGKILL');
    }
  });
});

test('restart runs the program again, with its breakpoints', async () => {
  const breakpoints = { 'typed.ts': [{ at: 'PRINT' }] };
  await TestSession.run({ launch: { program: 'typed.ts' }, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    const { result: first } = await session.evaluate('process.pid');
    await session.client.request('restart', {});
    await session.stopped('breakpoint');
    const { result: second } = await session.evaluate('process.pid');
    assert.notEqual(second, first);
    await session.continue();
    assert.equal(await session.exitCode(), 0);
    assert.equal(session.client.events.filter(({ event }) => event === 'terminated').length, 1);
    assert.equal(session.client.outputOf('stdout').split('\n').length, 2);
  });
});

test('terminate lets the program clean up, even from a breakpoint', async () => {
  await TestSession.run({ launch: { program: 'signals.cjs' } }, async (session) => {
    await session.stopped();
    await session.client.request('terminate', {});
    assert.equal(await session.exitCode(), 9);
    assert.match(session.client.outputOf('stdout'), /cleaning up/);
  });
});

test('terminate a second time kills', async () => {
  await TestSession.run({ launch: { program: 'stubborn.cjs' } }, async (session) => {
    await session.client.event('output');
    await session.client.request('terminate', {});
    await session.client.event('output', ({ body }) => (body as DebugProtocol.OutputEvent['body']).output === 'no\n');
    await session.client.request('terminate', {});
    assert.equal(await session.exitCode(), 137);
    assert.match(session.client.outputOf('console'), /killed by SIGKILL/);
    const exited = await session.client.event('exited');
    assert.equal((exited.body as { signal: string }).signal, 'SIGKILL');
  });
});

test('disconnect ends a program that was launched, or leaves it if it is told to', async () => {
  for (const terminateDebuggee of [undefined, true, false]) {
    let pid = 0;
    await TestSession.run({ launch: { program: 'ticking.mjs' } }, async (session) => {
      const { body } = await session.client.event<DebugProtocol.OutputEvent>('output');
      pid = Number(/pid (\d+)/.exec(body.output)?.[1]);
      await session.client.request('disconnect', { terminateDebuggee });
    });
    if (terminateDebuggee === false) process.kill(pid, 'SIGKILL');
    else assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  }
});

test('a launched program does not outlive an adapter whose client vanished', async () => {
  const client = DapClient.start();
  await client.request('initialize', { adapterID: 'tensor' });
  await client.request('launch', { program: debuggee('ticking.mjs') });
  await client.request('configurationDone');
  const { body } = await client.event<DebugProtocol.OutputEvent>('output');
  const pid = Number(/pid (\d+)/.exec(body.output)?.[1]);
  client.process?.stdin?.destroy();
  if (client.process) await once(client.process, 'exit');
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});
