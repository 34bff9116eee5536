/** Tracked lines: a program that never stops says what its tensors were at every pass, to the last one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { agentSymbol } from '../../src/protocol/agent.ts';
import type { TrackedBatch, TrackedPoint } from '../../src/protocol/track.ts';
import type { ProgramWarning, TrackRequests } from '../../src/protocol/requests.ts';
import { parseTrackCondition, parseTrackPath, trackCondition } from '../../src/protocol/trackCondition.ts';
import { gpuEnvironment, nodeBinaries, personsEnvironment } from '../support/environment.ts';
import { debuggee, lineOf, TestSession, type SessionOptions } from './session.ts';

const program = debuggee('tracked.mjs');

interface Seen {
  i: number;
  statistics: { min: number; max: number; mean: number; nan: number }[];
}

function options(env: Record<string, string>, rest: Partial<SessionOptions> = {}): SessionOptions {
  return { ...rest, launch: { program, env: { ...gpuEnvironment(), ...env } } };
}

function track(
  session: TestSession,
  args: Omit<TrackRequests['tensor/track']['arguments'], 'source' | 'line'> & { at?: string },
): Promise<TrackRequests['tensor/track']['result']> {
  const { at = 'LINE', ...rest } = args;
  return session.client.request('tensor/track', { source: { path: program }, line: lineOf(program, at), ...rest });
}

function batches(session: TestSession, id: string): TrackedBatch[] {
  return session.client.events
    .filter(({ event }) => event === 'tensor/tracked')
    .map(({ body }) => body as TrackedBatch)
    .filter((batch) => batch.id === id);
}

function points(session: TestSession, id: string): TrackedPoint[] {
  return batches(session, id).flatMap((batch) => batch.points);
}

function failures(session: TestSession, id: string) {
  return batches(session, id).flatMap((batch) => batch.failures);
}

/** Starts the program with these expressions tracked on its line, before its first statement. */
async function tracked(
  env: Record<string, string>,
  expressions: Record<string, string>,
  body: (session: TestSession) => Promise<void>,
  rest: Partial<SessionOptions> = {},
): Promise<void> {
  const condition = (id: string, expression: string) => trackCondition([{ id, expression, stopAt: 0 }]);
  // As VS Code does it: as breakpoints with conditions of their own, several of them on the one line.
  const [first, ...others] = Object.entries(expressions);
  const breakpoints = { [program]: first ? [{ at: 'LINE', condition: condition(...first) }] : [] };
  await TestSession.run({ ...options(env, rest), breakpoints }, async (session) => {
    for (const [id, expression] of others) await track(session, { id, expression });
    await body(session);
  });
}

function near(actual: number | null, expected: number, scale: number): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= scale * 2e-6, `${actual} is not ${expected}`);
}

/** What was tracked of `scaled`, `loss` and `spoiled` is what the program computed itself. */
function check(session: TestSession, seen: Seen[], where: 'host' | 'device', bytesPerPass: number): void {
  ['scaled', 'loss', 'spoiled'].forEach((id, index) => {
    const found = points(session, id);
    assert.deepEqual(failures(session, id), []);
    assert.deepEqual(
      found.map(({ pass }) => pass),
      seen.map(({ i }) => i),
    );
    found.forEach((point, k) => {
      const { min, max, mean, nan } = seen[k]!.statistics[index]!;
      assert.deepEqual([point.min, point.max, point.nan], [min, max, nan], `${id}, pass ${k + 1}`);
      near(point.mean, mean, Math.max(max - min, Math.abs(max)));
      assert.equal(point.value, id === 'loss' ? min : undefined);
    });
    const last = batches(session, id).at(-1)!;
    assert.equal(last.passes, seen.length);
    assert.deepEqual(last.tensor?.shape, id === 'loss' ? [] : [200, 200]);
    assert.deepEqual([last.tensor?.where, last.tensor?.dtype, last.tensor?.runtime], [where, 'float32', 'tfjs']);
    assert.equal(last.cost.bytesPerPass, bytesPerPass);
    assert.ok(last.cost.msPerPass > 0 && last.cost.share > 0 && last.cost.share < 1, JSON.stringify(last.cost));
  });
}

const expressions = { scaled: 'scaled', loss: 'loss', spoiled: 'spoiled' };
const outputs = new Map<string, string>();

