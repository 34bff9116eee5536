import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DType, StatisticsSummary } from '../../src/protocol/tensor.ts';
import { decodeElements, encodeElements, itemSize } from '../../src/tensor/dtypes.ts';
import type { Element } from '../../src/tensor/dtypes.ts';
import { HistogramAccumulator } from '../../src/tensor/histogram.ts';
import { StatisticsAccumulator } from '../../src/tensor/statistics.ts';
import { jsonFixture } from './fixtures.ts';
import { seededRandom } from './random.ts';

/** Mean and std with exact rational arithmetic: every double is an integer times 2^-1074. */
function exactMoments(values: readonly (number | bigint)[]): { mean: number; std: number } {
  const unit = 1n << 1074n;
  const scaled = values.map((value) => (typeof value === 'bigint' ? value * unit : toUnits(value)));
  const n = BigInt(values.length);
  const sum = scaled.reduce((a, b) => a + b, 0n);
  // n * sum(x^2) - (sum x)^2 is n^2 times the variance, in squared units.
  const squares = scaled.reduce((a, b) => a + b * b, 0n) * n - sum * sum;
  return { mean: ratio(sum, n * unit), std: Math.sqrt(ratio(squares, n * n * unit * unit)) };
}

function toUnits(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const exponent = (bits.getUint16(0) >>> 4) & 0x7ff;
  const fraction = bits.getBigUint64(0) & ((1n << 52n) - 1n);
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return value < 0 ? -magnitude : magnitude;
}

function ratio(numerator: bigint, denominator: bigint): number {
  if (numerator < 0n) return -ratio(-numerator, denominator);
  if (numerator === 0n) return 0;
  const shift = BigInt(denominator.toString(2).length - numerator.toString(2).length + 64);
  const quotient = shift >= 0n ? (numerator << shift) / denominator : numerator / (denominator << -shift);
  return Number(quotient) * 2 ** -Number(shift);
}

function summarize(
  bytes: Uint8Array,
  dtype: DType,
  chunkElements: number,
  parts = 1,
): StatisticsSummary<number | bigint> {
  const accumulators = Array.from({ length: parts }, () => new StatisticsAccumulator(dtype));
  const step = chunkElements * itemSize(dtype);
  for (let at = 0, turn = 0; at < bytes.length; at += step, turn++) {
    accumulators[turn % parts]?.add(bytes.subarray(at, at + step), at / itemSize(dtype));
  }
  const [first, ...others] = accumulators as [StatisticsAccumulator, ...StatisticsAccumulator[]];
  for (const other of others) first.merge(other.partial());
  return first.finish();
}

