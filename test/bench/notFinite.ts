/** What breaking on NaN or Inf costs a training loop: blocks of steps with it, without it, and with TF.js's own debug mode. */
import { median, medianRatio, type Figure } from './measure.ts';
import { runDebugged } from './programs.ts';

const program = 'test/debuggee/bench/notFinite.mjs';
/** The order in which the program runs its blocks. */
const modes = ['off', 'deferred', 'off'] as const;

/** Milliseconds a step, by block. */
type Measured = Record<'off' | 'deferred' | 'debug', number[]>;

async function measured(backend: string, steps: number): Promise<Measured> {
  let block = 0;
  const env = { TFJS_BACKEND: backend, STEPS: String(steps) };
  const output = await runDebugged({ program, env }, (client) => {
    client.on('stopped', ({ reason }) => {
      if (reason === 'exception') throw new Error('The training made a NaN.');
      const mode = modes[block++ % modes.length]!;
      void client.request('tensor/breakOnNotFinite', { mode }).then(() => client.request('continue', { threadId: 1 }));
    });
    return Promise.resolve();
  });
  const json = /measured (\{.*\})/.exec(output)?.[1];
  if (json === undefined) throw new Error(`The program did not end: ${output.slice(-1000)}`);
  return JSON.parse(json) as Measured;
}

export async function notFinite(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [backend, steps] of [
    ['webgpu', 3],
    ['cpu', 2],
  ] as const) {
    const { off, deferred, debug } = await measured(backend, steps);
    const step = (values: readonly number[]) => `${median(values).toFixed(1)} ms`;
    figures.push(
      {
        name: `break on NaN, ${backend}`,
        sides: 'a step of training with it on, deferred / off',
        ratio: medianRatio(deferred, off),
        target: 2,
        goal: 'at most',
        detail: `${step(deferred)} / ${step(off)}`,
      },
      {
        name: `break on NaN, ${backend}, against tf.enableDebugMode()`,
        sides: "a step of training in TF.js's debug mode / deferred",
        ratio: medianRatio(debug, deferred),
        target: 10,
        goal: 'at least',
        detail: `${step(debug)} / ${step(deferred)}`,
      },
    );
  }
  return figures;
}
