/** A training loop with one of its tensors tracked, against the same alone, and against one that awaits the tensor's data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trackCondition } from '../../src/protocol/trackCondition.ts';
import { projectRoot } from '../support/environment.ts';
import { median, medianRatio, type Figure } from './measure.ts';
import { runAlone, runDebugged } from './programs.ts';

const program = 'test/debuggee/bench/tracked.mjs';
const environment = (READS: '0' | '1') => ({ STEPS: '200', READS });

function perStep(output: string): number {
  const ms = /per step ([\d.]+)/.exec(output)?.[1];
  if (ms === undefined) throw new Error(`The training did not end: ${output}`);
  return Number(ms);
}

async function alone(reads: '0' | '1'): Promise<number> {
  return perStep(await runAlone({ program, env: environment(reads) }));
}

async function tracked(): Promise<number> {
  const path = join(projectRoot, program);
  const lines = readFileSync(path, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes('// #TRACK')) + 1;
  const condition = trackCondition([{ id: 'weights', expression: 'weights', stopAt: 0 }]);
  const output = await runDebugged({ program, env: environment('0') }, (client) =>
    client.request('setBreakpoints', { source: { path }, breakpoints: [{ line, condition }] }),
  );
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
