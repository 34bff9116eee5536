/** A whole training process, as a user would start it: alone, and launched by the debug adapter with nothing read. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DapClient } from '../../src/cli/dapClient.ts';
import { gpuEnvironment, personsEnvironment, projectRoot } from '../support/environment.ts';

const program = join(projectRoot, 'test/debuggee/bench/train.ts');
const steps = '60';

function lifetime(output: string): number {
  const ms = /lifetime ([\d.]+)/.exec(output)?.[1];
  if (ms === undefined) throw new Error(`The training did not end: ${output}`);
  return Number(ms);
}

async function plain(): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, steps], {
    cwd: projectRoot,
    env: personsEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  return lifetime(output);
}

async function debugged(): Promise<number> {
  const client = new DapClient(join(projectRoot, 'dist/adapter.cjs'));
  let output = '';
  client.on('output', (body) => (output += body.output));
  const ended = new Promise<void>((resolve) => client.on('terminated', () => resolve()));
  const initialized = new Promise<void>((resolve) => client.on('initialized', () => resolve()));
  await client.request('initialize', { adapterID: 'tensor' });
  const launched = client.request('launch', { program, args: [steps], cwd: projectRoot, env: gpuEnvironment() });
  await initialized;
  await client.request('configurationDone', {});
  await launched;
  await ended;
  await client.request('disconnect', {});
  await client.close();
  return lifetime(output);
}

/** Both sides, one right after the other. */
export async function trainingPair(debuggedFirst: boolean): Promise<{ debugged: number; plain: number }> {
  if (debuggedFirst) return { debugged: await debugged(), plain: await plain() };
  return { plain: await plain(), debugged: await debugged() };
}
