/** Programs to be measured, as a person starts them: alone, and launched by the debug adapter. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DapClient } from '../../src/cli/dapClient.ts';
import { gpuEnvironment, personsEnvironment, projectRoot } from '../support/environment.ts';

export interface MeasuredProgram {
  /** From the project's root. */
  program: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** @returns what it wrote, once it has ended */
export async function runAlone({ program, args = [], env = {} }: MeasuredProgram): Promise<string> {
  const child = spawn(process.execPath, [...process.execArgv, join(projectRoot, program), ...args], {
    cwd: projectRoot,
    env: { ...personsEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

/**
 * @param prepare sets what is to be measured, before the program runs
 * @returns what the program wrote, once it has ended
 */
export async function runDebugged(
  { program, args = [], env = {} }: MeasuredProgram,
  prepare: (client: DapClient) => Promise<unknown> = () => Promise.resolve(),
): Promise<string> {
  const client = new DapClient(join(projectRoot, 'dist/adapter.cjs'));
  let output = '';
  client.on('output', (body) => (output += body.output));
  const ended = client.once('terminated');
  const initialized = client.once('initialized');
  await client.request('initialize', { adapterID: 'tensor' });
  const launched = client.request('launch', {
    program: join(projectRoot, program),
    args: [...args],
    cwd: projectRoot,
    env: { ...gpuEnvironment(), ...env },
  });
  await initialized;
  await prepare(client);
  await client.request('configurationDone', {});
  await launched;
  await ended;
  await client.request('disconnect', {});
  await client.close();
  return output;
}
