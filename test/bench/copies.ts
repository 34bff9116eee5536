/** What it costs a program that its copies are counted: pairs of processes, alone and launched by the debug adapter. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DapClient } from '../../src/cli/dapClient.ts';
import { gpuEnvironment, personsEnvironment, projectRoot } from '../support/environment.ts';
import { median, medianRatio, type Figure } from './measure.ts';

const program = join(projectRoot, 'test/debuggee/bench/copies.mjs');

interface Measured {
  /** Microseconds for each `dataSync()` and `data()` on cpu, where neither moves anything. */
  view: number;
  awaited: number;
  /** Milliseconds of a hundred steps on webgpu. */
  training: number;
}

function measured(output: string): Measured {
  const json = /measured (\{.*\})/.exec(output)?.[1];
  if (json === undefined) throw new Error(`The program did not end: ${output}`);
  return JSON.parse(json) as Measured;
}

async function alone(): Promise<Measured> {
  const child = spawn(process.execPath, [program], {
    cwd: projectRoot,
    env: personsEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  return measured(output);
}

async function counted(): Promise<Measured> {
  const client = new DapClient(join(projectRoot, 'dist/adapter.cjs'));
  let output = '';
  client.on('output', (body) => (output += body.output));
  const ended = new Promise<void>((resolve) => client.on('terminated', () => resolve()));
  const initialized = new Promise<void>((resolve) => client.on('initialized', () => resolve()));
  await client.request('initialize', { adapterID: 'tensor' });
  const launched = client.request('launch', { program, cwd: projectRoot, env: gpuEnvironment() });
  await initialized;
  await client.request('configurationDone', {});
  await launched;
  await ended;
  await client.request('disconnect', {});
  await client.close();
  return measured(output);
}

export async function copies(): Promise<Figure[]> {
  const pairs: { alone: Measured; counted: Measured }[] = [];
  for (let pair = 0; pair < 7; pair++) {
    if (pair % 2 === 0) pairs.push({ counted: await counted(), alone: await alone() });
    else pairs.push({ alone: await alone(), counted: await counted() });
  }
  const extra = (call: 'view' | 'awaited') => median(pairs.map((pair) => pair.counted[call] - pair.alone[call]));
  const training = (side: 'alone' | 'counted') => pairs.map((pair) => pair[side].training);
  return [
    ...(['view', 'awaited'] as const).map((call): Figure => ({
      name: `copies counted, ${call === 'view' ? 'dataSync()' : 'data()'}`,
      sides: 'microseconds that counting adds to a copy / 10 microseconds',
      ratio: extra(call) / 10,
      target: 1,
      goal: 'at most',
      detail: `${extra(call).toFixed(1)} µs`,
    })),
    {
      name: 'copies counted, training',
      sides: 'training on webgpu that copies its loss at each step, launched by the debugger / alone',
      ratio: medianRatio(training('counted'), training('alone')),
      target: 1.02,
      goal: 'at most',
      detail: `${median(training('counted')).toFixed(0)} ms / ${median(training('alone')).toFixed(0)} ms`,
    },
  ];
}
