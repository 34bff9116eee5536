/** Evaluating symbolic tensors at a stop: the right value, nothing left behind, and what each wrong feed is told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FeedOf } from '../../src/inspector/tensorInspector.ts';
import { TensorError } from '../../src/protocol/errors.ts';
import type { TensorDescriptor, TensorWarning } from '../../src/protocol/tensor.ts';
import { nodeBinaries } from '../support/environment.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

const asked = { throwOnSideEffect: true };

/** `{ x: 'tensors.batch' }`: expressions of the frame. */
function feeds(program: PausedProgram, named: Record<string, string>): FeedOf[] {
  return Object.entries(named).map(([name, expression]) => ({ name, expression, callFrameId: program.top }));
}

async function evaluate(
  program: PausedProgram,
  expression: string,
  named: Record<string, string> = {},
): Promise<TensorDescriptor> {
  const id = await program.inspector.graphOf(program.top, expression);
  return (await program.inspector.evaluateGraph(id, feeds(program, named))).tensor;
}

async function valuesOf(program: PausedProgram, ...args: [string, Record<string, string>?]): Promise<unknown> {
  const { id } = await evaluate(program, ...args);
  return (await program.inspector.read(id, { slice: '...' })).values;
}

async function refusal(program: PausedProgram, ...args: [string, Record<string, string>?]): Promise<TensorError> {
  try {
    const { id } = await evaluate(program, ...args);
    assert.fail(`${args[0]} was evaluated: ${id}`);
  } catch (error) {
    assert.ok(error instanceof TensorError, String(error));
    return error;
  }
}

for (const TFJS_BACKEND of ['cpu', 'wasm', 'webgpu']) {
  describe(`a graph of the runtime on ${TFJS_BACKEND}`, () => {
    test('has its values at every stop, and the program sees nothing of it', async () => {
      const program = await PausedProgram.start('evaluate/runtimeGraph.mjs', { env: { TFJS_BACKEND } });
      try {
        let stops = 0;
        do {
          stops++;
          const { inspector } = program;
          const { runtimes } = await inspector.list(program.top);
          const own = runtimes.find(({ name }) => name === 'tensor-debugger');
          assert.deepEqual(own, { name: 'tensor-debugger', backend: TFJS_BACKEND, mode: 'mixed' });
          const read = async (name: string) => {
            const tensor = await inspector.evaluate(program.top, `tensors.${name}`, asked);
            assert.deepEqual([tensor.runtime, tensor.kind, tensor.state], ['tensor-debugger', 'eager', 'live']);
            assert.equal(tensor.device.type, TFJS_BACKEND);
            return (await inspector.read(tensor.id, { slice: '...' })).values;
          };
          assert.deepEqual(await read('eager'), [
            [1, 2],
            [3, 4],
          ]);
          assert.deepEqual(await read('computed'), [
            [1.5, 2.5],
            [3.5, 4.5],
          ]);
          assert.deepEqual(await read('flags'), [
            [false, false],
            [true, true],
          ]);
          assert.deepEqual(await read('counter'), [7, 8]);
          const gone = await inspector.evaluate(program.top, 'tensors.gone', asked);
          assert.deepEqual([gone.state, gone.access.how, gone.byteLength], ['disposed', 'none', 4]);
          assert.deepEqual(
            gone.warnings.map(({ code }) => code),
            ['disposed'],
          );
          const letters = await inspector.evaluate(program.top, 'tensors.letters', asked);
          assert.deepEqual((await inspector.read(letters.id, { slice: ':, 0' })).values, ['a', 'b']);
          for (const name of ['y', 'sparse']) {
            const symbolic = await inspector.evaluate(program.top, `tensors.${name}`, asked);
            assert.deepEqual([symbolic.state, symbolic.device.type], ['uninitialised', 'unknown']);
            const [{ code, help }] = symbolic.warnings as [TensorWarning];
            const typed = `await tensors.${name}.eval({ session, feeds })`;
            assert.deepEqual([code, help.includes(typed) || help], ['symbolic-no-value', true]);
            assert.ok(symbolic.access.help!.includes(typed));
          }
          const unranked = await inspector.evaluate(program.top, 'tensors.unranked', asked);
          assert.deepEqual([unranked.unknownRank, unranked.shape], [true, []]);
          assert.deepEqual((await evaluate(program, 'tensors.unranked', { unranked: 'tensors.batch' })).shape, [2, 2]);
          const y = await evaluate(program, 'tensors.y', { x: 'tensors.batch', n: '7' });
          assert.deepEqual(
            [y.dtype, y.shape, y.kind, y.runtime, y.label],
            ['float32', [2, 1], 'array', 'tensor-debugger', 'y:0'],
          );
          assert.deepEqual((await inspector.read(y.id, { slice: '...' })).values, [[28], [50]]);
          assert.deepEqual((await inspector.read(y.id, { slice: '1' })).values, [50]);
          const { max, where } = await inspector.stats(y.id, {});
          assert.deepEqual([max, where], [50, 'host']);
          assert.deepEqual(await valuesOf(program, 'tensors.y', { x: 'tensors.doubled', n: '0' }), [[42], [86]]);
          assert.deepEqual(await valuesOf(program, 'tensors.product', { x: 'tensors.nested' }), [[21], [3]]);
          assert.deepEqual(await valuesOf(program, 'tensors.sum', { MatMul: '[[1], [2], [3]]', n: '1' }), 9);
          assert.deepEqual(await valuesOf(program, 'tensors.product', { 'x:0': 'tensors.rows as float32[1, 2]' }), [
            [65],
          ]);
          assert.deepEqual(await valuesOf(program, 'tensors.y', { x: '[[1, 1]]', n: '0', weights: '[[3], [4]]' }), [
            [7],
          ]);
          assert.deepEqual(await valuesOf(program, 'tensors.classic'), [
            [2, 4],
            [6, 8],
          ]);
          assert.deepEqual(await valuesOf(program, 'tensors.words'), ['a', 'b']);
          assert.deepEqual(await valuesOf(program, 'tensors.weights'), [[1], [10]]);
          // Evaluated again, a placeholder that is fed is what it was fed.
          assert.deepEqual(await valuesOf(program, 'tensors.x', { x: '[[1, 2]]' }), [[1, 2]]);
        } while (await program.resume());
        assert.equal(stops, 4);
        const { stdout } = await program.closedOutput();
        assert.equal(stdout, 'the same\nthe same\n2,4,6,8\nthe same\nthe same\n2,4,6,8\n');
      } finally {
        await program.end();
      }
    });
  });
}

