/** Broadcast axes: statistics of the distinct elements, each counted as often as it comes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distinctShape, repeated } from '../../src/tensor/repeats.ts';
import { sourceStatistics } from '../../src/tensor/sourceStatistics.ts';

const read = (values: number[]) => () => Promise.resolve(new Uint8Array(Float32Array.from(values).buffer));
const statsOf = async (shape: number[], values: number[]) =>
  (await sourceStatistics({ name: 'it', dtype: 'float32', shape, read: read(values) }, { bins: 3 })).stats;

test('the statistics of an expanded array are those of all its elements', async () => {
  const [shape, strides, rows] = [
    [2, 3, 4],
    [0, 1, 0],
    [5, Infinity, -1],
  ];
  const whole = [0, 1].flatMap(() => rows.flatMap((value) => [value, value, value, value]));
  const distinct = distinctShape(shape, strides);
  assert.deepEqual(distinct, [1, 3, 1]);
  assert.deepEqual(repeated(await statsOf(distinct, rows), distinct, shape), await statsOf(shape, whole));
});

test('nothing is repeated without strides, nor where there is nothing', async () => {
  assert.deepEqual(distinctShape([2, 3]), [2, 3]);
  assert.deepEqual(distinctShape([0, 3], [0, 0]), [0, 1]);
  const empty = await statsOf([0, 1], []);
  assert.deepEqual(repeated(empty, [0, 1], [0, 3]), empty);
});