function near(actual: number | null, expected: number, tolerance: number, what: string): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${what}: ${actual} against ${expected}`);
}

const realDTypes: DType[] = [
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
];

test('counts and extremes are exact, mean and std to the last digits, whatever the dtype and the chunks', () => {
  const random = seededRandom(5);
  for (const dtype of realDTypes) {
    for (const count of [1, 2, 1000, 20011]) {
      const bytes = new Uint8Array(count * itemSize(dtype));
      for (let i = 0; i < bytes.length; i++) bytes[i] = random.bits();
      // Random exponents would let one element outweigh all others.
      if (dtype === 'float64' || dtype === 'float32') {
        const normal = Array.from({ length: count }, () => 1e6 + random.fraction() - random.fraction());
        bytes.set(encodeElements(normal, dtype));
      }
      if (count > 2) bytes.fill(0, 0, itemSize(dtype));
      const values = decodeElements(bytes, dtype) as (number | bigint | boolean)[];
      const numbers = values.map((value) => (typeof value === 'boolean' ? Number(value) : value));
      const finite = numbers.filter((value) => typeof value === 'bigint' || Number.isFinite(value));
      const summary = summarize(bytes, dtype, random.integer(1, 9000), random.integer(1, 3));
      const what = `${dtype} x ${count}`;
      assert.equal(summary.count, count, what);
      assert.equal(summary.zeros, numbers.filter((value) => Number(value) === 0).length, what);
      assert.equal(summary.nan, numbers.filter((value) => Number.isNaN(Number(value))).length, what);
      assert.equal(summary.posInf, numbers.filter((value) => value === Infinity).length, what);
      assert.equal(summary.negInf, numbers.filter((value) => value === -Infinity).length, what);
      const first = numbers.findIndex((value) => typeof value === 'number' && !Number.isFinite(value));
      assert.equal(summary.firstNotFinite, first < 0 ? null : first, what);
      if (finite.length === 0) continue;
      assert.equal(
        summary.min,
        finite.reduce((a, b) => (b < a ? b : a)),
        what,
      );
      assert.equal(
        summary.max,
        finite.reduce((a, b) => (b > a ? b : a)),
        what,
      );
      const { mean, std } = exactMoments(finite);
      const largest = Math.max(Math.abs(Number(summary.min)), Math.abs(Number(summary.max)));
      near(summary.mean, mean, Math.max(Math.abs(mean) * 4e-16, largest * 1e-16), `mean of ${what}`);
      near(summary.std, std, std * 1e-12 + largest * 1e-16, `std of ${what}`);
    }
  }
});

test('the sum is compensated', () => {
  const values = [1e30, 1, -1e30, 1, 1e30, 1, -1e30, 1];
  assert.equal(summarize(encodeElements(values, 'float64'), 'float64', 3, 2).mean, 0.5);
});

test('data far from zero keep their standard deviation', () => {
  const values = Array.from({ length: 30000 }, (_, i) => 1e9 + (i % 3));
  near(summarize(encodeElements(values, 'float64'), 'float64', 7000).std, Math.sqrt(2 / 3), 1e-12, 'std');
  const big = values.map((value) => BigInt(value) + 2n ** 62n);
  const summary = summarize(encodeElements(big, 'int64'), 'int64', 7000, 3);
  near(summary.std, Math.sqrt(2 / 3), 1e-12, 'std of int64');
  assert.equal(summary.min, 2n ** 62n + 10n ** 9n);
});

test('the mean of 64-bit integers is that of their exact sum', () => {
  const extremes = [1n, -(2n ** 63n), 2n ** 63n - 1n, 0n];
  for (const chunk of [1, 4]) {
    assert.equal(summarize(encodeElements(extremes, 'int64'), 'int64', chunk, 2).mean, 0);
  }
  const many = Array.from({ length: 20011 }, (_, i) => 2n ** 64n - 1n - BigInt(i % 2) * (2n ** 64n - 4n));
  const { mean } = exactMoments(many);
  assert.equal(summarize(encodeElements(many, 'uint64'), 'uint64', 5000, 3).mean, mean);
  const odd = [-3n, 2n, -1n];
  assert.equal(summarize(encodeElements(odd, 'int64'), 'int64', 2).mean, -2 / 3);
});

test('64-bit extremes', () => {
  const signed = summarize(encodeElements([5n, -(2n ** 63n), 2n ** 63n - 1n, 0n], 'int64'), 'int64', 10);
  assert.deepEqual([signed.min, signed.max, signed.zeros], [-(2n ** 63n), 2n ** 63n - 1n, 1]);
  const unsigned = summarize(encodeElements([2n ** 64n - 1n, 2n ** 64n - 2n, 2n ** 32n], 'uint64'), 'uint64', 1, 3);
  assert.deepEqual([unsigned.min, unsigned.max, unsigned.zeros], [2n ** 32n, 2n ** 64n - 1n, 0]);
});

test('NaN and infinities are counted and left out; the first is found across chunks', () => {
  const values = [1, 2, -Infinity, 0, NaN, Infinity, 3, NaN, 0];
  const summary = summarize(encodeElements(values, 'float32'), 'float32', 2, 2);
  assert.deepEqual(
    { ...summary, std: null },
    { count: 9, min: 0, max: 3, mean: 1.2, std: null, zeros: 2, nan: 2, posInf: 1, negInf: 1, firstNotFinite: 2 },
  );
  const late = new Float64Array(20000);
  late[19999] = NaN;
  assert.equal(summarize(new Uint8Array(late.buffer), 'float64', 20000).firstNotFinite, 19999);
});

test('without a finite element there is no minimum, maximum, mean or standard deviation', () => {
  for (const values of [[], [NaN, Infinity]]) {
    const { min, max, mean, std, count } = summarize(encodeElements(values, 'float32'), 'float32', 1);
    assert.deepEqual([min, max, mean, std, count], [null, null, null, null, values.length]);
  }
});

test('complex numbers are counted only', () => {
  const values: Element[] = [
    [0, 0],
    [1, NaN],
    [Infinity, 0],
    [0, -Infinity],
    [0, 1],
  ];
  const { count, zeros, nan, posInf, negInf, firstNotFinite, min, mean } = summarize(
    encodeElements(values, 'complex64'),
    'complex64',
    2,
  );
  assert.deepEqual([count, zeros, nan, posInf, negInf, firstNotFinite, min, mean], [5, 1, 1, 1, 1, 1, null, null]);
});

test('a chunk may start at any address', () => {
  const bytes = encodeElements([1, 2, 3, NaN], 'float64');
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  const accumulator = new StatisticsAccumulator('float64');
  accumulator.add(shifted.subarray(3), 100);
  assert.deepEqual([accumulator.finish().mean, accumulator.finish().firstNotFinite], [2, 103]);
});

test('strings and untyped memory are refused', () => {
  assert.throws(() => new StatisticsAccumulator('string'), { code: 'invalid-argument' });
  assert.throws(() => new StatisticsAccumulator('unknown'), { code: 'invalid-argument' });
});

test('histograms are those of numpy.histogram', () => {
  interface Case {
    values: number[];
    counts: number[];
    min: number;
    max: number;
    bins: number;
  }
  for (const { values, counts, min, max, bins } of jsonFixture<Case[]>('histograms.json')) {
    const summary = summarize(encodeElements(values, 'float64'), 'float64', 100);
    const histogram = new HistogramAccumulator('float64', Number(summary.min), Number(summary.max), bins);
    histogram.add(Float64Array.from(values));
    assert.deepEqual(histogram.finish(), { min, max, counts });
  }
});

test('histograms leave out what is not finite, and survive extreme ranges', () => {
  const values = [-Number.MAX_VALUE, NaN, Number.MAX_VALUE, 0, Infinity];
  const wide = new HistogramAccumulator('float64', -Number.MAX_VALUE, Number.MAX_VALUE, 2);
  wide.add(Float64Array.from(values));
  assert.deepEqual(wide.finish().counts, [1, 2]);
  const narrow = new HistogramAccumulator('float64', 0, Number.MIN_VALUE, 4);
  narrow.add(Float64Array.of(0, Number.MIN_VALUE));
  assert.equal(
    narrow.finish().counts.reduce((a, b) => a + b),
    2,
  );
  const big = new HistogramAccumulator('int64', -2, 2, 4);
  big.add(BigInt64Array.of(-2n, -1n, 0n, 1n, 2n));
  assert.deepEqual(big.finish(), { min: -2, max: 2, counts: [1, 1, 1, 2] });
});

test('equal elements are counted, however large they are', () => {
  for (const value of [0, 3, 2 ** 53, -(2 ** 60), 1e300, -Number.MAX_VALUE, Number.MAX_VALUE]) {
    const histogram = new HistogramAccumulator('float64', value, value, 8);
    histogram.add(encodeElements([value, value, value], 'float64'));
    const { counts } = histogram.finish();
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      3,
      `${value}: ${counts.join(' ')}`,
    );
  }
});
