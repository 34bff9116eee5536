/**
 * The program under test must not be able to tell that it was looked at: each program records its own view, and prints the
 * same with everything listed, previewed, read and reduced at every stop as without any debugger.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { nodeBinaries, personsEnvironment, projectRoot } from '../support/environment.ts';
import { lookAtEverything, type Sight } from '../support/lookAtEverything.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

interface Observed {
  stdout: string;
  stderr: string;
  exitCode: number | null;
}

interface Case {
  name: string;
  program: string;
  args?: string[];
  env?: Record<string, string>;
  /** At least so many stops, and so many successful reads in all: otherwise nothing was put to the test. */
  stops: number;
  reads: number;
  /** At least so many call sites whose copies were counted. */
  copies?: number;
  /** What else must hold of what could be seen. */
  check?(sights: Sight[]): void;
}

const cases: Case[] = [
  { name: 'immediates, microtasks and timers', program: 'immediates.mjs', stops: 12, reads: 40 },
  {
    name: 'error scopes and events',
    program: 'errors.mjs',
    stops: 7,
    reads: 20,
    check: (sights) => {
      const codes = new Set(sights.flatMap(({ refusals }) => refusals));
      for (const code of ['not-readable', 'device-error', 'device-lost']) assert.ok(codes.has(code), `no ${code}`);
    },
  },
  { name: 'two instances of the binding', program: 'instances.mjs', stops: 10, reads: 60 },
  { name: 'wrapped WebGPU methods', program: 'wrapped.mjs', stops: 10, reads: 30 },
  { name: 'built-ins of the language replaced by the program', program: 'builtins.mjs', stops: 4, reads: 60 },
  { name: 'getters and proxies', program: 'getters.mjs', stops: 2, reads: 20 },
  { name: 'collection and finalizers', program: 'collected.mjs', args: ['--expose-gc'], stops: 4, reads: 10 },
  { name: 'ONNX Runtime and transformers.js', program: 'onnxruntime.mjs', stops: 7, reads: 60 },
  ...['cpu', 'wasm', 'webgpu'].map((device) => ({
    name: `jax-js training, ${device}`,
    program: 'jax.mjs',
    env: { JAX_DEVICE: device },
    stops: 18,
    reads: 100,
    check: (sights: Sight[]) => {
      // Lazy arrays and tracers of jit have no values; arrays that were used up neither.
      for (const { refusals } of sights) {
        assert.deepEqual(subtract(refusals, ['pending', 'disposed', 'not-readable']), []);
      }
    },
  })),
  {
    name: 'TF.js inside its own frames',
    program: 'tfjsFrames.mjs',
    stops: 3,
    reads: 10,
    check: (sights) => {
      // Inside, every tensor on the device is pending; outside, none is. (Free buffers of the backend can't be read.)
      for (const { refusals } of sights.slice(0, -1)) assert.ok(refusals.includes('pending'), refusals.join());
      for (const { refusals } of sights) assert.deepEqual(subtract(refusals, ['pending', 'not-readable']), []);
      assert.ok(!sights.at(-1)!.refusals.includes('pending'));
    },
  },
  ...[
    { TFJS_BACKEND: 'cpu' },
    { TFJS_BACKEND: 'wasm' },
    { TFJS_BACKEND: 'webgpu' },
    { TFJS_BACKEND: 'webgpu', CPU_FORWARD: '1' },
  ].map((env) => ({
    name: `TF.js training, ${Object.values(env).join(' with host kernels ')}`,
    program: 'tfjs.mjs',
    env,
    stops: 15,
    reads: 100,
    check: (sights: Sight[]) => {
      // The disposed loss, and buffers that the backend keeps without COPY_SRC.
      for (const { refusals } of sights) assert.deepEqual(subtract(refusals, ['disposed', 'not-readable']), []);
    },
  })),
];

for (const TFJS_BACKEND of ['cpu', 'wasm', 'webgpu']) {
  cases.push({
    name: `copies that are counted, ${TFJS_BACKEND}`,
    program: 'copies.mjs',
    args: ['--expose-gc'],
    env: { TFJS_BACKEND },
    stops: 2,
    reads: 2,
    copies: 2,
  });
}

function subtract(codes: readonly string[], allowed: readonly string[]): string[] {
  return codes.filter((code) => !allowed.includes(code));
}

function withoutInspectorLines(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^(Debugger (listening|attached|ending)|For help, see|Waiting for the debugger)/.test(line))
    .join('\n');
}

