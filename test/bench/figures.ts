/** The performance goals, one function each. */
import { PausedProgram } from '../support/pausedProgram.ts';
import { median, medianRatio, timed, type Figure } from './measure.ts';
import { trainingPair } from './training.ts';

async function rounds(
  program: string,
  env: Record<string, string>,
  measure: (paused: PausedProgram, round: number) => Promise<void>,
): Promise<void> {
  const paused = await PausedProgram.start(program, { env: { ...env } });
  try {
    for (let round = 0; round < Number(env['BENCH_ROUNDS']); round++) {
      await measure(paused, round);
      await paused.resume();
    }
  } finally {
    await paused.end();
  }
}

const gpuProgram = 'bench/webgpu.mjs';

async function tensorOf(paused: PausedProgram) {
  return paused.inspector.evaluate(paused.top, 'tensor', { throwOnSideEffect: true });
}

async function ownMs(paused: PausedProgram): Promise<number> {
  return ((await paused.ask('own')) as { ms: number }).ms;
}

/** (a) A 20 x 20 window of a 256 MiB tensor, against what the program itself would do. */
export async function windowRead(): Promise<Figure[]> {
  const [window, whole, bytes]: [number[], number[], number[]] = [[], [], []];
  const env = { BENCH_KIND: 'window', BENCH_ROUNDS: '6', BENCH_SHAPE: '[8192, 8192]' };
  await rounds(gpuProgram, env, async (paused, round) => {
    const { id } = await tensorOf(paused);
    const { ms, value } = await timed(() => paused.inspector.read(id, { slice: '100:120, 200:220' }));
    if (round === 0) return;
    window.push(ms);
    whole.push(await ownMs(paused));
    bytes.push(value.cost.bytes);
  });
  const own = 20 * 20 * 4;
  return [
    {
      name: 'window, time',
      sides: 'await tensor.data() of 256 MiB / a 20 x 20 window through the protocol',
      ratio: medianRatio(whole, window),
      target: 500,
      goal: 'at least',
      detail: `${median(whole).toFixed(0)} ms / ${median(window).toFixed(2)} ms`,
    },
    {
      name: 'window, bytes',
      sides: 'bytes moved / bytes of the window',
      ratio: median(bytes) / own,
      target: 1.1,
      goal: 'at most',
      detail: `${median(bytes)} B / ${own} B`,
    },
  ];
}

/** (b) 4 KiB: inside the agent against the barest mapAsync readback, and end to end. */
export async function smallRead(): Promise<Figure[]> {
  const [agent, bare, endToEnd]: [number[], number[], number[]] = [[], [], []];
  const env = { BENCH_KIND: 'small', BENCH_ROUNDS: '40', BENCH_SHAPE: '[1024, 1024]' };
  await rounds(gpuProgram, env, async (paused, round) => {
    const { id } = await tensorOf(paused);
    const { ms } = await timed(() => paused.inspector.read(id, { slice: '0' }));
    const request = {
      windows: [
        {
          id,
          ranges: [
            { start: 0, step: 1, count: 1, dropped: true },
            { start: 0, step: 1, count: 1024, dropped: false },
          ],
        },
      ],
    };
    const { result } = await paused.agent.send('Runtime.evaluate', {
      expression: `(() => {
        const agent = globalThis[Symbol.for('tensor-debugger.agent.v1')];
        const start = performance.now();
        const answer = agent.call('read', ${JSON.stringify(JSON.stringify(request))});
        const ms = performance.now() - start;
        return JSON.parse(answer).ok ? ms : answer;
      })()`,
    });
    if (typeof result.value !== 'number') throw new Error(String(result.value));
    if (round < 5) return;
    agent.push(result.value);
    bare.push(await ownMs(paused));
    endToEnd.push(ms);
  });
  return [
    {
      name: 'small read, in the agent',
      sides: 'synchronous read of 4 KiB / the barest awaited mapAsync readback of them',
      ratio: medianRatio(agent, bare),
      target: 1.5,
      goal: 'at most',
      detail: `${median(agent).toFixed(2)} ms / ${median(bare).toFixed(2)} ms`,
    },
    {
      name: 'small read, end to end',
      sides: 'through the protocol, ms / 5 ms',
      ratio: median(endToEnd) / 5,
      target: 1,
      goal: 'at most',
      detail: `${median(endToEnd).toFixed(2)} ms`,
    },
  ];
}

