/** A program that was being started when its client left: at no moment may it stay behind, waiting for a debugger for ever. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { DapClient } from '../support/dapClient.ts';
import { debuggee } from './session.ts';

/** The moments: after so many answers to other requests, which come while the program is being started. */
const moments = [0, 1, 3, 10, 30, 100, 300, 1000];

/** Processes that were given the mark as an argument. */
function marked(mark: string): string {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' });
  return all
    .split('\n')
    .filter((line) => line.includes(mark))
    .join('\n');
}

/** A process that was killed takes a moment to be gone. */
async function assertGone(mark: string, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (marked(mark) !== '' && performance.now() < deadline) await wait(20);
  assert.equal(marked(mark), '', what);
}

const leave: Record<string, (client: DapClient) => void> = {
  disconnect: (client) => void client.send('disconnect', { terminateDebuggee: true }).catch(() => undefined),
  'terminate and disconnect': (client) => {
    void client.send('terminate', {}).catch(() => undefined);
    void client.send('disconnect', {}).catch(() => undefined);
  },
  'closing the connection': (client) => client.process?.stdin?.end(),
  SIGTERM: (client) => client.process?.kill('SIGTERM'),
  SIGINT: (client) => client.process?.kill('SIGINT'),
};

for (const [how, go] of Object.entries(leave)) {
  test(`given up while it starts: ${how}`, { skip: process.platform === 'win32' && 'there is no ps' }, async () => {
    for (const moment of moments) {
      const mark = randomUUID();
      const client = DapClient.start();
      await client.request('initialize', { adapterID: 'tensor' });
      let isStarted = false;
      // TypeScript: the runtime is asked what it can do first, which takes a while of its own.
      const launched = client.send('launch', { program: debuggee('typed.ts'), args: [mark] }).then(
        () => (isStarted = true),
        () => undefined,
      );
      for (let answers = 0; answers < moment && !isStarted; answers++) await client.send('initialize', {});
      go(client);
      if (client.process && client.process.exitCode === null) await once(client.process, 'exit');
      await launched;
      await assertGone(mark, `${how} after ${moment} answers`);
    }
  });
}

test('given up while the client starts it in a terminal, whether it tells the process or not', async () => {
  for (const tells of [true, false]) {
    const client = DapClient.start();
    let child: ReturnType<typeof spawn> | undefined;
    client.runInTerminal = ({ args: [program = '', ...rest], cwd, env }) => {
      child = spawn(program, rest, { cwd, env: { ...process.env, ...env } as NodeJS.ProcessEnv, stdio: 'ignore' });
      void client.send('disconnect', {}).catch(() => undefined);
      return tells ? { processId: child.pid } : {};
    };
    await client.request('initialize', { adapterID: 'tensor', supportsRunInTerminalRequest: true });
    const launched = client.send('launch', { program: debuggee('ticking.mjs'), console: 'integratedTerminal' });
    const { success } = await launched;
    assert.equal(success, false);
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    assert.equal(child?.signalCode, 'SIGKILL');
    await client.close();
  }
});

test('given up while what answers at the port of its inspector has no program', async () => {
  const client = DapClient.start();
  const server = createServer((_, response) => response.end('[]'));
  client.runInTerminal = ({ env }) => {
    server.listen(Number(env?.['TENSOR_DEBUGGER_PORT']), '127.0.0.1');
    server.once('connection', () => void client.send('disconnect', {}).catch(() => undefined));
    return {};
  };
  await client.request('initialize', { adapterID: 'tensor', supportsRunInTerminalRequest: true });
  const launch = { program: debuggee('ticking.mjs'), console: 'integratedTerminal' };
  const { success, message } = await client.send('launch', launch).finally(() => server.close());
  assert.equal(success, false);
  assert.match(message ?? '', /no inspector came up at port \d+ within 5 s/);
  await client.close();
});