for (const TFJS_BACKEND of ['cpu', 'wasm', 'webgpu']) {
  test(`models of TF.js on ${TFJS_BACKEND}: nodes, symbolic tensors and whole models, as the program itself computes them`, async () => {
    const program = await PausedProgram.start('evaluate/tfjsModels.mjs', { env: { TFJS_BACKEND } });
    const nodes = 'tensors.models.graphModel.executor.graph.nodes';
    const flat = async (...args: [string, Record<string, string>]) => {
      const { id } = await evaluate(program, ...args);
      const { values } = await program.inspector.read(id, { slice: '...' });
      return (values as number[]).flat(9);
    };
    const close = (actual: readonly number[], expected: readonly number[], what: string) => {
      const isClose = actual.length === expected.length && actual.every((n, i) => Math.abs(n - expected[i]!) < 1e-4);
      assert.ok(isClose, `${what}: ${actual.join()} is not ${expected.join()}`);
    };
    try {
      do {
        const expected = JSON.parse((await program.ask('JSON.stringify(tensors.expected)')) as string) as Record<
          string,
          number[]
        >;
        const x = { x: 'tensors.batch' };
        close(await flat(`${nodes}["scores"]`, x), expected['scores']!, 'scores');
        close(await flat('tensors.models.graphModel', { features: 'tensors.batch' }), expected['scores']!, 'model');
        close(await flat('tensors.models.graphModel.outputs[0]', x), expected['scores']!, 'output');
        close(await flat(`${nodes}["dense/MatMul"]`, x), expected['product']!, 'MatMul');
        close(await flat(`${nodes}["scores"]`, { 'sum:0': '[[1, -1]]' }), [1, 0], 'fed in the middle');
        close(await flat(`${nodes}["bias"]`, {}), [0.5, -0.5], 'a constant');
        const both = { a: 'tensors.batch', b: 'tensors.pair' };
        close(await flat('tensors.output', both), expected['functional']!, 'output');
        close(await flat('tensors.functional', both), expected['functional']!, 'functional');
        close(await flat('tensors.hidden', { a: '[[1, 2, 3]]' }), [6, 6], 'hidden');
        close(await flat('tensors.joined', { hidden: '[[7, 8]]', b: '[[9, 10]]' }), [7, 8, 9, 10], 'joined');
        close(await flat('tensors.sequential', { only_input: 'tensors.batch' }), [6, 6, 3, 3], 'sequential');
        const tokens = { tokens: 'tensors.ids' };
        if (TFJS_BACKEND !== 'webgpu') {
          close(await flat('tensors.summary', tokens), expected['recurrent']!, 'recurrent');
        } else {
          // TF.js 4.22 can't transpose the bool mask there, and would give zeros; the program hears nothing of it.
          const { code, message } = await refusal(program, 'tensors.summary', tokens);
          assert.match(`${code}: ${message}`, /^device-error: [^]*TransposeProgram/);
        }
      } while (await program.resume());
      assert.equal((await program.closedOutput()).stdout, 'the same\nthe same\nthe same\nfalse true 0\n');
    } finally {
      await program.end();
    }
  });
}

