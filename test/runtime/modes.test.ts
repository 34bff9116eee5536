/** Which mode a program is in, TensorFlow's rules about switching, traced functions, and why a `numpy` is missing. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tf from '../../src/runtime/index.ts';

const { v1 } = tf.compat;

test('the program is told as eager, and as mixed once graph tensors join', () => {
  const runtime = (globalThis as unknown as Record<symbol, { describe(): { mode: string; backend?: string } }>)[
    Symbol.for('tensor-debugger.runtime.v1')
  ]!;
  assert.deepEqual([tf.executingEagerly(), runtime.describe().mode], [true, 'eager']);
  tf.function((x: tf.Tensor) => tf.add(x, 1))(tf.constant(1));
  assert.equal(runtime.describe().mode, 'eager', 'a traced function is a part of an eager program');
  new tf.Graph().asDefault(() => {
    assert.equal(tf.executingEagerly(), false);
    tf.constant(1);
  });
  assert.deepEqual([tf.executingEagerly(), runtime.describe().mode, tf.executionMode()], [true, 'mixed', 'mixed']);
  assert.equal(runtime.describe().backend, 'cpu');
});

test('switching follows TensorFlow: back to eager only while the default graph is unused', async () => {
  v1.enableEagerExecution();
  v1.disableEagerExecution();
  assert.equal(tf.executingEagerly(), false);
  v1.enableEagerExecution();
  assert.equal(tf.executingEagerly(), true);
  v1.disableEagerExecution();
  const a = tf.constant([1, 2, 3]);
  assert.ok(a instanceof tf.SymbolicTensor);
  assert.throws(() => v1.enableEagerExecution(), /must be called at program startup/);
  assert.throws(() => a.numpy(), tf.AttributeError);
  assert.ok((await new v1.Session().run(a)) instanceof tf.NDArray);
  assert.ok((await tf.keras.backend.getSession().run(a)) instanceof tf.NDArray);
  assert.equal(String(await tf.keras.backend.getValue(a)), '[1. 2. 3.]');
  tf.keras.backend.getSession().close();
  v1.resetDefaultGraph();
  v1.enableEagerExecution();
  assert.equal(String(tf.constant([1]).numpy()), '[1.]');
  assert.equal(String(await tf.keras.backend.getValue(tf.constant([1]))), '[1.]');
  assert.throws(() => v1.globalVariablesInitializer(), tf.ModeError);
});

test('a function is traced once per signature, and its tensors are symbolic inside', () => {
  let seen: unknown;
  const f = tf.function((x: tf.Tensor, scale: number) => {
    seen = x;
    return { twice: tf.multiply(x, scale), list: [x, tf.constant(7)] };
  });
  const one = f(tf.constant([1, 2]), 2);
  assert.ok(seen instanceof tf.SymbolicTensor);
  assert.deepEqual(
    [String(one.twice.numpy()), String(one.list[0]!.numpy()), Number(one.list[1]!.numpy())],
    ['[2. 4.]', '[1. 2.]', 7],
  );
  f(tf.constant([3, 4]), 2);
  assert.equal(f.traceCount, 1);
  f(tf.constant([3, 4]), 3);
  f(tf.constant([3, 4, 5]), 3);
  assert.equal(f.traceCount, 3);
});

test('a function captures tensors and variables from outside by reference', () => {
  const offset = new tf.Variable(10) as tf.EagerVariable;
  const f = tf.function((x: tf.Tensor) => tf.add(x, offset));
  assert.equal(Number(f(tf.constant(1)).numpy()), 11);
  offset.assign(20);
  assert.equal(Number(f(tf.constant(1)).numpy()), 21);
  assert.equal(f.traceCount, 1);
  const writes = tf.function(() => offset.assign(1));
  assert.throws(() => writes(), tf.ModeError);
  assert.throws(() => tf.function(() => Promise.resolve(1))(), tf.ValueError);
});

test('functions leak no tensors', () => {
  const f = tf.function((x: tf.Tensor) => tf.add(tf.multiply(x, 2), 1));
  const x = tf.constant([1]);
  const first = f(x) as tf.EagerTensor;
  const { numTensors } = core.memory();
  (f(x) as tf.EagerTensor).dispose();
  (f(tf.array([1], { dtype: 'float32' }) as never) as tf.EagerTensor).dispose();
  assert.equal(core.memory().numTensors, numTensors);
  first.dispose();
});

test('numpy() inside of a traced function throws AttributeError, unless functions run eagerly', () => {
  const f = tf.function((x: tf.Tensor) => tf.constant(x.numpy()));
  assert.throws(
    () => f(tf.constant([1])),
    (error: tf.AttributeError) => {
      assert.ok(error instanceof tf.AttributeError);
      assert.match(error.message, /has no attribute 'numpy'.*graph mode/);
      assert.match(error.help!, /session\.run.*\n.*runFunctionsEagerly/s);
      return true;
    },
  );
  tf.config.runFunctionsEagerly(true);
  assert.equal(String(f(tf.constant([1])).numpy()), '[1.]');
  tf.config.runFunctionsEagerly(false);
});

test('a missing numpy has three causes, each with its remedy', () => {
  const symbolic = new tf.Graph().asDefault(() => tf.constant(1));
  const plain = core.tensor1d([1]);
  assert.match(tf.explainMissingNumpy(symbolic)!.message, /session\.run.*eager mode/s);
  assert.throws(
    () => (plain as unknown as tf.Tensor).numpy(),
    (error: tf.AttributeError) => {
      assert.ok(error instanceof tf.AttributeError);
      assert.match(error.message, /plain TensorFlow\.js tensor.*\n.*convertToTensor/);
      return true;
    },
  );
  assert.equal(tf.explainMissingNumpy(tf.constant(1)), undefined);
  assert.match(tf.explainMissingNumpy([1])!.message, /constant\(value\)/);
  assert.match(tf.explainMissingNumpy(Promise.resolve(1))!.message, /await/);
  assert.match(tf.explainMissingNumpy(undefined)!.message, /undefined/);
});

test('a tensor of a second copy of TF.js is recognised', () => {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@tensorflow/tfjs-core');
  const first = require.cache[path];
  delete require.cache[path];
  const copy = require('@tensorflow/tfjs-core') as typeof core;
  require.cache[path] = first;
  assert.notEqual(copy.Tensor, core.Tensor);
  const foreign = Object.assign(Object.create(copy.Tensor.prototype) as core.Tensor, {
    dataId: {},
    shape: [1],
    dtype: 'float32',
    id: -1,
  });
  Object.defineProperty(foreign, 'isDisposed', { value: false });
  assert.match(tf.explainMissingNumpy(foreign)!.message, /another copy of TensorFlow\.js.*\n.*npm ls/);
  assert.throws(() => tf.add(foreign, 1), tf.InstallationError);
  assert.throws(() => tf.convertToTensor(foreign), tf.InstallationError);
});
