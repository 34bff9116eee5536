import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultTolerance, type Tolerance } from '../../src/protocol/comparison.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { ComparisonAccumulator } from '../../src/tensor/compare.ts';
import type { Comparison } from '../../src/tensor/compare.ts';
import { differences } from '../../src/tensor/differences.ts';
import { encodeElements } from '../../src/tensor/dtypes.ts';
import type { Element } from '../../src/tensor/dtypes.ts';
import type { ElementSource } from '../../src/tensor/elementSource.ts';
import { wholeSlice } from '../../src/tensor/slice.ts';
import { fromHex, jsonFixture } from './fixtures.ts';

function compare(
  a: readonly Element[],
  b: readonly Element[],
  dtype: DType,
  tolerance: Partial<Tolerance> = {},
  otherDType = dtype,
): Comparison {
  const comparison = new ComparisonAccumulator(dtype, otherDType, { ...defaultTolerance, ...tolerance });
  // In two chunks, as a stream would bring them.
  const half = Math.ceil(a.length / 2);
  for (const [from, to] of [
    [0, half],
    [half, a.length],
  ] as const) {
    comparison.add(encodeElements(a.slice(from, to), dtype), encodeElements(b.slice(from, to), otherDType), from);
  }
  return comparison.finish();
}

test('elements are close where numpy.isclose says so', () => {
  interface Fixture {
    pairs: [string, string][];
    options: [rtol: number, atol: number, equalNan: boolean][];
    close: boolean[][];
  }
  const { pairs, options, close } = jsonFixture<Fixture>('isclose.json');
  const a = pairs.map(([text]) => fromHex(text));
  const b = pairs.map(([, text]) => fromHex(text));
  options.forEach(([rtol, atol, equalNan], i) => {
    const expected = close[i] as boolean[];
    expected.forEach((isClose, k) => {
      const { different } = compare([a[k] as number], [b[k] as number], 'float64', { rtol, atol, equalNan });
      assert.equal(different === 0, isClose, `${a[k]} against ${b[k]} (rtol ${rtol}, atol ${atol})`);
    });
    const all = compare(a, b, 'float64', { rtol, atol, equalNan });
    assert.equal(all.different, expected.filter((isClose) => !isClose).length);
    assert.equal(all.first, expected.indexOf(false));
  });
});

test('the largest differences and where they are', () => {
  const result = compare([1, 2, 3, NaN, 100, 0], [1, 2.5, 3, 4, 99, 1e-3], 'float64');
  assert.deepEqual(result.absolute, { difference: 1, index: 4, a: 100, b: 99 });
  assert.deepEqual(result.relative, { difference: 1, index: 5, a: 0, b: 1e-3 });
  assert.deepEqual([result.count, result.different, result.notFinite, result.first], [6, 4, 1, 1]);
  const equal = compare([1, 0], [1, 0], 'int32');
  assert.deepEqual([equal.different, equal.first, equal.absolute?.difference], [0, null, 0]);
});

test('64-bit integers are compared as what they are, also with other numbers', () => {
  const exact = { rtol: 0, atol: 0 };
  const odd = 2n ** 53n + 1n;
  const cases: [Element, DType, Element, DType, number][] = [
    [odd, 'int64', 2 ** 53, 'float64', 1],
    [2 ** 53, 'float64', odd, 'uint64', 1],
    [odd, 'int64', [2 ** 53, 0], 'complex128', 1],
    [-odd, 'int64', -(2 ** 53), 'float64', 1],
    [3n, 'int64', 2.25, 'float64', 0.75],
    [-3n, 'int64', -2.25, 'float32', 0.75],
    [2n ** 53n, 'int64', 2 ** 53, 'float64', 0],
  ];
  for (const [a, dtypeA, b, dtypeB, difference] of cases) {
    const result = compare([a], [b], dtypeA, exact, dtypeB);
    assert.deepEqual([result.absolute?.difference, result.different], [difference, difference === 0 ? 0 : 1]);
  }
  const infinite = compare([1n, 1n], [Infinity, NaN], 'int64', exact, 'float64');
  assert.deepEqual([infinite.different, infinite.notFinite], [2, 2]);
});

test('64-bit integers differ by one wherever they lie', () => {
  const big = 2n ** 62n;
  const result = compare([big, -big], [big + 1n, -big], 'int64', { rtol: 0, atol: 0 });
  assert.deepEqual([result.different, result.absolute?.difference, result.first], [1, 1, 0]);
});

test('other dtypes are compared by value', () => {
  assert.equal(compare([1.5, 2], [1.5, 2], 'float16', {}, 'float32').different, 0);
  assert.equal(compare([true, false], [1, 0], 'bool', {}, 'uint8').different, 0);
  assert.equal(compare([[3, 4]], [[3, 5]], 'complex64').absolute?.difference, 1);
  const infinite: Element[] = [[Infinity, 0]];
  assert.equal(compare(infinite, infinite, 'complex64').different, 0);
  assert.equal(compare([[NaN, 0]], [[0, NaN]], 'complex64', { equalNan: true }).different, 0);
  // As NumPy has it: a real infinity is the complex one without an imaginary part.
  const real = [Infinity, -Infinity, Infinity, -Infinity];
  const complex: Element[] = [
    [Infinity, 0],
    [-Infinity, -0],
    [Infinity, 1],
    [Infinity, 0],
  ];
  assert.equal(compare(complex, real, 'complex128', {}, 'float64').different, 2);
  assert.equal(compare(real, complex, 'float64', {}, 'complex128').first, 2);
});

function held(values: readonly Element[], dtype: DType): ElementSource {
  return { name: dtype, dtype, shape: [values.length], read: () => Promise.resolve(encodeElements(values, dtype)) };
}

test('the differences themselves, with their signs', async () => {
  const odd = 2n ** 53n + 1n;
  const cases: [Element[], DType, Element[], DType, number[]][] = [
    [[1, 2.5, -0], 'float32', [3, 2, 0], 'float64', [-2, 0.5, 0]],
    [[odd, 1n], 'int64', [2n ** 53n, 2n], 'int64', [1, -1]],
    [[2 ** 53, 2], 'float64', [odd, 2n], 'int64', [-1, 0]],
    [
      [
        [3, 4],
        [0, 1],
      ],
      'complex64',
      [
        [0, 0],
        [0, 1],
      ],
      'complex128',
      [5, 0],
    ],
    [
      [Infinity, Infinity, NaN, 1],
      'float64',
      [Infinity, -Infinity, NaN, Infinity],
      'float64',
      [0, Infinity, NaN, -Infinity],
    ],
    [[true, false], 'bool', [1, 1], 'uint8', [0, -1]],
  ];
  for (const [a, dtypeA, b, dtypeB, expected] of cases) {
    const source = differences(held(a, dtypeA), held(b, dtypeB));
    assert.deepEqual([source.dtype, source.shape], ['float64', [expected.length]]);
    assert.deepEqual(await source.read(wholeSlice(source.shape)), encodeElements(expected, 'float64'));
  }
  const three = held([1, 2, 3], 'int8');
  assert.throws(() => differences(three, held([1], 'int8')), { code: 'invalid-argument' });
  assert.throws(() => differences(three, { ...three, dtype: 'string' }), { code: 'invalid-argument' });
});
