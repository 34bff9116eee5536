/** Optional arguments: at TensorFlow's places, by name, or refused; none is dropped without a word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '../../src/runtime/index.ts';

/** What a program without types may write. */
type Loose = (...args: unknown[]) => tf.Tensor;
const loose = tf as unknown as Record<string, Loose>;
const x = tf.constant([
  [1, 2],
  [3, 4],
]);
const listOf = (tensor: tf.Tensor) => tensor.numpy().tolist();

test("axes, dtypes and flags are taken at TensorFlow's places, too", () => {
  assert.deepEqual(tf.squeeze(tf.ones([1, 2, 1]), [0]).shape, [2, 1]);
  assert.throws(() => tf.squeeze(tf.ones([1, 2]), 1), /Can not squeeze dim\[1\]/);
  assert.deepEqual(tf.stack([x, x], 2).shape, [2, 2, 2]);
  assert.deepEqual(listOf(tf.gather(x, [1], 1)), [[2], [4]]);
  assert.deepEqual(listOf(tf.reduceSum(x, 1, true)), [[3], [7]]);
  assert.deepEqual(listOf(tf.reduceSum(x, 1, { keepdims: true })), [[3], [7]]);
  assert.deepEqual(listOf(tf.reduceSum(x, undefined, true)), [[10]]);
  assert.deepEqual(listOf(tf.matmul(x, x, false, true)), listOf(tf.matmul(x, x, { transposeB: true })));
  assert.equal(tf.fill([2], 7, 'int32').dtype, 'int32');
  assert.equal(tf.range(0, 3, 1, 'float32').dtype, 'float32');
  assert.deepEqual(listOf(tf.range(0, { limit: 4, delta: 2 })), [0, 2]);
  assert.deepEqual(listOf(tf.softmax(x, 1)), listOf(tf.softmax(x)));
  assert.throws(() => tf.softmax(x, 0), /over the last axis, not over axis 0/);
  assert.throws(() => tf.random.uniform([3], 0, 10, 'int32'), /cast\(random\.uniform\(\.\.\.\), 'int32'\)/);
  assert.deepEqual(
    listOf(tf.random.uniform([3], { maxval: 5, seed: 1 })),
    listOf(tf.random.uniform([3], 0, 5, 'float32', 1)),
  );
  assert.deepEqual(tf.transpose(tf.ones([2, 3, 4]), [0, 2, 1]).shape, [2, 4, 3]);
  assert.deepEqual(tf.constant([1], 'int32', [2, 2]).shape, [2, 2]);
  new tf.Graph().asDefault(() => {
    assert.deepEqual(tf.placeholder('float32', [null, 2], 'x').shape, [null, 2]);
    assert.equal((tf.add(tf.constant(1), 2, 'sum') as tf.SymbolicTensor).name, 'sum:0');
    assert.equal((tf.constant(1, 'int32', [], 'one') as tf.SymbolicTensor).name, 'one:0');
  });
});

test('an option that a function does not have is refused, with the nearest one that it has', () => {
  const refused = (call: () => unknown, message: RegExp): void =>
    assert.throws(call, (error: Error) => error instanceof tf.TensorTypeError && message.test(error.message));
  refused(() => loose.reduceSum!(x, { keepDims: true }), /unexpected option: keepDims\n {2}Did you mean keepdims\?/);
  refused(() => loose.matmul!(x, x, { transpose_b: true }), /Did you mean transposeB\?/);
  refused(() => loose.add!(x, x, { nme: 'a' }), /Its options are \{ name \}/);
  refused(() => loose.constant!([1], { type: 'int32' }), /unexpected option: type/);
  refused(() => new (tf.Variable as unknown as new (...args: unknown[]) => object)([1], false, 'v'), /argument: false/);
  refused(() => new (tf.Variable as unknown as new (...args: unknown[]) => object)([1], 'int32'), /argument: 'int32'/);
  refused(() => loose.convertToTensor!(x, { shape: [4] }), /unexpected option: shape/);
  refused(() => loose.argmax!(x, 1, 'int64'), /unexpected argument: 'int64'/);
  refused(() => loose.reduceSum!(x, 0, { axis: 1 }), /axis twice/);
  refused(() => loose.reduceSum!(x, 'rows'), /axis must be an integer or a list of integers, got 'rows'/);
  refused(() => loose.reduceSum!(x, 0, 'yes'), /keepdims must be true or false/);
  refused(() => loose.expandDims!(x, { axis: 1 }), /axis must be a number, got \{ axis \}/);
  assert.deepEqual(tf.reshape(x, 4).shape, [4]);
  refused(() => loose.reshape!(x, -2), /A shape must be a list of integers from -1 on, got \[-2\]/);
  for (const make of [
    tf.zeros,
    tf.ones,
    (counts: number | number[]) => tf.random.normal(counts),
    (counts: number | number[]) => tf.fill(counts, 7),
  ]) {
    assert.deepEqual(make(2).shape, [2]);
    refused(() => make('2' as never), /A shape must be a list of integers from 0 on, got '2'/);
    refused(() => make([2, 1.5]), /got \[2, 1\.5\]/);
  }
  refused(() => loose.gather!(x, 1), /indices must be a list of integers/);
  refused(() => tf.sparse.toDense(new tf.SparseTensor([[0]], [1], [2]), -1 as never), /unexpected argument: -1/);
  assert.throws(() => tf.argmax(x, 2), /ArgMax: axis 2 is out of range for rank 2/);
});

test('null is left out, as None; a wrong option of eval is refused, too', async () => {
  assert.equal(Number(loose.reduceSum!(x, null).numpy()), 10);
  const y = new tf.Graph().asDefault(() => tf.placeholder('float32', [], 'y'));
  const session = new tf.Session(y.graph);
  await assert.rejects(y.eval({ session, feedDict: { y: 1 } } as never), /feedDict\n {2}Did you mean feeds\?/);
  assert.equal(Number(await y.eval({ session, feeds: { y: 1 } })), 1);
});