test('models of TF.js: what can not be run, or not without a trace, says why', async () => {
  const program = await PausedProgram.start('evaluate/tfjsModels.mjs');
  const nodes = 'tensors.models.odd.executor.graph.nodes';
  const cases: [string, Record<string, string>, string, RegExp][] = [
    [`${nodes}["strange"]`, { cond: '[true, false]' }, 'evaluation-failed', /Evaluating strange failed: .*NotAnOp/],
    ['tensors.models.odd', {}, 'invalid-argument', /has 2 outputs: places, strange/],
    ['tensors.models.graphModel', {}, 'invalid-feed', /its input x float32\[\?, 3\] has no value/],
    [
      'tensors.models.graphModel',
      { x: '[[1, 2]]' },
      'invalid-feed',
      /has the shape \[1, 2\]; the graph takes x float32\[\?, 3\]/,
    ],
    [
      'tensors.models.graphModel',
      { x: 'tensors.ids' },
      'invalid-feed',
      /fed for x is int32\[1, 4\]; the graph takes x float32/,
    ],
    ['tensors.models.graphModel', { y: '[1]' }, 'invalid-feed', /no tensor "y"/],
    ['tensors.output', { a: 'tensors.batch' }, 'invalid-feed', /its input b float32\[\?, 2\] has no value/],
    [
      'tensors.output',
      { a: 'tensors.pair', b: 'tensors.pair' },
      'invalid-feed',
      /the shape \[2, 2\]; the graph takes a float32\[\?, 3\]/,
    ],
    [
      'tensors.remembering',
      { gru_GRU1_input: '[[[1, 2, 3], [1, 2, 3]]]' },
      'not-available',
      /keeps a state from call to call/,
    ],
    ['tensors', {}, 'not-a-tensor', /not a tensor/],
  ];
  try {
    for (const [expression, named, code, message] of cases) {
      const error = await refusal(program, expression, named);
      assert.deepEqual([expression, named, error.code], [expression, named, code], error.message);
      assert.match(error.message, message);
    }
  } finally {
    await program.end();
  }
});

