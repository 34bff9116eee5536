/** What it costs a program that its copies are counted: pairs of processes, alone and launched by the debug adapter. */
import { median, medianRatio, type Figure } from './measure.ts';
import { runAlone, runDebugged } from './programs.ts';

const program = { program: 'test/debuggee/bench/copies.mjs' };

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

const alone = async () => measured(await runAlone(program));
const counted = async () => measured(await runDebugged(program));

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
