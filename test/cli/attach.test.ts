/** --attach: to a program that somebody else started. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { WebSocketSession } from '../../src/cdp/webSocketSession.ts';
import { debuggees, inspect, lineOf, runCli } from '../support/cli.ts';

const started: ChildProcess[] = [];
after(() => started.forEach((child) => child.kill('SIGKILL')));

/** Starts a program with an inspector. @returns its process and the inspector's address */
async function start(args: string[]): Promise<{ child: ChildProcess; address: string; port: string }> {
  const child = spawn(process.execPath, args, { cwd: debuggees, stdio: ['ignore', 'ignore', 'pipe'] });
  started.push(child);
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const match = /ws:\/\/\S+/.exec(text);
      if (match) resolve(match[0]);
    });
    child.once('exit', () => reject(new Error(`ended before it listened: ${text}`)));
  });
  return { child, address, port: new URL(address).port };
}

test('by port, to a program that waits for a debugger; afterwards it runs on', async () => {
  const { child, port } = await start(['--inspect-brk=127.0.0.1:0', 'loop.js']);
  const { status, document } = await inspect([
    '--attach',
    port,
    '--break',
    `loop.js:${lineOf('loop.js', '#ODD')}`,
    '--hit',
    '2',
  ]);
  assert.equal(status, 0);
  assert.deepEqual([document.stop?.function, document.stop?.reason], ['odd', 'breakpoint']);
  assert.deepEqual(document.program, { exitCode: null, signal: null });
  const exitCode = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('exit', resolve)));
  assert.equal(exitCode, 0, 'it came to its own end');
});

test("the program's copies are counted from the attach on, and the table says since when", async () => {
  const { address } = await start(['--inspect=127.0.0.1:0', 'copies.mjs']);
  const { status, stdout } = await runCli(['inspect', '--attach', address, '--hit', '3', '--then', 'end']);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^The program's own copies to the host, since \d+:\d+:\d+/m);
  assert.match(stdout, new RegExp(`copies\\.mjs:${lineOf('copies.mjs', '#copy')} {2}data {2}`));
});

test('by websocket address, to a program that runs; at a debugger statement', async () => {
  const { child, address } = await start(['--inspect=127.0.0.1:0', 'repeats.js']);
  const { status, document } = await inspect(['--attach', address]);
  assert.equal(status, 0);
  assert.deepEqual(
    document.tensors.map(({ expression, values }) => [expression, values]),
    [['values', [1, 2, 3]]],
  );
  assert.equal(child.exitCode, null, 'it still runs');

  const again = await inspect(['--attach', address, '--then', 'end']);
  assert.equal(again.status, 0);
  await new Promise((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(null),
  );
});

test('status 5: a program that never gets there is left running', async () => {
  const { child, port } = await start(['--inspect=127.0.0.1:0', 'hangs.js']);
  const { status } = await inspect(['--attach', port, '--timeout', '1.5']);
  assert.equal(status, 5);
  assert.equal(child.exitCode, null);
  assert.equal(child.signalCode, null);
});

test('Ctrl-C lets go of the program, and does not call that its end', async () => {
  const { child, port } = await start(['--inspect=127.0.0.1:0', 'hangs.js']);
  const { status, document } = await inspect(['--attach', port], {
    // It may not have got to waiting for the stop.
    whileRunning: (cli) => cli.stderr.once('data', () => cli.kill('SIGINT')),
  });
  assert.equal(status, 130);
  const [warning] = document.warnings;
  const message = /^SIGINT came before it (was attached to|reached a debugger statement)\. The program runs on\.$/;
  assert.match(warning?.message ?? '', message);
  assert.equal(child.exitCode, null);
});

test('status 5: what listens at a websocket address and never answers is not waited for longer', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const start = performance.now();
  const { status } = await inspect(['--attach', `ws://127.0.0.1:${port}/abc`, '--timeout', '2']);
  const seconds = (performance.now() - start) / 1000;
  server.close();
  assert.equal(status, 5);
  // An adapter that does not leave by itself is given seven seconds before it is killed.
  assert.ok(seconds < 7, `${seconds} s`);
});

test('to a program that another debugger has stopped already: it is read where it stands', async () => {
  const { address, port } = await start(['--inspect-brk=127.0.0.1:0', 'repeats.js']);
  const other = await WebSocketSession.connect(address);
  const stopped = new Promise<void>((resolve) => {
    other.on('Debugger.paused', ({ callFrames: [frame] }) => {
      if (frame?.functionName === 'work') resolve();
      else void other.send('Debugger.resume', {});
    });
  });
  await other.send('Debugger.enable', {});
  await other.send('Runtime.runIfWaitingForDebugger');
  await stopped;

  const { status, document } = await inspect(['--attach', port]);
  assert.equal(status, 0);
  assert.equal(document.stop?.function, 'work');
  assert.deepEqual(document.tensors[0]?.values, [1, 2, 3]);
  await other.close();
});