/** What the program prints without a debugger; the same however it ends. */
function printsAlone(node: string, backend: string, AWAITS: string): string {
  const key = [node, backend, AWAITS].join();
  let output = outputs.get(key);
  if (output === undefined) {
    const env = { ...personsEnvironment(), TFJS_BACKEND: backend, AWAITS };
    output = spawnSync(node, [program], { encoding: 'utf8', env }).stdout;
    outputs.set(key, output);
  }
  return output;
}

const endings = { natural: 0, exit: 3, throw: 1 };

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    for (const backend of ['cpu', 'webgpu']) {
      for (const AWAITS of ['0', '1']) {
        for (const [ENDING, exitCode] of Object.entries(endings)) {
          // All ways on one version of Node; on the others those that lean on Node's own functions most.
          if (major !== 20 && (backend === 'cpu' || AWAITS === '1' || ENDING === 'natural')) continue;
          test(`${backend}, ${AWAITS === '1' ? 'awaiting' : 'in one go'}, ends by ${ENDING}`, async () => {
            const env = { TFJS_BACKEND: backend, AWAITS, ENDING };
            const printed = printsAlone(node, backend, AWAITS);
            await tracked(
              env,
              expressions,
              async (session) => {
                assert.equal(await session.exitCode(), exitCode);
                assert.equal(session.client.outputOf('stdout'), printed, 'it counts as it does alone');
                const { seen } = JSON.parse(printed) as { seen: Seen[] };
                assert.equal(seen.length, 5);
                check(session, seen, backend === 'cpu' ? 'host' : 'device', backend === 'cpu' ? 0 : 28);
                assert.deepEqual(
                  session.client.events.filter(({ event }) => event === 'stopped'),
                  [],
                );
              },
              { node },
            );
          });
        }
      }
    }
  });
}

test('a program that leaves at once, with its work still on the device, loses no point', async () => {
  await tracked({ TFJS_BACKEND: 'webgpu', ENDING: 'early', STEPS: '40' }, expressions, async (session) => {
    await session.terminated();
    for (const id of Object.keys(expressions)) assert.equal(points(session, id).length, 40);
  });
});

test('more passes than the buffer on the device holds, without a turn of the event loop', async () => {
  await tracked({ TFJS_BACKEND: 'webgpu', ENDING: 'early', STEPS: '1500' }, { loss: 'loss' }, async (session) => {
    await session.terminated();
    const found = points(session, 'loss');
    assert.deepEqual(
      found.map(({ pass }) => pass),
      Array.from({ length: 1500 }, (_, index) => index + 1),
    );
    assert.deepEqual(failures(session, 'loss'), []);
  });
});

test('what cannot be tracked says why, at its passes, and the rest goes on', async () => {
  const wrong = {
    own: 'own',
    missing: 'no.such',
    getter: 'model.layers[0].kernel.rank',
    number: 'i',
    indexed: 'model.layers[no].kernel',
    weight: 'model.layers[0].kernel',
    shape: 'scaled.shape',
  };
  await tracked({ TFJS_BACKEND: 'cpu' }, wrong, async (session) => {
    await session.terminated();
    const report = (id: string) => {
      // Batches may part what is one failure to a person.
      const found = failures(session, id);
      const passes = found.flatMap(({ pass, count }) => Array.from({ length: count }, (_, k) => pass + k));
      assert.deepEqual([passes, points(session, id)], [[1, 2, 3, 4, 5], []], id);
      for (const { report: other } of found) assert.deepEqual(other, found[0]!.report);
      return found[0]!.report;
    };
    // Its own declaration is on the line, and the line is tracked before it runs.
    assert.match(failures(session, 'own')[0]!.report.help ?? '', /track the next line/);
    assert.equal(points(session, 'own').length, 0);
    assert.equal(report('missing').code, 'not-available');
    assert.match(report('getter').message, /^"model\.layers\[0\]\.kernel\.rank" is a getter/);
    assert.equal(report('indexed').code, 'not-available');
    assert.deepEqual(
      points(session, 'number').map(({ value }) => value),
      [1, 2, 3, 4, 5],
    );
    assert.equal(points(session, 'weight').length, 5);
    assert.deepEqual(points(session, 'shape').at(-1)?.max, 200);
  });
});

