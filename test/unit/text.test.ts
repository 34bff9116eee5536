import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeElements } from '../../src/tensor/dtypes.ts';
import { toJsonValues } from '../../src/tensor/jsonValue.ts';
import { describeType, formatBytes, formatMs, previewRanges, previewValues } from '../../src/tensor/preview.ts';
import type { DescribedTensor } from '../../src/tensor/preview.ts';
import { roundNumber } from '../../src/tensor/roundNumber.ts';
import { resultShape } from '../../src/tensor/slice.ts';
import { statisticsCostText, statisticsTexts } from '../../src/tensor/statisticsTexts.ts';

test('JSON values nest as the shape', () => {
  const bytes = encodeElements([1, 2, 3, 4, 5, 6], 'int32');
  assert.deepEqual(toJsonValues(bytes, 'int32', [2, 3]), [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  assert.deepEqual(toJsonValues(bytes, 'int32', [1, 6, 1]), [[[1], [2], [3], [4], [5], [6]]]);
  assert.equal(toJsonValues(bytes, 'int32', []), 1);
  assert.deepEqual(toJsonValues(new Uint8Array(0), 'int32', [2, 0]), [[], []]);
});

test('JSON has no words for some numbers: they are strings', () => {
  const floats = encodeElements([NaN, Infinity, -Infinity, -0, 3.7, 1e30], 'float32');
  assert.deepEqual(toJsonValues(floats, 'float32', [6]), ['NaN', 'Infinity', '-Infinity', '-0', 3.7, 1e30]);
  // 122074095923093310 is what the double nearest to it prints, but not what that double is.
  const integers = [0n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 60n, -(2n ** 63n), -5n, 122074095923093310n];
  assert.equal(
    JSON.stringify(toJsonValues(encodeElements(integers, 'int64'), 'int64', [7])),
    '[0,9007199254740992,"9007199254740993","1152921504606846976","-9223372036854775808",-5,"122074095923093310"]',
  );
  assert.deepEqual(toJsonValues(encodeElements([[0.1, NaN]], 'complex64'), 'complex64', [1]), [[0.1, 'NaN']]);
  assert.deepEqual(toJsonValues(encodeElements([true, false], 'bool'), 'bool', [2]), [true, false]);
  assert.deepEqual(toJsonValues(['a', '"'], 'string', [2, 1]), [['a'], ['"']]);
  assert.equal(toJsonValues(encodeElements([1.1], 'bfloat16'), 'bfloat16', []), 1.1);
});

const tensor: DescribedTensor = {
  dtype: 'float32',
  shape: [64, 10],
  kind: 'eager',
  device: { type: 'webgpu' },
  location: 'device',
  byteLength: 2560,
};

test('the type line', () => {
  assert.equal(describeType(tensor), 'float32[64, 10] webgpu 2.5 KB');
  assert.equal(describeType({ ...tensor, location: 'host' }), 'float32[64, 10] webgpu, still on host, 2.5 KB');
  assert.equal(describeType({ ...tensor, shape: [], device: { type: 'cpu' }, byteLength: 4 }), 'float32[] cpu 4 B');
  assert.equal(describeType({ ...tensor, shape: [null, 10], kind: 'symbolic' }), 'float32[?, 10] symbolic');
  assert.equal(describeType({ ...tensor, kind: 'sparse' }), 'float32[64, 10] sparse webgpu 2.5 KB');
  const strings = { ...tensor, dtype: 'string', location: 'host', byteLength: 0 } as const;
  assert.equal(describeType(strings), 'string[64, 10] webgpu, still on host');
});

test('bytes and milliseconds for people', () => {
  const bytes = { 0: '0 B', 1023: '1023 B', 1024: '1 KB', 2560: '2.5 KB', 1048575: '1 MB', 268435456: '256 MB' };
  for (const [count, text] of Object.entries(bytes)) assert.equal(formatBytes(Number(count)), text);
  assert.equal(formatBytes(3 * 2 ** 40), '3 TB');
  const times = {
    0: '0 ms',
    0.004: '< 0.01 ms',
    0.354: '0.35 ms',
    0.999: '1 ms',
    4.21: '4.2 ms',
    40.3: '40 ms',
    999.7: '1 s',
  };
  for (const [ms, text] of Object.entries(times)) assert.equal(formatMs(Number(ms)), text);
  assert.equal(formatMs(90_300), '90.3 s');
});

test('the values part of the line', () => {
  const preview = (values: number[], window: number[], shape: number[]): string =>
    previewValues(encodeElements(values, 'float32'), 'float32', window, shape);
  assert.equal(preview([3.7], [], []), '3.7');
  assert.equal(preview([1, 2, 3, 4], [2, 2], [2, 2]), '[[1, 2], [3, 4]]');
  assert.equal(preview([0.1, 0.7], [1, 2], [64, 10]), '[[0.1, 0.7, ...], ...]');
  assert.equal(preview([1, 2, 3], [3], [100]), '[1, 2, 3, ...]');
  assert.equal(preview([], [2, 0], [2, 0]), '[[], []]');
  assert.equal(preview([], [0, 1], [0, 100]), '[]');
  const rows = Array.from({ length: 24 }, (_, i) => i + 0.123);
  assert.equal(preview(rows, [2, 12], [2, 12]), '[[0.123, 1.123, 2.123, 3.123, 4.123, 5.123, 6.123, ...], ...]');
  assert.equal(previewValues(['a', 'b"'], 'string', [2], [2]), '["a", "b\\""]');
  assert.match(previewValues(['x'.repeat(1000)], 'string', [], []), /^"x{23}…"$/);
});

test('a preview reads little', () => {
  assert.deepEqual(resultShape(previewRanges([4, 6])), [4, 6]);
  assert.deepEqual(resultShape(previewRanges([64, 10])), [1, 8]);
  assert.deepEqual(resultShape(previewRanges([1000])), [8]);
  assert.deepEqual(resultShape(previewRanges([0, 1000])), [0, 1000]);
  assert.deepEqual(resultShape(previewRanges([])), []);
});

test('of statistics, what was computed is rounded, and elements are not', () => {
  assert.deepEqual(statisticsTexts({ min: '-0', max: 0.123456789, mean: 0.123456789, std: Infinity }), {
    min: '-0',
    max: '0.123456789',
    mean: '0.123457',
    std: 'Infinity',
  });
  assert.equal(statisticsTexts({ min: null, max: null, mean: null, std: null }).mean, 'no element is finite');
  assert.equal(statisticsTexts({ min: null, max: null, mean: 'Infinity', std: null }, '-').std, '-');
});

test('what statistics took: moved from a device, or read on the host, once or twice', () => {
  const text = (where: 'host' | 'device', bytes: number, readbacks: number) => {
    const cost = { bytes, queueMs: 1, transferMs: 4, readbacks, stagingBytes: 0, wholeBytes: 2048, wholeMsEstimate: 1 };
    return statisticsCostText({ where, cost });
  };
  assert.equal(text('device', 4096, 2), '4 KB moved in 5 ms');
  assert.equal(text('host', 2048, 0), '2 KB read in 5 ms');
  assert.equal(text('host', 4096, 0), '4 KB read in 5 ms, in two passes');
});

test('rounded numbers show no digits that are not known', () => {
  assert.equal(roundNumber(-(2 ** 63), 4), '-9.223e+18');
  assert.equal(roundNumber(2 ** 63), '9.22337e+18');
  assert.equal(roundNumber(300_000_000, 4), '300000000');
  assert.equal(roundNumber(1 / 3), '0.333333');
  assert.deepEqual(
    [-0, Infinity, NaN].map((value) => roundNumber(value)),
    ['0', 'Infinity', 'NaN'],
  );
});
