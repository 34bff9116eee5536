/** What breaking on NaN or Inf costs a training loop: blocks of steps with it, without it, and with TF.js's own debug mode. */
import { join } from 'node:path';
import { DapClient } from '../../src/cli/dapClient.ts';
import { gpuEnvironment, projectRoot } from '../support/environment.ts';
import { median, medianRatio, type Figure } from './measure.ts';

const program = join(projectRoot, 'test/debuggee/bench/notFinite.mjs');
/** The order in which the program runs its blocks. */
const modes = ['off', 'deferred', 'off'] as const;

/** Milliseconds a step, by block. */
type Measured = Record<'off' | 'deferred' | 'debug', number[]>;

async function measured(backend: string, steps: number): Promise<Measured> {
  const client = new DapClient(join(projectRoot, 'dist/adapter.cjs'));
  let output = '';
  let block = 0;
  client.on('output', (body) => (output += body.output));
  const ended = new Promise<void>((resolve, reject) => {
    client.on('terminated', () => resolve());
    client.on('stopped', ({ reason }) => {
      const mode = modes[block++ % modes.length]!;
      if (reason === 'exception') reject(new Error('The training made a NaN.'));
      void client
        .request('tensor/breakOnNotFinite', { mode })
        .then(() => client.request('continue', { threadId: 1 }))
        .catch(reject);
    });
  });
  const initialized = new Promise<void>((resolve) => client.on('initialized', () => resolve()));
  await client.request('initialize', { adapterID: 'tensor' });
  const env = { ...gpuEnvironment(), TFJS_BACKEND: backend, STEPS: String(steps) };
  const launched = client.request('launch', { program, cwd: projectRoot, env });
  await initialized;
  await client.request('configurationDone', {});
  await launched;
  await ended;
  await client.request('disconnect', {});
  await client.close();
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