for (const { major, path } of nodeBinaries()) {
  test(`sessions of ONNX Runtime on Node ${major}: outputs and whole sessions, of every type`, async () => {
    const program = await PausedProgram.start('evaluate/onnxSessions.mjs', { executable: path });
    const read = async (...args: [string, Record<string, string>?]) => {
      const { id, dtype } = await evaluate(program, ...args);
      return [dtype, (await program.inspector.read(id, { slice: '...' })).values];
    };
    try {
      // In sight as a property of the receiver only.
      const x = { x: '[[1, 2, 3], [1, 1, 1]]' };
      const ofReceiver = await read('this.session.outputMetadata[0]', x);
      assert.ok(await program.resume());
      const expected = JSON.parse((await program.ask('JSON.stringify(expected)')) as string) as number[];
      const scores = ['float32', [expected.slice(0, 2), expected.slice(2)]];
      assert.deepEqual(ofReceiver, scores);
      assert.deepEqual(await read('session.outputMetadata[0]', { x: 'batch' }), scores);
      assert.deepEqual(await read('session', x), scores);
      assert.deepEqual(await read('session', { x: 'rows as float32[1, 3]' }), ['float32', [expected.slice(0, 2)]]);
      const feeds = {
        big: 'ids',
        half: 'halves',
        flags: '[true, false]',
        words: '["a", "ü"]',
        doubles: '[0.1, 1e300]',
      };
      const outputs = [
        ['int64', [2, '2305843009213693952']],
        ['float16', [2, 1]],
        ['bool', [false, true]],
        ['string', ['a', 'ü']],
        ['float64', [0.2, 2e300]],
      ];
      for (const [index, output] of outputs.entries()) {
        assert.deepEqual(await read(`types.outputMetadata[${index}]`, feeds), output);
      }
      const cases: [string, Record<string, string>, string, RegExp][] = [
        ['webSession', { y: 'batch' }, 'invalid-feed', /no tensor "y"/],
        ['session', {}, 'invalid-feed', /its input x float32\[\?, 3\] has no value/],
        ['session', { x: 'ids' }, 'invalid-feed', /fed for x is int64\[2\]; the graph takes x float32\[\?, 3\]/],
        ['session', { x: '[1, 2, 3]' }, 'invalid-feed', /has the shape \[3\]; the graph takes x float32\[\?, 3\]/],
        ['session', { y: 'batch' }, 'invalid-feed', /no tensor "y"/],
        ['session.inputMetadata[0]', { x: 'batch' }, 'invalid-argument', /x is an input of the session/],
        ['types', feeds, 'invalid-argument', /has 5 outputs: bigs, halves, not, text, twice/],
      ];
      // Read as a tensor, a session says what to do, with the names that the program has for it.
      const described = (expression: string) => program.inspector.evaluate(program.top, expression, asked);
      for (const [expression, help] of [
        ['session', /^Evaluate it with values for x \(Tensor: Evaluate Graph Tensor…\)\.$/],
        ['types', /^The session has 5 outputs: .*Name one of them: types\.outputMetadata\[0\]\.$/],
      ] as const) {
        const error = (await described(expression).catch((thrown: unknown) => thrown)) as TensorError;
        assert.equal(error.code, 'not-a-tensor');
        assert.match(error.message, /is an InferenceSession, not a tensor/);
        assert.match(error.help!, help);
      }
      for (const [expression, named, code, message] of cases) {
        const error = await refusal(program, expression, named);
        assert.deepEqual([expression, named, error.code], [expression, named, code], error.message);
        assert.match(error.message, message);
      }
      assert.equal(await program.resume(), false);
      assert.equal((await program.closedOutput()).stdout, 'microtask,immediate true\n');
    } finally {
      await program.end();
    }
  });
}

