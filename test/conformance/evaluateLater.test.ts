/** Engines that compute asynchronously only: said at the stop, run with its feeds when the program goes on, read at the next one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvaluatedValue } from '../../src/protocol/requests.ts';
import { nodeBinaries } from '../support/environment.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

const cases: [expression: string, feeds: Record<string, string>, reason: RegExp, value: unknown][] = [
  ['session.outputMetadata[0]', { x: 'batch' }, /onnxruntime-web computes scores asynchronously only/, 'own'],
  ['session', { x: '[[0, 0, 0]]' }, /onnxruntime-web/, [[0.5, 0]]],
  // What was fed is that of the stop: the program overwrites it right behind.
  ['nodes.y', { x: 'fed', flag: 'true' }, /TensorFlow\.js runs y asynchronously only \(op Merge\)/, [4, 5]],
  ['nodes.y', { x: '[3, 4]', flag: 'false' }, /asynchronously only/, [30, 40]],
  [
    'places',
    { c: '[false, true, true]' },
    /TensorFlow\.js runs the op Where \('where'\) asynchronously only/,
    [[1], [2]],
  ],
];

for (const { major, path } of nodeBinaries()) {
  for (const TFJS_BACKEND of ['cpu', 'wasm']) {
    test(`values that come later, TF.js on ${TFJS_BACKEND}, Node ${major}: each with the feeds of its stop, and no trace of it`, async () => {
      const come: EvaluatedValue[] = [];
      const options = { executable: path, env: { TFJS_BACKEND } };
      const program = await PausedProgram.start('evaluate/later.mjs', options, (value) => come.push(value));
      const { inspector } = program;
      const evaluate = async (expression: string, feeds: Record<string, string>) =>
        inspector.evaluateGraph(
          await inspector.graphOf(program.top, expression),
          Object.entries(feeds).map(([name, fed]) => ({ name, expression: fed, callFrameId: program.top })),
        );
      try {
        const ids: string[] = [];
        for (const [expression, feeds, reason] of cases) {
          const { tensor, isLater } = await evaluate(expression, feeds);
          assert.ok(isLater, expression);
          assert.equal(tensor.state, 'pending');
          assert.match(tensor.access.reason ?? '', reason);
          assert.match(tensor.access.help ?? '', /after the program has gone on.*next stop/);
          await assert.rejects(inspector.read(tensor.id, {}), { message: tensor.access.reason });
          ids.push(tensor.id);
        }
        const strange = await evaluate('nodes.strange', { x: '[1, 2]', flag: 'true' });
        assert.ok(strange.isLater);
        assert.equal(come.length, 0);
        assert.ok(await program.resume());

        assert.deepEqual(come.map(({ id }) => id).sort(), [...ids, strange.tensor.id].sort());
        const expected = (await program.ask('expected')) as number[];
        for (const [index, [expression, , , value]] of cases.entries()) {
          const { values, tensor } = await inspector.read(ids[index]!, { slice: '...' });
          const wanted = value === 'own' ? [expected.slice(0, 2), expected.slice(2)] : value;
          assert.deepEqual(values, wanted, expression);
          assert.deepEqual([tensor.kind, tensor.state, tensor.location], ['array', 'live', 'host']);
        }
        const { max } = await inspector.stats(ids[3]!, {});
        assert.equal(max, 40);
        const failed = come.find(({ id }) => id === strange.tensor.id);
        assert.match(`${failed?.error?.code}: ${failed?.error?.message}`, /^evaluation-failed: .*NotAnOp/);
        await assert.rejects(inspector.read(strange.tensor.id, {}), { code: 'evaluation-failed' });

        await program.inspector.resuming();
        await assert.rejects(inspector.describe(ids[0]!), { code: 'no-such-tensor' });
        assert.equal(await program.resume(), false);
        const { stdout, stderr } = await program.closedOutput();
        const scores = expected.join();
        assert.equal(
          stdout,
          `the same\nmicrotask; early ${scores}; late ${scores}; immediate; timeout\ntrue 1,2\n`,
          stderr,
        );
      } finally {
        await program.end();
      }
    });
  }
}

test('in a program that has WebGPU, TF.js there and onnxruntime-web say why a run of ours could meet the program', async () => {
  const program = await PausedProgram.start('evaluate/later.mjs', { env: { TFJS_BACKEND: 'webgpu' } });
  const { inspector } = program;
  const refused = async (expression: string, feeds: Record<string, string>, message: RegExp) => {
    const id = await inspector.graphOf(program.top, expression);
    const given = Object.entries(feeds).map(([name, fed]) => ({ name, expression: fed, callFrameId: program.top }));
    await assert.rejects(
      inspector.evaluateGraph(id, given),
      (error: { code: string; message: string; help: string }) => {
        assert.match(`${error.code}: ${error.message}`, message);
        assert.ok(error.help);
        return true;
      },
    );
  };
  try {
    await refused(
      'nodes.y',
      { x: 'fed', flag: 'true' },
      /^not-available: On webgpu, TensorFlow\.js runs this graph async/,
    );
    await refused('places', { c: '[true]' }, /^not-available: On webgpu, TensorFlow\.js/);
    await refused('session', { x: 'batch' }, /^not-available: .*maybe on WebGPU/);
    await refused('session', {}, /^invalid-feed: .*its input x float32\[\?, 3\] has no value/);
  } finally {
    await program.end();
  }
});
