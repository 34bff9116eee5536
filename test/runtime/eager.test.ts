/** Eager mode: values come back as host arrays, by copies, and every dtype is kept or refused in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tf from '../../src/runtime/index.ts';

const eager = (value: tf.HostValue, options?: tf.ConstantOptions): tf.EagerTensor =>
  tf.constant(value, options) as tf.EagerTensor;

test('numpy() keeps int32, float32, bool, string and complex64, with shape and strides', () => {
  const ints = eager(
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: 'int32' },
  ).numpy();
  assert.equal(ints.repr(), 'array([[1, 2],\n       [3, 4]], dtype=int32)');
  assert.equal(String(ints), '[[1 2]\n [3 4]]');
  assert.deepEqual([ints.dtype, ints.shape, ints.strides, ints.size, ints.nbytes], ['int32', [2, 2], [2, 1], 4, 16]);
  assert.ok(ints.data instanceof Int32Array);
  assert.equal(
    eager([[0.1, 3.7]])
      .numpy()
      .repr(),
    'array([[0.1, 3.7]], dtype=float32)',
  );
  assert.equal(eager([true, false]).numpy<boolean>().get(0), true);
  assert.equal(eager(['a', 'é']).numpy<string>().repr(), "array(['a', 'é'], dtype='<U1')");
  const complex = eager(
    [
      [1, -2],
      [0, 3],
    ],
    { dtype: 'complex64' },
  ).numpy<[number, number]>();
  assert.deepEqual(
    [complex.shape, complex.get(0), complex.repr()],
    [[2], [1, -2], 'array([1.-2.j, 0.+3.j], dtype=complex64)'],
  );
});

test('numbers are float32 unless a dtype is named; typed arrays and arrays keep theirs', () => {
  const dtypes = [1, true, 'x', new Int32Array(2), new Float32Array(2)].map((value) => tf.constant(value).dtype);
  assert.deepEqual(dtypes, ['float32', 'bool', 'string', 'int32', 'float32']);
  assert.equal(tf.constant(tf.array([1, 2], { dtype: 'int32' })).dtype, 'int32');
  // The dtype alone, where TensorFlow has it.
  const second = [
    tf.constant([1, 2], 'int32'),
    tf.convertToTensor([1, 2], tf.int32),
    tf.zeros([2], 'int32'),
    tf.ones([2], tf.int32),
    tf.array([1, 2], 'int32'),
  ];
  assert.deepEqual(new Set(second.map(({ dtype }) => dtype)), new Set(['int32']));
  assert.throws(() => tf.constant([1], 'float64' as 'float32'), /no tensors of dtype float64/);
  const rows = tf.constant([
    [1, 5],
    [3, 2],
  ]);
  const reduced = [
    tf.reduceSum(rows, 0),
    tf.reduceMax(rows, [-1]),
    tf.argmax(rows, 1),
    tf.reduceSum(rows, { axis: 0, keepdims: true }),
  ];
  assert.deepEqual(
    reduced.map((tensor) => tensor.numpy().tolist()),
    [[4, 7], [5, 3], [1, 0], [[4, 7]]],
  );
  assert.equal(
    tf
      .constant(7, { shape: [2, 2] })
      .numpy()
      .repr(),
    'array([[7., 7.],\n       [7., 7.]], dtype=float32)',
  );
});

test('array(tensor) is array(tensor.numpy()): a copy, or the reason why there is none', () => {
  const tensor = tf.constant([1, 2], 'int32');
  const copy = tf.array(tensor);
  copy.set(9, 0);
  assert.deepEqual([copy.dtype, copy.tolist(), tensor.numpy().tolist()], ['int32', [9, 2], [1, 2]]);
  assert.equal(tf.array(tensor, { dtype: 'float64' }).dtype, 'float64');
  const symbolic = new tf.Graph().asDefault(() => tf.constant(1));
  assert.throws(() => tf.array(symbolic), /'Const:0' is symbolic/);
});

test('changing the array leaves the tensor alone, and the other way round', () => {
  const tensor = eager([1, 2, 3]);
  const array = tensor.numpy();
  array.set(99, 0);
  assert.equal(String(tensor.numpy()), '[1. 2. 3.]');
  const source = new Float32Array([1, 2, 3]);
  const fromTyped = eager(source);
  const fromArray = eager(array);
  source[0] = 50;
  array.set(50, 1);
  assert.equal(String(fromTyped.numpy()), '[1. 2. 3.]');
  assert.equal(String(fromArray.numpy()), '[99.  2.  3.]');
  const variable = new tf.Variable([1, 2]) as tf.EagerVariable;
  const before = variable.numpy();
  variable.assign([5, 6]);
  variable.assignAdd(1);
  assert.deepEqual([String(before), String(variable.numpy())], ['[1. 2.]', '[6. 7.]']);
  const names = [1, 2].map((value) => new tf.Variable(value, { name: 'same' }) as tf.EagerVariable);
  assert.deepEqual(
    names.map(({ name }) => name),
    ['same:0', 'same:0'],
  );
  assert.throws(() => variable.assign([1, 2, 3]), tf.ValueError);
  assert.throws(() => variable.assignAdd([[1, 2]]), tf.InvalidArgumentError);
});

test('a view shares memory, and only by its name', () => {
  const tensor = eager([1, 2, 3]);
  const view = tensor.numpyView();
  view.set(9, 0);
  assert.equal(String(tensor.numpy()), '[9. 2. 3.]');
  assert.throws(() => eager(['a']).numpyView(), tf.UnimplementedError);
  assert.throws(() => eager([[1, 2]], { dtype: 'complex64' }).numpyView(), tf.UnimplementedError);
});

test('an array stays valid after dispose, and a tensor that is gone says so', () => {
  const tensor = eager([1, 2]);
  const array = tensor.numpy();
  tensor.dispose();
  assert.equal(String(array), '[1. 2.]');
  assert.throws(
    () => tensor.numpy(),
    (error: tf.DisposedError) => error instanceof tf.DisposedError && /dispose/.test(error.help!),
  );
  assert.match(String(tensor), /disposed/);
  const gone = { name: 'DisposedError', message: /^The tensor of shape \[2\] is disposed/ };
  assert.throws(() => tf.add(tensor, 1), gone);
  assert.throws(() => tf.add([1, 2], tensor.tensor), gone);
  assert.throws(() => tf.convertToTensor(tensor.tensor), gone);
  assert.throws(() => [...tensor.numpyBatches(1)], gone);
  assert.throws(() => tf.function((x: tf.Tensor) => tf.add(x, 1))(tensor), gone);
  const captured = eager([1, 2]);
  const adding = tf.function((x: tf.Tensor) => tf.add(x, captured));
  adding(eager([1, 2]));
  captured.dispose();
  assert.throws(() => adding(eager([1, 2])), gone);
  const variable = new tf.Variable([1, 2]) as tf.EagerVariable;
  assert.throws(() => variable.assign(tensor), gone);
  variable.dispose();
  assert.throws(() => variable.assignAdd([1, 1]), gone);
  let inside: tf.EagerTensor | undefined;
  const kept = core.tidy(() => {
    inside = eager([1]);
    return tf.add(inside, 1) as unknown as core.TensorContainer;
  }) as unknown as tf.EagerTensor;
  assert.throws(() => inside?.numpy(), tf.DisposedError);
  assert.equal(String(kept.numpy()), '[2.]');
});

test('a 0-d result is a scalar with a dtype that Number() takes', () => {
  const scalar = tf.reduceSum(eager([1, 2, 3], { dtype: 'int32' })).numpy();
  assert.ok(scalar instanceof tf.NumPyScalar);
  assert.deepEqual([Number(scalar), scalar.dtype, scalar.shape, scalar.item()], [6, 'int32', [], 6]);
  assert.equal(String(scalar), '6');
  assert.equal((scalar as unknown as number) + 1, 7);
  assert.ok((scalar as unknown as number) > 5);
  assert.throws(() => scalar.set(), tf.TensorTypeError);
  assert.throws(() => scalar[Symbol.iterator]().next(), tf.TensorTypeError);
  assert.equal(tf.constant(3.7).numpy().repr(), '3.7');
  assert.equal(Number(tf.constant(4)), 4);
  assert.equal(Number(tf.constant([4]).numpy()), 4);
  assert.throws(() => Number(tf.constant([4, 5]).numpy()), tf.TensorTypeError);
});

test('the round trip back is a new copy and keeps the dtype', () => {
  for (const [value, dtype] of [
    [[[1, 2]], 'int32'],
    [[0.1], 'float32'],
    [[true], 'bool'],
    [['a'], 'string'],
    [[[1, 2]], 'complex64'],
  ] as const) {
    const first = tf.constant(value, { dtype });
    const back = tf.constant(first.numpy<tf.ArrayElement>());
    assert.deepEqual([back.dtype, back.shape], [first.dtype, first.shape]);
    assert.equal(back.numpy<tf.ArrayElement>().repr(), first.numpy<tf.ArrayElement>().repr());
  }
  const view = tf.array(
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: 'int32' },
  ).T;
  assert.equal(String(tf.constant(view).numpy()), '[[1 3]\n [2 4]]');
});

test('a dtype that TF.js lacks is an error that says so, with the nearest one', () => {
  const cases: [tf.HostValue, RegExp][] = [
    [tf.array([1.5]), /float64.*\n.*float32/],
    [tf.array([1n]), /int64.*\n.*int32/],
    [new Float64Array(1), /float64/],
    [tf.array([1], { dtype: 'uint8' }), /uint8/],
    [new Uint8Array(1), /uint8.*\n.*int32.*holds every uint8/],
    [new Int8Array(1), /int8.*\n.*int32.*holds every int8/],
    [tf.array([1], { dtype: 'float16' }), /float16.*\n.*float32/],
  ];
  for (const [value, message] of cases) {
    assert.throws(
      () => tf.constant(value),
      (error: Error) => error instanceof tf.UnimplementedError && message.test(error.message),
    );
  }
  assert.throws(() => tf.constant(1, { dtype: 'float64' as tf.DType }), tf.UnimplementedError);
  assert.equal(tf.constant(tf.array([1.5]), { dtype: 'float32' }).dtype, 'float32');
  assert.equal(
    tf
      .constant(new Uint8Array([255]), { dtype: 'int32' })
      .numpy()
      .get(0),
    255,
  );
  const unknown = { name: 'TensorTypeError', message: /Cannot convert value 'foo' to a DType/ };
  assert.throws(() => tf.constant(1, { dtype: 'foo' as tf.DType }), unknown);
});

test('operands have one dtype; numbers take the other one, if they fit', () => {
  const ints = eager([1, 2], { dtype: 'int32' });
  assert.equal(tf.add(ints, 1).dtype, 'int32');
  assert.equal(tf.add(1, ints).dtype, 'int32');
  assert.throws(() => tf.add(ints, 1.5), tf.TensorTypeError);
  assert.throws(() => tf.add(ints, eager([1, 2])), /expected to be a int32 tensor but is a float32 tensor/);
  assert.throws(() => tf.add(ints, [1, 2, 3]), /Incompatible shapes: \[2\] vs\. \[3\]/);
  assert.throws(() => tf.constant([1, 'a'] as never), /mixture of number and string/);
});

test('plain TF.js tensors are taken, wrapped with a life of their own', () => {
  const plain = core.tensor1d([1, 2]);
  assert.equal(String(tf.add(plain, 1).numpy()), '[2. 3.]');
  const wrapped = tf.convertToTensor(plain) as tf.EagerTensor;
  plain.dispose();
  assert.equal(String(wrapped.numpy()), '[1. 2.]');
  assert.equal(tf.convertToTensor(wrapped), wrapped);
});

test('large tensors come over in batches of rows', () => {
  const large = tf.reshape(tf.range(10), [5, 2]) as tf.EagerTensor;
  const { numTensors } = core.memory();
  const batches = [...large.numpyBatches(2)];
  assert.deepEqual(batches.map(String), ['[[0 1]\n [2 3]]', '[[4 5]\n [6 7]]', '[[8 9]]']);
  assert.equal(core.memory().numTensors, numTensors);
  assert.throws(() => [...large.numpyBatches(0)]);
});

test('numpyAsync() is numpy() on every backend, and a copy too', async () => {
  const tensor = eager([1, 2]);
  const array = await tensor.numpyAsync();
  array.set(9, 0);
  assert.equal(String(await tensor.numpyAsync()), '[1. 2.]');
});

test('ragged, cyclic and impossible values are explained', () => {
  const cyclic: unknown[] = [1];
  cyclic.push(cyclic);
  const deep: unknown[] = [];
  deep.push(deep);
  // As long as the row beside it, whose items are numbers.
  const rows: unknown[] = [[1, 2]];
  rows.push(rows);
  for (const value of [cyclic, deep, rows]) assert.throws(() => tf.constant(value as never), /contains itself/);
  assert.throws(() => tf.constant([[1, 2], [3]]), /ragged/);
  assert.throws(() => tf.constant([1, [2]] as never), /ragged/);
  assert.throws(() => tf.constant([null] as never), tf.TensorTypeError);
  assert.throws(() => tf.constant([2 ** 40], { dtype: 'int32' }), /range/);
});

test('eval() of an eager tensor points to numpy()', async () => {
  await assert.rejects(async () => tf.constant(1).eval(), /numpy\(\)/);
  assert.throws(() => tf.constant(1).evalSync(), tf.UnimplementedError);
});

test('protos carry a value there and back', () => {
  const proto = tf.makeTensorProto(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { dtype: 'int32' },
  );
  assert.equal(proto.dtype, 'DT_INT32');
  assert.equal(tf.makeNdarray(proto).repr(), 'array([[1, 2, 3],\n       [4, 5, 6]], dtype=int32)');
  assert.equal(tf.makeNdarray<string>(tf.makeTensorProto(['a', 'é'])).repr(), "array(['a', 'é'], dtype='<U1')");
  assert.equal(String(tf.makeNdarray(tf.makeTensorProto(tf.constant(2.5)))), '2.5');
  const wide = tf.makeTensorProto(tf.array([2n ** 60n]));
  assert.deepEqual([wide.dtype, tf.makeNdarray<bigint>(wide).tolist()], ['DT_INT64', [2n ** 60n]]);
  const doubles = tf.makeTensorProto([0.1], 'float64');
  assert.deepEqual([doubles.dtype, tf.makeNdarray(doubles).tolist()], ['DT_DOUBLE', [0.1]]);
  assert.throws(() => tf.makeNdarray({ ...proto, tensorContent: 'AAAA' }), tf.InvalidModelError);
});