test('what does not fit is refused with the names and numbers of both, and nothing is run', async () => {
  const program = await PausedProgram.start('evaluate/runtimeGraph.mjs');
  const cases: [string, Record<string, string>, string, RegExp][] = [
    ['y', {}, 'invalid-feed', /^y:0 can't be evaluated: its inputs x float32\[\?, 2\], n int32\[\] have no value\./],
    ['y', { x: '[[1, 2]]' }, 'invalid-feed', /its input n int32\[\] has no value/],
    ['y', { x: '[[1, 2]]', n: '1', z: '1' }, 'invalid-feed', /no tensor "z" that could be fed/],
    ['y', { x: '[[1, 2]]', 'x:0': '[[1, 2]]', n: '1' }, 'invalid-feed', /x is fed twice/],
    ['y', { x: '[1, 2, 3]', n: '1' }, 'invalid-feed', /has the shape \[3\]; the graph takes x float32\[\?, 2\]/],
    ['y', { x: '[[1, 2]]', n: '1.5' }, 'invalid-feed', /has 1\.5, which int32 can't hold/],
    ['y', { x: '[[1, 2]]', n: '3e9' }, 'invalid-feed', /has 3000000000, which int32 can't hold/],
    ['y', { x: '[[1, 2]]', n: 'true' }, 'invalid-feed', /fed for n is bool\[\]; the graph takes n int32\[\]/],
    ['y', { x: '[[1, 2]]', n: '"one"' }, 'invalid-feed', /fed for n is string\[\]/],
    ['y', { x: 'tensors.doubles', n: '1' }, 'invalid-feed', /fed for x is float64\[2\]; the graph takes x float32/],
    [
      'y',
      { x: 'tensors.cyclic', n: '1' },
      'invalid-feed',
      /can't feed x: it contains itself: \[1\] is the array again\./,
    ],
    ['y', { x: 'tensors.itself', n: '1' }, 'invalid-feed', /"tensors\.itself" can't feed x: it contains itself: \[0\]/],
    ['y', { x: '[[1, 2], [3]]', n: '1' }, 'invalid-feed', /can't feed x: \[1\] has 1 items where others have 2\./],
    [
      'y',
      { x: '[[1, 2], 3]', n: '1' },
      'invalid-feed',
      /can't feed x: \[1\] holds a number where others hold an array/,
    ],
    ['y', { x: '[[1, 2], [3, [4]]]', n: '1' }, 'invalid-feed', /: \[1, 1\] holds an array where others hold a number/],
    ['y', { x: '[[1, null]]', n: '1' }, 'invalid-feed', /can't feed x: \[0, 1\] is null\./],
    ['y', { x: 'tensors.y', n: '1' }, 'not-readable', /'y:0' is a graph tensor: it has no value/],
    ['y', { x: 'missing', n: '1' }, 'not-available', /"missing" is not available/],
    ['y', { x: 'look()', n: '1' }, 'side-effect', /would change the program/],
    ['y', { x: 'tensors.session', n: '1' }, 'not-a-tensor', /a Session, not a tensor/],
    ['assignment', {}, 'not-available', /would write a variable: it runs the op Assign/],
    ['batch', {}, 'invalid-argument', /float32\[2, 2\] is no graph tensor/],
    ['sparse', {}, 'not-readable', /sparse graph tensor: it has no value/],
  ];
  try {
    for (const [expression, named, code, message] of cases) {
      const error = await refusal(program, `tensors.${expression}`, named);
      assert.deepEqual([expression, named, error.code], [expression, named, code], error.message);
      assert.match(error.message, message);
      assert.ok(error.help, error.message);
    }
    // What is told of a sparse one can be done at the stop.
    const { help } = await refusal(program, 'tensors.sparse', {});
    assert.match(help!, /^Evaluate its values, indices and denseShape/);
    const parts = [];
    for (const part of ['values', 'indices', 'denseShape']) {
      const { id } = await evaluate(program, `tensors.sparse.${part}`);
      parts.push((await program.inspector.read(id, {})).values);
    }
    assert.deepEqual(parts, [[5], [[0, 1]], [1, 2]]);
    assert.deepEqual(
      await program.inspector.graphInputs((await program.inspector.evaluate(program.top, 'tensors.y', asked)).id),
      [
        { name: 'x', dtype: 'float32', shape: [null, 2] },
        { name: 'n', dtype: 'int32', shape: [] },
      ],
    );
    // Once the program runs on, the value is gone with everything else of the stop.
    const { id } = await evaluate(program, 'tensors.classic');
    await program.resume();
    await assert.rejects(program.inspector.read(id, {}), { code: 'no-such-tensor' });
  } finally {
    await program.end();
  }
});

test('before the first op there is no backend: the cpu one is lent, and one that has to be waited for is asked for', async () => {
  for (const BACKEND of ['cpu', 'wasm']) {
    const program = await PausedProgram.start('evaluate/noBackend.mjs', { env: { BACKEND } });
    try {
      if (BACKEND === 'cpu') {
        assert.deepEqual(await valuesOf(program, 'out'), [
          [2, 6],
          [12, 20],
        ]);
      } else {
        const { code, message, help } = await refusal(program, 'out');
        assert.equal(code, 'not-available');
        assert.match(message, /no backend yet/);
        assert.match(help ?? '', /session\.run.*@tensorflow\/tfjs-core/);
      }
      assert.equal(await program.resume(), false);
      const { stdout } = await program.closedOutput();
      assert.equal(
        stdout.replace(/^=+\n.*\n=+\n/m, ''),
        BACKEND === 'cpu' ? 'the same\n[[ 2  6]\n [12 20]]\n' : 'the same\n',
      );
    } finally {
      await program.end();
    }
  }
});

test('random ops have values of their own each time; the random numbers of the program go on where they were', async () => {
  const printed = async (expressions: readonly string[]) => {
    const program = await PausedProgram.start('evaluate/random.mjs', { args: ['--random-seed=7'] });
    try {
      const values = new Set<string>();
      for (const expression of expressions) values.add(JSON.stringify(await valuesOf(program, expression)));
      assert.equal(values.size, expressions.length);
      assert.equal(await program.resume(), false);
      return (await program.closedOutput()).stdout.trim().split('\n').at(-1);
    } finally {
      await program.end();
    }
  };
  const alone = await printed([]);
  assert.match(alone ?? '', /^0\.\d+ true$/);
  assert.equal(await printed(['tensors.noise', 'tensors.noise', 'tensors.uniform']), alone);
});
