import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { adapterFile, DapClient } from '../support/dapClient.ts';
import { debuggee, lineOf, TestSession } from './session.ts';

const frame = (text: string) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;

test('what is no message is told, and the session goes on', async () => {
  const client = DapClient.start();
  const oneByOne = [
    '{not json',
    '[]',
    '"text"',
    '{"type":"request"}',
    '{"type":"request","seq":"1","command":5}',
    'null',
  ];
  for (const text of oneByOne) client.raw(frame(text));
  client.raw('Content-Length: many\r\n\r\n');
  client.raw('X-Header: 1\r\nContent-Length: 2\r\n\r\n{}');
  await client.request('initialize', { adapterID: 'tensor' });
  const told = client.outputOf('console');
  assert.equal(told.match(/A message of the client was ignored/g)?.length, oneByOne.length + 2);
  assert.match(told, /not JSON/);
  assert.match(told, /without a valid Content-Length/);
  await client.close();
  assert.equal(client.process?.exitCode, 0);
});

test('a message of 64 MB in many pieces is answered, one that announces terabytes is not waited for', async () => {
  const client = DapClient.start();
  await client.request('initialize', { adapterID: 'tensor' });
  const start = performance.now();
  const response = await client.send('evaluate', { expression: `'${'x'.repeat(64 * 2 ** 20)}'`, context: 'repl' });
  assert.match(response.message ?? '', /No program is being debugged/);
  assert.ok(performance.now() - start < 15_000, `${performance.now() - start} ms`);
  client.raw('Content-Length: 99999999999999\r\n\r\n');
  const { body } = await client.event<DebugProtocol.OutputEvent>('output');
  assert.match(body.output, /a message of 99999999999999 bytes/);
  // Its bytes are dropped; nothing else can come on this connection.
  client.process?.stdin?.end();
  if (client.process?.exitCode === null) await once(client.process, 'exit');
  assert.equal(client.process?.exitCode, 0);
});

test('a huge expression is evaluated', async () => {
  await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
    await session.stopped();
    const { result } = await session.evaluate(`'${'x'.repeat(20 * 2 ** 20)}'.length`);
    assert.equal(result, String(20 * 2 ** 20));
  });
});

test('requests out of order, unknown ones and ones without arguments get an answer', async () => {
  const client = DapClient.start();
  for (const command of ['threads', 'configurationDone', 'stackTrace', 'continue', 'tensor/list', 'restart']) {
    const response = await client.send(command, { frameId: 1 });
    if (command === 'threads') continue;
    assert.equal(response.success, false, command);
    assert.match(response.message ?? '', /No program is being debugged/, command);
  }
  assert.match((await client.send('toString', {})).message ?? '', /does not know the request "toString"/);
  assert.match((await client.send('gotoTargets', {})).message ?? '', /does not know the request "gotoTargets"/);
  await client.request('initialize', { adapterID: 'tensor' });
  await client.request('launch', { program: debuggee('statement.cjs') });
  await client.request('configurationDone');
  await client.event('stopped');
  // The rest is in arguments.test.ts.
  for (const args of [{}, undefined, []]) {
    const response = await client.send('scopes', args);
    assert.equal(response.success, false);
    const { error } = response.body as { error: DebugProtocol.Message };
    const { code } = JSON.parse(error.variables?.['report'] ?? '') as { code: string };
    assert.equal(code, 'invalid-argument', JSON.stringify(args));
  }
  await client.close();
});

test('a program that is killed fails what is pending, and tells its end', async () => {
  await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
    await session.stopped();
    const { result: pid } = await session.evaluate('process.pid');
    const { id: frameId } = await session.top();
    const pending = [
      session.client.send('evaluate', { expression: 'while (true);', frameId, context: 'repl' }),
      session.client.send('variables', { variablesReference: 99999 }),
    ];
    process.kill(Number(pid), 'SIGKILL');
    const [hanging] = await Promise.all(pending);
    assert.equal(hanging?.success, false);
    assert.match(hanging?.message ?? '', /program.*ended/i);
    assert.equal(await session.exitCode(), 137);
    assert.equal(((await session.client.event('exited')).body as { signal: string }).signal, 'SIGKILL');
    assert.match(await session.failure('stackTrace', { threadId: 1 }), /The program has ended/);
  });
});

test('a cancelled request is answered at once; an expression that never returns ends with its program', async () => {
  await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
    await session.stopped();
    const { id: frameId } = await session.top();
    const hanging = session.client.send('evaluate', { expression: 'while (true);', frameId, context: 'repl' });
    await session.client.request('cancel', { requestId: session.client.lastSeq });
    assert.match((await hanging).message ?? '', /The request was cancelled\..*terminate the program/);
    await session.client.request('terminate', {});
    assert.equal(await session.exitCode(), 143);
  });
});

test('a hover over an expression that never returns gives up', async () => {
  await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
    await session.stopped();
    const { id: frameId } = await session.top();
    await session.failure('evaluate', { expression: '(() => { while (true); })()', frameId, context: 'hover' });
    assert.equal((await session.evaluate('value', 'hover')).result, '1');
  });
});

test('a program that hangs while something is asked of it can be terminated', async () => {
  await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
    await session.stopped();
    const { id: frameId } = await session.top();
    const hanging = session.client.send('evaluate', { expression: 'while (true);', frameId, context: 'repl' });
    await session.client.request('terminate', {});
    assert.equal((await hanging).success, false);
    assert.equal(await session.exitCode(), 143);
  });
});

test('a program that throws or exits while it is asked something fails that, and tells its end', async () => {
  for (const expression of ['process.exit(5)', 'setImmediate(() => { throw new Error("late") })']) {
    await TestSession.run({ launch: { program: 'statement.cjs' } }, async (session) => {
      await session.stopped();
      const { id: frameId } = await session.top();
      const answer = session.client.send('evaluate', { expression, frameId, context: 'repl' });
      if (expression.startsWith('process')) assert.equal((await answer).success, false);
      else {
        await answer;
        await session.continue();
      }
      assert.equal(await session.exitCode(), expression.startsWith('process') ? 5 : 1);
    });
  }
});

test('over a port: two clients at once, each with a program of its own', async () => {
  const adapter = spawn(process.execPath, [adapterFile, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [banner] = (await once(adapter.stdout, 'data')) as [Buffer];
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(banner.toString())?.[1]);
  const breakpoints = { 'plain.cjs': [{ at: 'PRINT' }] };
  await TestSession.run(
    { client: await DapClient.connect(port), launch: { program: 'plain.cjs' }, breakpoints },
    async (one) => {
      await one.stopped('breakpoint');
      const client = await DapClient.connect(port);
      await TestSession.run({ client, launch: { program: 'statement.cjs' } }, async (two) => {
        await two.stopped();
        assert.equal((await two.top()).line, lineOf(debuggee('statement.cjs'), 'DEBUGGER'));
        assert.equal((await one.evaluate('first')).result, '12');
        assert.equal((await two.evaluate('value')).result, '1');
      });
      assert.equal((await one.evaluate('first + 1')).result, '13');
      await one.continue();
      assert.equal(await one.exitCode(), 0);
    },
  );
  // The same port twice is told, and does not disturb the first.
  const second = spawn(process.execPath, [adapterFile, '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [complaint] = (await once(second.stderr, 'data')) as [Buffer];
  assert.match(complaint.toString(), /can't listen at 127\.0\.0\.1:\d+: the port is taken/);
  adapter.kill('SIGTERM');
  await once(adapter, 'exit');
});