test('the program stops at the pass that was asked for, and only there; untracked, it is left alone', async () => {
  await TestSession.run(
    options({ TFJS_BACKEND: 'webgpu' }, { breakpoints: { [program]: [{ at: 'LINE' }] } }),
    async (session) => {
      // Beside a breakpoint that stops at the very place.
      const set = await track(session, { expression: 'loss', stopAt: 0 });
      assert.deepEqual([set.verified, set.line], [false, lineOf(program, 'LINE')]);
      assert.match(set.message ?? '', /has not loaded/);
      await session.stopped('breakpoint');
      assert.equal((await session.top()).line, lineOf(program, 'LINE'));
      await session.client.event('tensor/tracked');
      assert.equal(points(session, set.id).length, 1, 'at a stop, what is on its way is fetched');
      await session.setBreakpoints(program, []);
      await track(session, { id: set.id, expression: 'loss', stopAt: 3 });
      await session.continue();
      await session.stopped('breakpoint');
      assert.equal((await session.evaluate('i')).result, '3');
      assert.deepEqual(await session.client.request('tensor/untrack', { id: set.id }), { found: true });
      assert.deepEqual(await session.client.request('tensor/untrack', { id: set.id }), { found: false });
      await session.continue();
      await session.terminated();
      assert.deepEqual(
        points(session, set.id).map(({ pass }) => pass),
        [1, 2, 3],
      );
    },
  );
});

test('a fault of the tracking itself is told once, and never reaches the program', async () => {
  await TestSession.run(
    { ...options({ TFJS_BACKEND: 'cpu' }), breakpoints: { [program]: [{ at: 'LINE' }] } },
    async (session) => {
      await session.stopped('breakpoint');
      const { id: frameId } = await session.top();
      await session.client.request('tensor/list', { frameId });
      // A path that no condition has.
      const pass = `globalThis[Symbol.for('${agentSymbol}')].track('x', ']', 0, () => ({}), globalThis)`;
      for (let i = 0; i < 2; i++) assert.equal((await session.evaluate(pass)).result, 'false');
      const told = session.client.events.filter(({ event }) => event === 'tensor/warning');
      assert.deepEqual(
        told.map(({ body }) => (body as ProgramWarning).code),
        ['debugger-fault'],
      );
    },
  );
});

test('a restart begins anew', async () => {
  await tracked({ TFJS_BACKEND: 'cpu', STEPS: '3' }, { loss: 'loss' }, async (session) => {
    const line = lineOf(program, 'LINE');
    await session.setBreakpoints(program, [
      { at: line, condition: trackCondition([{ id: 'loss', expression: 'loss', stopAt: 3 }]) },
    ]);
    await session.stopped('breakpoint');
    await session.client.event('tensor/tracked', ({ body }) =>
      (body as TrackedBatch).points.some(({ pass }) => pass === 3),
    );
    await session.client.request('restart', {});
    await session.stopped('breakpoint');
    assert.equal((await session.evaluate('i')).result, '3');
    await session.continue();
    await session.terminated();
    assert.deepEqual(
      points(session, 'loss').map(({ pass }) => pass),
      [1, 2, 3, 1, 2, 3],
    );
  });
});

test('requests that are wrong say so', async () => {
  await TestSession.run(options({ TFJS_BACKEND: 'cpu' }), async (session) => {
    await session.terminated();
    assert.match(
      await session.failure('tensor/track', { source: { path: program }, line: 1, expression: 'f(x)' }),
      /^"f\(x\)" can't be tracked/,
    );
    assert.match(
      await session.failure('tensor/track', { line: 1, expression: 'x' }),
      /^tensor\/track needs "source": an object/,
    );
  });
});

