/** Every op computes the same eagerly and in a graph, with the dtype and shape that the graph promised before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '../../src/runtime/index.ts';

type Input = { value: tf.HostValue; dtype?: tf.DType };
type Case = [name: string, inputs: Input[], call: (...inputs: tf.Tensor[]) => tf.Tensor];

const floats: Input = {
  value: [
    [1.5, -2, 3],
    [0.25, 5, -6],
  ],
  dtype: 'float32',
};
const positive: Input = {
  value: [
    [1.5, 2, 3],
    [0.25, 5, 6],
  ],
  dtype: 'float32',
};
const ints: Input = {
  value: [
    [1, -2, 3],
    [4, 5, -6],
  ],
  dtype: 'int32',
};
const bools: Input = {
  value: [
    [true, false, true],
    [false, true, true],
  ],
  dtype: 'bool',
};
const row: Input = { value: [10, 20, 30], dtype: 'float32' };
const intRow: Input = { value: [2, 3, 4], dtype: 'int32' };
const square: Input = {
  value: [
    [1, 2],
    [3, 4],
  ],
  dtype: 'float32',
};
const cube: Input = { value: Float32Array.from({ length: 12 }, (_, i) => i), dtype: 'float32' };

const { add, subtract, multiply, divide, floordiv, mod, pow, maximum, minimum, squaredDifference } = tf;
const arithmetic = { add, subtract, multiply, divide, floordiv, maximum, minimum, squaredDifference, pow };
const { equal, notEqual, less, lessEqual, greater, greaterEqual } = tf;
const comparisons = { equal, notEqual, less, lessEqual, greater, greaterEqual };
const { negative, abs, sign, floor, ceil, round, relu, sin, cos, tanh, sigmoid, softmax, exp } = tf;
const functions = {
  negative,
  abs,
  sign,
  floor,
  ceil,
  round,
  square: tf.square,
  relu,
  sin,
  cos,
  tanh,
  sigmoid,
  softmax,
  exp,
};
const same = { identity: tf.identity, zerosLike: tf.zerosLike, onesLike: tf.onesLike };
const tests = { isNan: tf.isNan, isInf: tf.isInf, isFinite: tf.isFinite };
const { reduceSum, reduceMean, reduceMax, reduceMin, reduceProd } = tf;
const reductions = { reduceSum, reduceMean, reduceMax, reduceMin, reduceProd };

const cases: Case[] = [
  ...Object.entries(arithmetic).flatMap(([name, op]): Case[] => [
    [`${name} float`, [positive, row], (x, y) => op(x, y)],
    [`${name} by a number`, [positive], (x) => op(x, 2)],
    [`${name} of a number`, [positive], (x) => op(2, x)],
    [
      `${name} int`,
      [
        {
          value: [
            [1, 2, 3],
            [4, 5, 6],
          ],
          dtype: 'int32',
        },
        intRow,
      ],
      (x, y) => op(x, y),
    ],
  ]),
  ['mod', [ints, intRow], (x, y) => mod(x, y)],
  ...Object.entries(comparisons).flatMap(([name, op]): Case[] => [
    [`${name} float`, [floats, row], (x, y) => op(x, y)],
    [`${name} int`, [ints], (x) => op(x, 4)],
  ]),
  ['logicalAnd', [bools], (x) => tf.logicalAnd(x, [true, true, false])],
  ['logicalOr', [bools], (x) => tf.logicalOr(x, false)],
  ['logicalNot', [bools], (x) => tf.logicalNot(x)],
  ...Object.entries(functions).map(([name, op]): Case => [`${name} float`, [floats], (x) => op(x)]),
  ['sqrt', [positive], (x) => tf.sqrt(x)],
  ['log', [positive], (x) => tf.log(x)],
  ...['abs', 'negative', 'square', 'relu', 'sign'].map((name): Case => [
    `${name} int`,
    [ints],
    (x) => (tf as unknown as Record<string, tf.UnaryOp>)[name]!(x),
  ]),
  ...Object.entries(same).flatMap(([name, op]) =>
    [floats, ints, bools].map((input): Case => [`${name} ${input.dtype}`, [input], (x) => op(x)]),
  ),
  ...Object.entries(tests).map(([name, op]): Case => [name, [{ value: [1, NaN, Infinity, -Infinity] }], (x) => op(x)]),
  ...Object.entries(reductions).flatMap(([name, op]) =>
    [floats, ints].flatMap((input): Case[] => [
      [`${name} ${input.dtype}`, [input], (x) => op(x)],
      [`${name} ${input.dtype} axis 0`, [input], (x) => op(x, { axis: 0 })],
      [`${name} ${input.dtype} axis -1, kept`, [input], (x) => op(x, { axis: -1, keepdims: true })],
      [`${name} ${input.dtype} no axis`, [input], (x) => op(x, { axis: [] })],
    ]),
  ),
  ['argmax', [floats], (x) => tf.argmax(x, { axis: 1 })],
  ['argmax of the last axis', [floats], (x) => tf.argmax(x, { axis: -1 })],
  ['argmin', [floats], (x) => tf.argmin(x)],
  ['matmul', [square, square], (x, y) => tf.matmul(x, y)],
  ['matmul transposed', [floats, floats], (x, y) => tf.matmul(x, y, { transposeB: true })],
  ['matmul transposed in front', [floats, floats], (x, y) => tf.matmul(x, y, { transposeA: true })],
  ['matmul in batches', [cube], (x) => tf.matmul(tf.reshape(x, [2, 3, 2]), tf.reshape(x, [2, 2, 3]))],
  ['matmul of a batch', [cube, square], (x, y) => tf.matmul(tf.reshape(x, [2, 3, 2]), tf.reshape(y, [1, 2, 2]))],
  ...(['float32', 'int32', 'bool', 'complex64'] as const).flatMap((dtype) =>
    [floats, ints, bools].map((input): Case => [`cast ${input.dtype} to ${dtype}`, [input], (x) => tf.cast(x, dtype)]),
  ),
  ['reshape', [floats], (x) => tf.reshape(x, [3, -1])],
  ['reshape to 0-d', [{ value: [7] }], (x) => tf.reshape(x, [])],
  ['transpose', [floats], (x) => tf.transpose(x)],
  ['transpose by perm', [cube], (x) => tf.transpose(tf.reshape(x, [2, 3, 2]), { perm: [2, 0, 1] })],
  ['expandDims', [floats], (x) => tf.expandDims(x, -1)],
  ['squeeze', [floats], (x) => tf.squeeze(tf.reshape(x, [1, 2, 1, 3]))],
  ['squeeze one axis', [floats], (x) => tf.squeeze(tf.reshape(x, [1, 2, 1, 3]), { axis: -2 })],
  ['slice', [floats], (x) => tf.slice(x, [0, 1], [2, -1])],
  ['concat', [floats, floats], (x, y) => tf.concat([x, y], -1)],
  ['stack', [floats, floats], (x, y) => tf.stack([x, y], { axis: 1 })],
  ['stack behind', [floats, floats], (x, y) => tf.stack([x, y], { axis: -1 })],
  ['gather', [floats], (x) => tf.gather(x, [2, 0], { axis: -1 })],
  ['gather nothing', [floats], (x) => tf.gather(x, [])],
  ['where', [bools, floats, row], (test, x, y) => tf.where(test, x, y)],
  ['where by numbers', [bools, ints], (test, x) => tf.where(test, x, 0)],
];

for (const [name, inputs, call] of cases) {
  test(`${name}: a graph computes what eager mode does`, async () => {
    const eager = call(...inputs.map(({ value, dtype }) => tf.constant(value, dtype ? { dtype } : {})));
    assert.ok(eager instanceof tf.EagerTensor);
    const expected = eager.numpy();
    const graph = new tf.Graph();
    const places = graph.asDefault(() =>
      inputs.map(({ value }, i) =>
        tf.placeholder(tf.constant(value, inputs[i]!.dtype ? { dtype: inputs[i]!.dtype } : {}).dtype!, {
          shape: tf.array(value as never, {}).shape,
        }),
      ),
    );
    const symbolic = graph.asDefault(() => call(...places));
    assert.deepEqual([symbolic.dtype, symbolic.shape], [expected.dtype, expected.shape]);
    const session = new tf.Session(graph);
    const feeds = new Map(
      places.map((place, i) => [place, tf.array(inputs[i]!.value as never, { dtype: place.dtype! })]),
    );
    const found = await session.run(symbolic, feeds);
    assert.equal(found.repr(), expected.repr());
    // Constants in place of the placeholders, and unknown shapes, give the same.
    const loose = new tf.Graph();
    const fixed = loose.asDefault(() =>
      call(...inputs.map(({ value, dtype }) => tf.constant(value, dtype ? { dtype } : {}))),
    );
    assert.equal(new tf.Session(loose).runSync(fixed).repr(), expected.repr());
    session.close();
  });
}

test('ops on tensors of unknown shape promise no shape, and compute the same', async () => {
  const graph = new tf.Graph();
  const [x, y] = graph.asDefault(() => {
    const input = tf.placeholder('float32', { name: 'x' });
    return [input, tf.add(tf.matmul(input, input, { transposeB: true }), 1)];
  });
  assert.equal(y.shape, null);
  const found = await new tf.Session(graph).run(y, new Map([[x, [[1, 2]]]]));
  assert.equal(found.repr(), 'array([[6.]], dtype=float32)');
});

test('an op leaks no tensor', async () => {
  const { core } = await import('../../src/runtime/tfjs.ts');
  const a = tf.constant([
    [1, 2],
    [3, 4],
  ]) as tf.EagerTensor;
  const before = core.memory().numTensors;
  (tf.add(a, [1, 2]) as tf.EagerTensor).dispose();
  (tf.divide(a, 2) as tf.EagerTensor).dispose();
  assert.throws(() => tf.add(a, [1, 2, 3]));
  assert.throws(() => tf.add(a, tf.cast(a, 'int32')), /int32/);
  assert.equal(core.memory().numTensors, before + 1, 'the cast that the last line made');
});

test('float functions refuse integers, in both modes', () => {
  const graph = new tf.Graph();
  for (const op of [tf.sqrt, tf.exp, tf.log, tf.sin, tf.tanh, tf.sigmoid, tf.softmax]) {
    assert.throws(() => op(tf.constant([1], { dtype: 'int32' })), tf.InvalidArgumentError);
    assert.throws(() => graph.asDefault(() => op(tf.constant([1], { dtype: 'int32' }))), tf.InvalidArgumentError);
  }
});

test('arithmetic and order refuse bools, in both modes', () => {
  const graph = new tf.Graph();
  const unary = [tf.negative, tf.abs, tf.square, tf.relu].map((op) => (x: tf.Tensor) => op(x));
  const binary = [tf.add, tf.multiply, tf.maximum, tf.less].map((op) => (x: tf.Tensor) => op(x, x));
  const refused = { name: 'InvalidArgumentError', message: /attr 'T' of bool is not in the list of allowed values/ };
  for (const op of [...unary, ...binary]) {
    assert.throws(() => op(tf.constant([true])), refused);
    assert.throws(() => graph.asDefault(() => op(tf.constant([true]))), refused);
  }
});

test('integers are not divided by zero; floats are', () => {
  const ints = tf.constant([1, 2], { dtype: 'int32' });
  for (const op of [tf.floordiv, tf.mod]) {
    assert.throws(() => op(ints, [1, 0]), /^InvalidArgumentError: Integer division by zero \[Op:/);
  }
  assert.equal(String(tf.floordiv(tf.constant([1]), 0).numpy()), '[inf]');
});

test('where needs both of its values; the indices alone are told to come from whereAsync', async () => {
  const { whereAsync } = await import('@tensorflow/tfjs-core');
  const condition = tf.constant([true, false, true]) as tf.EagerTensor;
  const alone = tf.where as unknown as (condition: tf.Tensor, x?: tf.Tensor) => tf.Tensor;
  assert.throws(() => alone(condition), { name: 'UnimplementedError', message: /whereAsync\(condition\.tensor\)/ });
  assert.throws(() => alone(condition, condition), { name: 'ValueError', message: /both be given/ });
  assert.equal(String(tf.convertToTensor(await whereAsync(condition.tensor)).numpy()), '[[0]\n [2]]');
});

test('floor functions round down and keep the sign of the divisor', () => {
  assert.equal(
    tf
      .floordiv(tf.constant([-7, 7], { dtype: 'int32' }), 2)
      .numpy()
      .repr(),
    'array([-4,  3], dtype=int32)',
  );
  assert.equal(
    tf
      .floordiv(tf.constant([-7, 7.5]), 2)
      .numpy()
      .repr(),
    'array([-4.,  3.], dtype=float32)',
  );
  assert.equal(
    tf
      .mod(tf.constant([-7, 7], { dtype: 'int32' }), 3)
      .numpy()
      .repr(),
    'array([2, 1], dtype=int32)',
  );
});
