/** Values describe themselves to the debugger, without an effect and without a read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tf from '../../src/runtime/index.ts';

const inspect = (value: object): tf.Inspected =>
  (value as Record<symbol, () => tf.Inspected>)[Symbol.for('tensor.inspect')]!();

test('a host array shows its own memory, with strides and offset', () => {
  const array = tf.array(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { dtype: 'int32' },
  );
  const { data, ...rest } = inspect(array.T.slice('1:'));
  assert.equal(data, array.data);
  assert.deepEqual(rest, {
    dtype: 'int32',
    shape: [2, 2],
    strides: [1, 3],
    offset: 1,
    runtime: 'tensor-debugger',
    kind: 'array',
    state: 'live',
  });
  const strings = tf.array(['a']);
  assert.deepEqual([inspect(strings).data, inspect(strings).strides], [strings.data, [1]]);
});

test('an eager tensor shows the TF.js tensor that it wraps; nothing is counted, copied or run', () => {
  const tensor = tf.constant([[1, 2]]) as tf.EagerTensor;
  const before = JSON.stringify(core.memory());
  const found = inspect(tensor);
  assert.deepEqual([found.kind, found.state, found.shape, found.dtype], ['eager', 'live', [1, 2], 'float32']);
  assert.equal(JSON.stringify(core.memory()), before);
  assert.deepEqual([found.tensor, found.data], [tensor.tensor, undefined]);
  tensor.dispose();
  assert.deepEqual([inspect(tensor).state, inspect(tensor).tensor], ['disposed', tensor.tensor]);
});

test('a graph tensor has no value, and says how to get one', () => {
  const graph = new tf.Graph();
  const [x, unknown, sparse] = graph.asDefault(
    () =>
      [
        tf.placeholder('float32', { shape: [null, 2], name: 'x' }),
        tf.placeholder('float32'),
        new tf.SparseTensor([[0, 0]], [1], [1, 2]),
      ] as const,
  );
  const found = inspect(x);
  assert.deepEqual([found.kind, found.shape, found.label, found.data], ['symbolic', [null, 2], 'x:0', undefined]);
  assert.match(found.reason!, /no value until the graph is run/);
  assert.equal(found.state, 'uninitialised');
  assert.match(found.help!, /await x\.eval\(\{ session, feeds \}\)/);
  assert.deepEqual([inspect(unknown).shape, inspect(x).shape], [null, [null, 2]]);
  assert.match(inspect(unknown).reason!, /rank/);
  assert.deepEqual([inspect(sparse).kind, inspect(sparse).state], ['sparse', 'uninitialised']);
  assert.deepEqual(inspect(sparse).shape, [1, 2]);
});

test('sparse values and eager sparse tensors are told as sparse', () => {
  const value = new tf.SparseTensorValue([[0, 1]], [7], [1, 2]);
  assert.deepEqual([inspect(value).kind, inspect(value).shape, inspect(value).dtype], ['sparse', [1, 2], 'float32']);
  const eager = new tf.SparseTensor([[0, 1]], [7], [1, 2]);
  assert.deepEqual([inspect(eager).kind, inspect(eager).shape], ['sparse', [null, null]]);
});

test('console.log shows what Python shows', async () => {
  const { inspect: show } = await import('node:util');
  assert.equal(show(tf.array([1, 2])), 'array([1., 2.])');
  assert.equal(
    show(tf.constant([1, 2])),
    '<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>',
  );
  const graph = new tf.Graph();
  assert.equal(show(graph.asDefault(() => tf.constant(1))), "<tf.Tensor 'Const:0' shape=() dtype=float32>");
  assert.equal(show(graph), '<tensor-debugger Graph of 1 nodes>');
  const variable = "<tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>";
  assert.deepEqual([show(new tf.Variable([1, 2])), String(new tf.Variable([1, 2]))], [variable, variable]);
  const inGraph = graph.asDefault(() => new tf.Variable([1, 2], { name: 'v' }));
  const reference = "<tf.Variable 'v:0' shape=(2,) dtype=float32_ref>";
  assert.deepEqual([show(inGraph), String(inGraph)], [reference, reference]);
  // What has several lines begins on its own, whatever its rank.
  assert.equal(String(tf.constant([[1]])), 'tf.Tensor([[1.]], shape=(1, 1), dtype=float32)');
  assert.match(show(tf.range(30)), /numpy=\narray\(\[/);
  assert.match(show(new tf.Variable([[1], [2]], { name: 'v' })), /^<tf\.Variable 'v:0' .* numpy=\narray\(\[\[1/);
});
