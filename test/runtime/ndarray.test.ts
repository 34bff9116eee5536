/** Host arrays by themselves: indexing, views, copies, dtypes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, IndexError, type NDArray, TensorTypeError, ValueError } from '../../src/runtime/index.ts';

const grid = (): NDArray =>
  array(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { dtype: 'int32' },
  );

test('get and set take one index per axis, negative ones from the end', () => {
  const a = grid();
  assert.equal(a.get(1, 2), 6);
  assert.equal(a.get(-1, -3), 4);
  a.set(40, 1, 0);
  assert.deepEqual(a.tolist(), [
    [1, 2, 3],
    [40, 5, 6],
  ]);
  assert.throws(() => a.get(2, 0), IndexError);
  assert.throws(() => a.get(0), IndexError);
  assert.throws(() => a.get(0.5, 0), IndexError);
  assert.throws(() => a.set(1.5, 0, 0), TensorTypeError);
  assert.throws(() => a.set(2 ** 31, 0, 0), ValueError);
});

test('numbers make float64, bigints int64, typed arrays keep their dtype', () => {
  assert.deepEqual(
    [
      array([1, 2]),
      array([1n]),
      array([true]),
      array(['a']),
      array(new Uint8Array(1)),
      array(new BigInt64Array(1)),
    ].map(({ dtype }) => dtype),
    ['float64', 'int64', 'bool', 'string', 'uint8', 'int64'],
  );
  assert.equal(array<bigint>([2n ** 62n]).get(0), 2n ** 62n);
  const source = new Float32Array([1, 2]);
  const copy = array(source);
  source[0] = 9;
  assert.equal(copy.get(0), 1);
});

test('slices, transposes and reshapes are views; copy is not', () => {
  const a = grid();
  const column = a.slice(':, 1');
  assert.deepEqual([column.shape, column.tolist()], [[2], [2, 5]]);
  column.set(20, 0);
  assert.equal(a.get(0, 1), 20);
  assert.deepEqual(a.T.tolist(), [
    [1, 4],
    [20, 5],
    [3, 6],
  ]);
  assert.deepEqual(a.slice('::-1, ::2').tolist(), [
    [4, 6],
    [1, 3],
  ]);
  a.reshape(3, -1).set(100, 0, 0);
  assert.equal(a.get(0, 0), 100);
  const copied = a.T.copy();
  copied.set(7, 0, 0);
  assert.equal(a.get(0, 0), 100);
  assert.deepEqual(a.T.reshape(6).tolist(), [100, 4, 20, 5, 3, 6]);
  assert.deepEqual(a.reshape([3, -1]).shape, [3, 2]);
  assert.throws(() => a.reshape(4), ValueError);
  assert.deepEqual(
    [a.transpose(1, 0).shape, a.transpose([1, 0]).shape, a.transpose(0, 1).shape],
    [
      [3, 2],
      [3, 2],
      [2, 3],
    ],
  );
  assert.throws(() => a.transpose([0, 0]), ValueError);
});

test('iteration goes along the first axis', () => {
  assert.deepEqual([...array([1, 2, 3])], [1, 2, 3]);
  const rows = [...grid()] as NDArray[];
  assert.deepEqual(rows.map(String), ['[1 2 3]', '[4 5 6]']);
  assert.deepEqual([...grid().T.values()], [1, 4, 2, 5, 3, 6]);
});

test('astype converts as NumPy does', () => {
  assert.deepEqual(array([1.9, -1.9, 300]).astype('uint8').tolist(), [1, 255, 44]);
  assert.deepEqual(array([0, 2]).astype<boolean>('bool').tolist(), [false, true]);
  assert.deepEqual(array([0.1]).astype('float32').tolist(), [Math.fround(0.1)]);
  assert.deepEqual(array([1.5]).astype<bigint>('int64').tolist(), [1n]);
  assert.equal(array([0.1], { dtype: 'float16' }).repr(), 'array([0.1], dtype=float16)');
  assert.throws(() => array([NaN]).astype('int32'), ValueError);
});

test('equality, JSON and conversions', () => {
  assert.ok(
    grid().equals(
      array([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ),
  );
  assert.ok(!grid().equals(grid().T));
  assert.ok(array([1n, 2n]).equals(array([1, 2])));
  assert.equal(JSON.stringify({ a: grid() }), '{"a":[[1,2,3],[4,5,6]]}');
  assert.equal(String(array([1, 2])), '[1. 2.]');
  assert.equal(array([7]).item(), 7);
  assert.throws(() => grid().item(), ValueError);
  assert.equal(array([[], []]).repr(), 'array([], shape=(2, 0), dtype=float64)');
});
