/** Graph mode: sessions, eval, feeds, variables, and what each refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tf from '../../src/runtime/index.ts';

const { compat } = tf;

function build<T>(make: () => T): { graph: tf.Graph; session: tf.Session; parts: T } {
  const graph = new tf.Graph();
  const parts = graph.asDefault(make);
  return { graph, session: new tf.Session(graph), parts };
}

test('run gives arrays in the form of the fetches; the tensor stays symbolic', async () => {
  const { session, parts } = build(() => {
    const a = tf.constant(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'int32' },
    );
    const b = tf.add(a, 1);
    return { a, b, out: tf.multiply(a, b) };
  });
  const out = await session.run(parts.out);
  assert.equal(out.repr(), 'array([[ 2,  6],\n       [12, 20]], dtype=int32)');
  assert.throws(() => parts.out.numpy(), tf.AttributeError);
  const [a, { b }] = await session.run([parts.a, { b: parts.b }] as const);
  assert.deepEqual([String(a), String(b)], ['[[1 2]\n [3 4]]', '[[2 3]\n [4 5]]']);
  assert.equal(String(session.runSync('Mul:0')), String(out));
  assert.equal(String(session.runSync('Mul')), String(out));
  assert.equal(String(parts.out), 'Tensor("Mul:0", shape=(2, 2), dtype=int32)');
});

test('a result is a copy: neither the constants nor a later run see a change', async () => {
  const { session, parts } = build(() => tf.constant([1, 2, 3]));
  const first = await session.run(parts);
  first.set(9, 0);
  assert.equal(String(await session.run(parts)), '[1. 2. 3.]');
});

test('eval takes a session, an interactive one, or the default one of a scope', async () => {
  const { graph, session, parts } = build(() => tf.constant([1, 2, 3]));
  assert.ok((await parts.eval({ session })) instanceof tf.NDArray);
  assert.equal(String(await parts.eval(session)), '[1. 2. 3.]');
  await assert.rejects(parts.eval(), /No default session is registered/);
  assert.equal(String(await session.asDefault(() => parts.eval())), '[1. 2. 3.]');
  await session.asDefault(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(String(await parts.eval()), '[1. 2. 3.]');
  });
  assert.equal(tf.getDefaultSession(), undefined);
  const interactive = new tf.InteractiveSession(graph);
  assert.equal(String(parts.evalSync()), '[1. 2. 3.]');
  interactive.close();
  assert.throws(() => parts.evalSync(), tf.ValueError);
  await assert.rejects(parts.eval({ session: new tf.Session(new tf.Graph()) }), /different from the session's graph/);
});

test('scopes that overlap in time keep apart', async () => {
  const one = build(() => tf.constant(1, { name: 'c' }));
  const two = build(() => tf.constant(2, { name: 'c' }));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const results = await Promise.all([
    one.session.asDefault(async () => (await pause(5), one.parts.eval())),
    two.session.asDefault(async () => (await pause(1), two.parts.eval())),
  ]);
  assert.deepEqual(results.map(Number), [1, 2]);
});

test('feeds go to placeholders, by tensor or name, and in place of any tensor', async () => {
  const { session, parts } = build(() => {
    const x = tf.placeholder('float32', { shape: [null, 2], name: 'x' });
    const y = tf.multiply(x, 2);
    return { x, y, z: tf.add(y, 1) };
  });
  const { x, y, z } = parts;
  assert.equal(String(await session.run(z, new Map([[x, [[1, 2]]]]))), '[[3. 5.]]');
  assert.equal(String(await session.run(z, [[x, [[1, 2]]]])), '[[3. 5.]]');
  assert.equal(String(await session.run(z, { x: tf.array([[1, 2]], { dtype: 'float32' }) })), '[[3. 5.]]');
  for (const array of [tf.array([[1, 2]]), tf.array([[1, 2]], 'int32'), tf.array([[1n, 2n]])]) {
    assert.equal(String(session.runSync(z, { x: array })), '[[3. 5.]]');
  }
  assert.equal(String(session.runSync(z, { 'Mul:0': [[10, 20]] })), '[[11. 21.]]');
  assert.equal(String(await z.eval({ session, feeds: { x: [[0, 0]] } })), '[[1. 1.]]');
  assert.equal(String(await session.run([x, y], new Map([[x, [[1, 2]]]]))), '[[1. 2.]],[[2. 4.]]');
});

test('a graph tensor has no rows to iterate over, and says so', () => {
  const x = new tf.Graph().asDefault(() => tf.placeholder('float32', [2], 'x'));
  assert.throws(() => [...(x as unknown as number[])], /Iterating over a symbolic tensor is not allowed: 'x:0'/);
});

test('feeds that are missing, of the wrong dtype or shape, cyclic, or no values are explained', async () => {
  const { session, parts } = build(() => {
    const x = tf.placeholder('float32', { shape: [2, null], name: 'x' });
    const n = tf.placeholder('int32', { shape: [], name: 'n' });
    return { x, n, y: tf.add(tf.reduceSum(x), tf.cast(n, 'float32')) };
  });
  const { x, y } = parts;
  const x1 = [[1], [2]];
  const cyclic: unknown[] = [[1]];
  cyclic.push(cyclic);
  const cases: [tf.Feeds, new (...args: never[]) => Error, RegExp][] = [
    [
      { n: 1 },
      tf.InvalidArgumentError,
      /must feed a value for placeholder tensor 'x' with dtype float32 and shape \(2, None\)/,
    ],
    [{ x: [1, 2], n: 1 }, tf.ValueError, /shape \(2,\) for Tensor 'x:0', which has shape \(2, None\)/],
    [{ x: x1, n: [1] }, tf.ValueError, /which has shape \(\)/],
    [{ x: x1, n: 1.5 }, tf.TensorTypeError, /int32 can't hold 1.5/],
    [{ x: x1, n: true }, tf.TensorTypeError, /dtype bool for Tensor 'n:0', which has dtype int32/],
    [{ x: [['a'], ['b']], n: 1 }, tf.TensorTypeError, /dtype string/],
    [{ x: x1, n: tf.array(1) }, tf.TensorTypeError, /float64.*\n.*astype\('int32'\)/],
    [{ x: x1, n: tf.array([2n ** 40n]) }, tf.TensorTypeError, /dtype int64/],
    [{ x: cyclic as never, n: 1 }, tf.ValueError, /contains itself/],
    [
      { x: tf.constant(x1) as never, n: 1 },
      tf.TensorTypeError,
      /feeds are host values.*\n.*: await tensor\.numpyAsync\(\)/,
    ],
    [{ x: core.tensor(x1) as never, n: 1 }, tf.TensorTypeError, /: await convertToTensor\(tensor\)\.numpyAsync\(\)/],
    [{ x: y as never, n: 1 }, tf.TensorTypeError, /run it first/],
    [{ x: x1, n: 1, m: 2 }, tf.TensorTypeError, /Cannot interpret feed key.*'m'/],
    [
      [
        [x, x1],
        ['x', x1],
      ],
      tf.ValueError,
      /fed twice/,
    ],
    [new Map([[tf.constant(1), 1]]), tf.TensorTypeError, /Cannot interpret feed key/],
    [5 as never, tf.TensorTypeError, /Feeds must be/],
  ];
  const { numTensors } = core.memory();
  for (const [feeds, Class, message] of cases) {
    await assert.rejects(session.run(y, feeds), (error: Error) => {
      assert.ok(error instanceof Class, `${error.name}: ${error.message}`);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.equal(core.memory().numTensors, numTensors);
});

test('fetches that are no elements of the graph are explained', async () => {
  const { graph, session } = build(() => tf.constant(1, { name: 'one' }));
  const other = build(() => tf.constant(1)).parts;
  await assert.rejects(session.run(other), /not an element of this graph/);
  await assert.rejects(session.run('two'), /refers to an Operation not in the graph.*\n.*one/);
  await assert.rejects(session.run('one:1'), /does not exist/);
  await assert.rejects(session.run(tf.constant(1)), /eager tensor/);
  await assert.rejects(session.run(5 as never), /Can not convert a number/);
  await assert.rejects(new tf.Session(new tf.Graph()).run('x'), /graph is empty/);
  session.close();
  await assert.rejects(session.run('one'), /closed Session/);
  assert.equal(graph.getTensorByName('one:0').name, 'one:0');
});

test('ops refuse to mix graphs, modes and dtypes', () => {
  const { graph, parts } = build(() => tf.placeholder('float32', { name: 'x' }));
  const other = build(() => tf.constant(1)).parts;
  assert.throws(() => tf.add(parts, 1), /symbolic.*eager mode/);
  assert.throws(() => graph.asDefault(() => tf.add(parts, other)), /another graph/);
  assert.throws(
    () => graph.asDefault(() => tf.add(parts, tf.constant([1], { dtype: 'int32' }))),
    /does not match type float32/,
  );
  const eager = tf.constant([1]);
  assert.throws(() => graph.asDefault(() => tf.add(parts, eager)), /capture an EagerTensor/);
  assert.throws(() => tf.placeholder('float32'), tf.ModeError);
  assert.throws(() => graph.asDefault(() => tf.constant(1, { name: 'constructor' })), tf.ValueError);
  assert.throws(() => graph.asDefault(() => tf.constant(1, { name: 'a b' })), tf.ValueError);
});

test('variables live in the session, from their initializer on', async () => {
  const { graph, session, parts } = build(() => {
    const w = new tf.Variable(tf.random.uniform([1], -1, 1), { name: 'W1' }) as tf.SymbolicVariable;
    return { w, init: compat.v1.globalVariablesInitializer(), plus: w.assignAdd([10]), twice: tf.multiply(w, 2) };
  });
  const { w, init, plus, twice } = parts;
  await assert.rejects(session.run(w), /uninitialized value W1/);
  assert.equal(await session.run(init), null);
  const before = await w.eval(session);
  assert.ok(Math.abs(before.get(0)) <= 1);
  const [doubled, added] = await session.run([twice, plus] as const);
  assert.ok(Math.abs(doubled.get(0) - 2 * before.get(0)) < 1e-6);
  assert.ok(Math.abs(added.get(0) - before.get(0) - 10) < 1e-5);
  assert.equal(String(session.runSync(w)), String(added));
  const second = new tf.Session(graph);
  await assert.rejects(second.run(w), tf.FailedPreconditionError);
  assert.equal(String(await session.run(w, { W1: [3] })), '[3.]');
});

test('runs leave no tensors behind but the constants, and close frees those', async () => {
  const { session, parts } = build(() => {
    const x = tf.placeholder('float32', { name: 'x' });
    const c = tf.constant([1, 2]);
    return { x, c, y: tf.add(x, c) };
  });
  const { numTensors } = core.memory();
  const fetches = [parts.y, parts.c, parts.x, parts.y];
  for (let i = 0; i < 3; i++) await session.run(fetches, { x: [1, 1] });
  session.runSync(fetches, { x: [1, 1] });
  await assert.rejects(session.run(parts.y, { x: [1, 2, 3] }), tf.InvalidArgumentError);
  assert.equal(core.memory().numTensors, numTensors + 1);
  const inTidy = core.tidy(() => String(session.runSync(parts.y, { x: [1, 1] })));
  assert.equal(inTidy, String(session.runSync(parts.y, { x: [1, 1] })));
  session.close();
  assert.equal(core.memory().numTensors, numTensors);
});

test('a graph that grows is run with what was added', async () => {
  const { graph, session, parts } = build(() => tf.constant(1));
  assert.equal(Number(await session.run(parts)), 1);
  const more = graph.asDefault(() => tf.add(parts, 1));
  assert.equal(Number(await session.run(more)), 2);
});

test('the graph is a GraphDef', () => {
  const { graph } = build(() => tf.add(tf.placeholder('float32', { shape: [null], name: 'x' }), [1, 2], { name: 'y' }));
  assert.deepEqual(JSON.parse(JSON.stringify(graph.asGraphDef())), {
    node: [
      {
        name: 'x',
        op: 'Placeholder',
        input: [],
        attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '-1' }] } } },
      },
      {
        name: 'y/y',
        op: 'Const',
        input: [],
        attr: {
          dtype: { type: 'DT_FLOAT' },
          value: {
            tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '2' }] }, tensorContent: 'AACAPwAAAEA=' },
          },
        },
      },
      { name: 'y', op: 'AddV2', input: ['x', 'y/y'], attr: { T: { type: 'DT_FLOAT' } } },
    ],
    versions: { producer: 27, minConsumer: 0 },
  });
});

test('sparse tensors are fetched and fed as SparseTensorValues', async () => {
  const { session, parts } = build(() => {
    const constant = new tf.SparseTensor([[0, 0]], [1], [1, 2]);
    const place = tf.sparsePlaceholder('float32', { shape: [2, 3], name: 's' });
    return { constant, place, dense: tf.sparse.toDense(place) };
  });
  const value = await session.run(parts.constant);
  assert.ok(value instanceof tf.SparseTensorValue);
  assert.deepEqual([value.indices.tolist(), value.values.tolist(), value.denseShape.tolist()], [[[0, 0]], [1], [1, 2]]);
  assert.equal(String(await parts.constant.eval({ session })), String(value));
  assert.equal(String(session.asDefault(() => parts.constant.evalSync())), String(value));
  await assert.rejects(parts.constant.eval(), /No default session is registered/);
  const fed = new tf.SparseTensorValue(
    [
      [0, 1],
      [1, 2],
    ],
    [5, 6],
    [2, 3],
  );
  const feeds = new Map([[parts.place, fed]]);
  assert.equal(String(await parts.place.eval({ session, feeds })), String(fed));
  assert.equal(String(await session.run(parts.dense, new Map([[parts.place, fed]]))), String(fed.toDense()));
  const back = await session.run(parts.place, new Map([[parts.place, fed]]));
  assert.equal(String(back), String(fed));
  await assert.rejects(session.run(parts.dense, new Map([[parts.place, [[1, 2]]]])), /SparseTensorValue/);
  const eager = new tf.SparseTensor([[0, 1]], [7], [1, 2]);
  assert.equal(String(eager.numpy().toDense()), '[[0. 7.]]');
  assert.equal(String(tf.sparse.toDense(eager).numpy()), '[[0. 7.]]');
  assert.throws(() => parts.constant.numpy(), /only supported in eager mode/);
  await assert.rejects(eager.eval(), /only supported in graph mode\.\n.*sparse\.numpy\(\)/);
  assert.throws(() => new tf.SparseTensorValue([[0]], [1, 2], [3]), tf.ValueError);
});

test('a constant without elements does not shift the others, and defaults stand in for feeds', async () => {
  const { session, parts } = build(() => {
    const unit = tf.random.uniform([], 0, 1);
    const place = tf.placeholderWithDefault(tf.constant([1, 2]), { shape: [null] });
    return { unit, place, empty: tf.reduceSum(tf.placeholder('float32', { shape: [0], name: 'none' })) };
  });
  const [unit, place] = await session.run([parts.unit, parts.place] as const);
  assert.ok(Number(unit) >= 0 && Number(unit) < 1);
  assert.equal(String(place), '[1. 2.]');
  assert.equal(String(await session.run(parts.place, [[parts.place, [5]]])), '[5.]');
  assert.equal(Number(await session.run(parts.empty, { none: [] })), 0);
});

test('strings and complex numbers are fed, the innermost pairs as complex numbers', async () => {
  const { session } = build(() => [
    tf.placeholder('complex64', { shape: [2], name: 'c' }),
    tf.placeholder('string', { shape: [], name: 's' }),
  ]);
  assert.equal(
    String(
      await session.run('c', {
        c: [
          [1, 2],
          [3, 4],
        ],
      }),
    ),
    '[1.+2.j 3.+4.j]',
  );
  assert.equal((await session.run('s', { s: 'hi' })).repr(), "'hi'");
  assert.deepEqual([await session.run([]), await session.run({})], [[], {}]);
});

test('a sparse tensor has a value for each of its indices, and none twice', () => {
  assert.throws(() => new tf.SparseTensor([[0, 1]], [1, 2], [2, 2]), {
    name: 'ValueError',
    message: 'A sparse tensor with 1 indices has values of shape [1], got [2].',
  });
  assert.throws(() => new tf.SparseTensor([[0, 1]], [[1]] as never, [2, 2]), /values of shape \[1\], got \[1, 1\]/);
  const twice = new tf.SparseTensor(
    [
      [0, 1],
      [0, 1],
    ],
    [1, 2],
    [2, 2],
  );
  assert.throws(() => tf.sparse.toDense(twice), /indices\[1\] = \[0,1\] is repeated/);
  assert.throws(() => twice.numpy().toDense(), /indices\[1\] = \[0,1\] is repeated/);
});

test('a graph tensor is no number', () => {
  const total = new tf.Graph().asDefault(() => tf.add(tf.constant(1), 2));
  const compute = [() => Number(total), () => (total as unknown as number) + 1, () => (total as never) > 0];
  for (const run of compute) assert.throws(run, { name: 'TensorTypeError', message: /'Add:0' is symbolic/ });
  assert.equal(`${String(total)}`, 'Tensor("Add:0", shape=(), dtype=float32)');
});