function runAlone({ program, args = [], env }: Case, executable: string): Promise<Observed> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, [...args, `test/debuggee/observer/${program}`], {
      cwd: projectRoot,
      env: { ...personsEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }));
  });
}

async function runObserved({ program, args = [], env }: Case, executable: string) {
  const paused = await PausedProgram.start(`observer/${program}`, { executable, args, ...(env && { env }) });
  try {
    const sights: Sight[] = [];
    let copies = 0;
    if (paused.frames.length > 0) {
      do {
        sights.push(await lookAtEverything(paused));
        copies = (await paused.inspector.copies()).sites.length;
      } while (await paused.resume());
    }
    const exitCode = await paused.exited;
    const { stdout, stderr } = await paused.closedOutput();
    return { observed: { stdout, stderr: withoutInspectorLines(stderr), exitCode }, sights, copies };
  } finally {
    await paused.end();
  }
}

for (const { major, path } of nodeBinaries()) {
  describe(`the program's own view on Node ${major}`, () => {
    for (const each of cases) {
      test(each.name, async () => {
        const alone = await runAlone(each, path);
        assert.equal(alone.exitCode, 0, alone.stderr);
        assert.notEqual(alone.stdout, '');
        const { observed, sights, copies } = await runObserved(each, path);
        assert.deepEqual(observed.stdout.split('\n'), alone.stdout.split('\n'));
        assert.equal(observed.stderr, alone.stderr);
        assert.equal(observed.exitCode, alone.exitCode);
        assert.ok(sights.length >= each.stops, `only ${sights.length} stops`);
        const reads = sights.reduce((sum, sight) => sum + sight.reads, 0);
        assert.ok(
          reads >= each.reads,
          `only ${reads} reads; refused: ${sights.map(({ refusals }) => refusals.join()).join(' | ')}`,
        );
        assert.ok(copies >= (each.copies ?? 0), `only ${copies} call sites that copy`);
        each.check?.(sights);
      });
    }
  });
}

test('looking for the session that a graph belongs to', async () => {
  const paused = await PausedProgram.start('observer/owners.mjs');
  try {
    const { inspector, top } = paused;
    const unnamed = 'outputMetadata[0] of the session';
    for (const [kind, output] of Object.entries({
      text: 'sessions.get("a \\"name\\"").outputMetadata[0]',
      number: 'sessions.get(1.5).outputMetadata[0]',
      nan: 'sessions.get(NaN).outputMetadata[0]',
      object: unnamed,
      proxy: unnamed,
      bigint: 'sessions.get(10n).outputMetadata[0]',
      none: 'sessions.get(null).outputMetadata[0]',
      cyclic: unnamed,
      below: unnamed,
      symbol: unnamed,
      // Where the program stopped, `this` is another.
      receiver: unnamed,
    })) {
      await assert.rejects(
        inspector.graphOf(top, `pick("${kind}")`).then((id) => inspector.graphInputs(id)),
        { message: 'The session has 2 outputs: a, b.', help: `Name one of them: ${output}.` },
        kind,
      );
    }
    const whole = await inspector.graphOf(top, 'pick("whole")');
    await assert.rejects(inspector.evaluateGraph(whole, [{ name: 'x', expression: 'feed', callFrameId: top }]), {
      code: 'invalid-feed',
      message: '"feed" can\'t feed x: [1] is a proxy.',
    });
    assert.equal(await paused.resume(), false);
    await paused.exited;
    assert.equal((await paused.closedOutput()).stdout, 'untouched\n');
  } finally {
    await paused.end();
  }
});

describe('the one exception', () => {
  const program = 'observer/earlier.mjs';

  test('without a GPU read, work of the program settles when it would have', async () => {
    const paused = await PausedProgram.start(program);
    try {
      const { tensors } = await paused.inspector.list(paused.top);
      const { id } = tensors.find(({ expression }) => expression === 'held.hostArray')!.tensor;
      await paused.inspector.read(id, {});
      assert.equal(await paused.resume(), false);
      await paused.exited;
      assert.equal((await paused.closedOutput()).stdout, 'pending\nmicrotask,mapAsync\n');
    } finally {
      await paused.end();
    }
  });

  test('a GPU read settles finished work of the program earlier', async () => {
    const paused = await PausedProgram.start(program);
    try {
      const { id } = await paused.inspector.evaluate(paused.top, 'buffer', { throwOnSideEffect: true });
      await paused.inspector.read(id, {});
      assert.equal(await paused.resume(), false);
      await paused.exited;
      assert.equal((await paused.closedOutput()).stdout, 'mapped\nmapAsync,microtask\n');
    } finally {
      await paused.end();
    }
  });
});