describe('the program cannot tell', () => {
  const alone = (file: string, env: Record<string, string>, args: string[] = []) =>
    spawnSync(process.execPath, [...args, file], {
      encoding: 'utf8',
      env: { ...personsEnvironment(), ...env },
    });

  for (const env of [
    { TFJS_BACKEND: 'cpu', CPU_FORWARD: '0' },
    { TFJS_BACKEND: 'wasm', CPU_FORWARD: '0' },
    { TFJS_BACKEND: 'webgpu', CPU_FORWARD: '0' },
    { TFJS_BACKEND: 'webgpu', CPU_FORWARD: '1' },
  ]) {
    test(`TF.js training, ${Object.values(env).join(', host kernels ')}`, async () => {
      const file = fileURLToPath(new URL('../debuggee/observer/tfjs.mjs', import.meta.url));
      const { stdout, status } = alone(file, env);
      assert.equal(status, 0);
      const lines = readFileSync(file, 'utf8').split('\n');
      const lineWith = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
      const wanted = [
        // On the tape, inside of tidy, before and after the program's own data().
        ['logits', lineWith('stop({ logits, hot, model })')],
        ['hot', lineWith('return tf.losses')],
        ['model.layers[0].kernel.val', lineWith('account(`step ${step}`')],
        ['loss', lineWith('account(`step ${step}, looked')],
        ['b', lineWith('const c = tf.mul(b')],
        ['flags', lineWith('return tf.keep(c)')],
        ['other', lineWith("account('more'")],
        ['kept', lineWith("account('cached, looked at'")],
      ] as const;
      const breakpoints = wanted.map(([expression, at]) => ({
        at,
        condition: trackCondition([{ id: `${expression} ${at}`, expression, stopAt: 0 }]),
      }));
      await TestSession.run(
        { launch: { program: file, env: { ...gpuEnvironment(), ...env } }, breakpoints: { [file]: breakpoints } },
        async (session) => {
          for (let stops = 0; stops < 100; stops++) {
            const over = await Promise.race([
              session.stopped().then(() => false),
              session.terminated().then(() => true),
            ]);
            if (over) break;
            await session.continue();
          }
          assert.deepEqual(session.client.outputOf('stdout').split('\n'), stdout.split('\n'));
          for (const [expression, at] of wanted) {
            const id = `${expression} ${at}`;
            assert.deepEqual(failures(session, id), []);
            assert.ok(points(session, id).length > 0, `nothing of ${id}`);
          }
          const { where } = batches(session, `logits ${wanted[0][1]}`)[0]!.tensor!;
          assert.equal(where, env.TFJS_BACKEND === 'webgpu' ? 'device' : 'host');
        },
      );
    });
  }

  test('order of callbacks, error scopes, collection, globals', async () => {
    const file = fileURLToPath(new URL('../debuggee/observer/trackedOrder.mjs', import.meta.url));
    const { stdout, status, stderr } = alone(file, {}, ['--expose-gc']);
    assert.equal(status, 0, stderr);
    const condition = trackCondition([{ id: 'tensor', expression: 'tensor', stopAt: 0 }]);
    await TestSession.run(
      {
        launch: { program: file, env: gpuEnvironment(), runtimeArgs: ['--expose-gc'] },
        breakpoints: { [file]: [{ at: 'TRACK', condition }] },
      },
      async (session) => {
        assert.equal(await session.exitCode(), 0);
        assert.deepEqual(session.client.outputOf('stdout').split('\n'), stdout.split('\n'));
        assert.deepEqual(failures(session, 'tensor'), []);
        assert.equal(points(session, 'tensor').length, 31);
      },
    );
  });
});

describe('what can be tracked', () => {
  test('paths of names, members and indices', () => {
    assert.deepEqual(parseTrackPath('loss'), { root: 'loss', steps: [] });
    assert.deepEqual(parseTrackPath(' this . model ?. layers[ 0 ]!.$kernel '), {
      root: 'this',
      steps: ['model', 'layers', 0, '$kernel'],
    });
    assert.deepEqual(parseTrackPath('a[b.c[1]]["d e"]?.[\'f\']'), {
      root: 'a',
      steps: [{ root: 'b', steps: ['c', 1] }, 'd e', 'f'],
    });
    for (const wrong of [
      '',
      'f()',
      'a + b',
      'a = 1',
      'a.',
      'a.[0]',
      'a[',
      'a[0',
      '[0]',
      'await',
      'a b',
      'a.#b',
      '`a`',
    ]) {
      assert.throws(() => parseTrackPath(wrong), { code: 'invalid-argument' }, wrong);
    }
  });

  test('a condition says what it tracks', () => {
    for (const expression of ['loss', 'a["x\\"y"][i].b', 'this.loss']) {
      const wanted = { id: 'a1b2', expression, stopAt: 12 };
      const other = { id: 'c3', expression: 'i', stopAt: 0 };
      const condition = trackCondition([wanted, other]);
      assert.deepEqual(parseTrackCondition(condition), [wanted, other]);
      // Without an agent it is false and throws nothing, whatever is in sight.
      assert.equal(runInNewContext(`(${condition}\n)`), 0);
    }
    for (const other of [undefined, '', 'i > 3', 'x.track("a", "b", 0, () => ({}))']) {
      assert.deepEqual(parseTrackCondition(other), []);
    }
  });
});