/** (c) Statistics of 64 MiB. */
export async function statistics(): Promise<Figure[]> {
  const [device, loop]: [number[], number[]] = [[], []];
  let name = '';
  const env = { BENCH_KIND: 'statistics', BENCH_ROUNDS: '6', BENCH_SHAPE: '[4096, 4096]' };
  await rounds(gpuProgram, env, async (paused, round) => {
    const tensor = await tensorOf(paused);
    name = tensor.device.name ?? '';
    const { ms } = await timed(() => paused.inspector.stats(tensor.id, {}));
    if (round === 0) return;
    device.push(ms);
    loop.push(await ownMs(paused));
  });
  return [
    {
      name: 'statistics',
      sides: 'await data() and a loop / on the device, 64 MiB',
      ratio: medianRatio(loop, device),
      target: /swiftshader|llvmpipe/i.test(name) ? 2 : 10,
      goal: 'at least',
      detail: `${median(loop).toFixed(0)} ms / ${median(device).toFixed(0)} ms on ${name}`,
    },
  ];
}

/** (d) A training process under the debugger with nothing read, in pairs of processes. */
export async function underTheDebugger(): Promise<Figure[]> {
  const pairs: { debugged: number; plain: number }[] = [];
  for (let pair = 0; pair < 7; pair++) pairs.push(await trainingPair(pair % 2 === 0));
  const [debugged, plain] = [pairs.map((pair) => pair.debugged), pairs.map((pair) => pair.plain)];
  return [
    {
      name: 'under the debugger',
      sides: 'training with the debugger attached, nothing read / without one',
      ratio: medianRatio(debugged, plain),
      target: 1.03,
      goal: 'at most',
      detail: `${median(debugged).toFixed(0)} ms / ${median(plain).toFixed(0)} ms`,
    },
  ];
}

/** (e) From the stop to a list of 1,000 tensors, against the bare stop with its scopes. */
export async function manyTensors(): Promise<Figure[]> {
  const [listed, bare]: [number[], number[]] = [[], []];
  await rounds('bench/manyTensors.mjs', { BENCH_ROUNDS: '24' }, async (paused, round) => {
    const scopes = paused.frames[0]!.scopeChain.filter(({ type }) => type !== 'global');
    const fetchScopes = () =>
      Promise.all(
        scopes.map(({ object }) =>
          paused.main.send('Runtime.getProperties', { objectId: object.objectId!, ownProperties: true }),
        ),
      );
    const list = async () => {
      const { tensors } = await paused.inspector.list(paused.top);
      if (tensors.length < 1000) throw new Error(`${tensors.length} tensors were listed`);
    };
    // Which side goes first alternates: the first one of a stop pays for V8's own preparations.
    const first = round % 2 === 0 ? await timed(list) : await timed(fetchScopes);
    const second = round % 2 === 0 ? await timed(fetchScopes) : await timed(list);
    if (round < 4) return;
    listed.push(round % 2 === 0 ? first.ms : second.ms);
    bare.push(round % 2 === 0 ? second.ms : first.ms);
  });
  return [
    {
      name: 'list of 1,000 tensors',
      sides: 'stop to list / stop to variables of the same scopes',
      ratio: medianRatio(listed, bare),
      target: 1.5,
      goal: 'at most',
      detail: `${median(listed).toFixed(1)} ms / ${median(bare).toFixed(1)} ms`,
    },
  ];
}
