/** A training loop with one of its tensors tracked, against the same alone, and against one that awaits the tensor's data. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DapClient } from '../../src/cli/dapClient.ts';
import { trackCondition } from '../../src/protocol/trackCondition.ts';
import { gpuEnvironment, personsEnvironment, projectRoot } from '../support/environment.ts';
import { median, medianRatio, type Figure } from './measure.ts';

const program = join(projectRoot, 'test/debuggee/bench/tracked.mjs');
const steps = '200';

function perStep(output: string): number {
  const ms = /per step ([\d.]+)/.exec(output)?.[1];
  if (ms === undefined) throw new Error(`The training did not end: ${output}`);
  return Number(ms);
}

async function alone(READS: string): Promise<number> {
  const child = spawn(process.execPath, [program], {
    cwd: projectRoot,
    env: { ...personsEnvironment(), STEPS: steps, READS },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  return perStep(output);
}

async function tracked(): Promise<number> {
  const client = new DapClient(join(projectRoot, 'dist/adapter.cjs'));
  let output = '';
  client.on('output', (body) => (output += body.output));
  const ended = new Promise<void>((resolve) => client.on('terminated', () => resolve()));
  const initialized = new Promise<void>((resolve) => client.on('initialized', () => resolve()));
  await client.request('initialize', { adapterID: 'tensor' });
  const env = { ...gpuEnvironment(), STEPS: steps, READS: '0' };
  const launched = client.request('launch', { program, cwd: projectRoot, env });
  await initialized;
  const line =
    readFileSync(program, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('// #TRACK')) + 1;
  const condition = trackCondition([{ id: 'weights', expression: 'weights', stopAt: 0 }]);
  await client.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line, condition }] });
  await client.request('configurationDone', {});
  await launched;
  await ended;
  await client.request('disconnect', {});
  await client.close();
  return perStep(output);
}

export async function trackingFigures(): Promise<Figure[]> {
  const rounds: { alone: number; tracked: number; reading: number }[] = [];
  for (let round = 0; round < 5; round++) {
    rounds.push({ alone: await alone('0'), tracked: await tracked(), reading: await alone('1') });
  }
  const [own, with_, reading] = [
    rounds.map((round) => round.alone),
    rounds.map((round) => round.tracked),
    rounds.map((round) => round.reading),
  ];
  const ms = (values: number[]) => `${median(values).toFixed(2)} ms`;
  return [
    {
      name: 'tracking',
      sides: 'a training step with a tensor of 1 MiB tracked / alone',
      ratio: medianRatio(with_, own),
      target: 1.1,
      goal: 'at most',
      detail: `${ms(with_)} / ${ms(own)}`,
    },
    {
      name: 'tracking, against reading',
      sides: 'what `await tensor.data()` adds to the step / what tracking adds',
      ratio: (median(reading) - median(own)) / Math.max(0.001, median(with_) - median(own)),
      target: 1,
      goal: 'at least',
      detail: `${ms(reading)} / ${ms(with_)}, alone ${ms(own)}`,
    },
  ];
}
