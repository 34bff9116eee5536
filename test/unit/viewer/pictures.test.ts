import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Histogram, TensorStatistics } from '../../../src/protocol/tensor.ts';
import type { NumberFormat } from '../../../src/protocol/viewer.ts';
import { encodeElements } from '../../../src/tensor/dtypes.ts';
import { CellBlock } from '../../../webview/grid/cellBlock.ts';
import { elementText, kindOf } from '../../../webview/grid/numberText.ts';
import { percentage } from '../../../webview/briefNumber.ts';
import { guessRange, imageSlice, layoutsOf } from '../../../webview/image/layouts.ts';
import { colorTable } from '../../../src/tensor/colormaps.ts';
import { colorScale, levelOf, rangeOfStatistics, rangeOfValues } from '../../../webview/raster/colorScale.ts';
import { paintImage, paintValues } from '../../../webview/raster/paint.ts';
import { samplePlan, sampleText, zoomed } from '../../../webview/raster/sampling.ts';
import { axisTexts, logarithmicTicks, ticksBetween } from '../../../webview/ticks.ts';
import { barHeights, binAt, binRange } from '../../../webview/statistics/bars.ts';

test('numbers in every format', () => {
  const text = (value: number, format: NumberFormat, digits = 3) => elementText(value, 'float32', { format, digits });
  assert.equal(text(Math.fround(3.7), 'shortest'), '3.7');
  assert.equal(text(1234.5, 'significant'), '1.23e+3');
  assert.equal(text(-0, 'fixed'), '-0.000');
  assert.equal(text(1234.5678, 'fixed', 1), '1234.6');
  assert.equal(text(1234.5, 'scientific'), '1.235e+3');
  assert.equal(text(NaN, 'fixed'), 'NaN');
  assert.equal(elementText(2n ** 60n, 'int64', { format: 'fixed', digits: 2 }), '1152921504606846976');
  assert.equal(elementText([1.5, -2], 'complex64', { format: 'fixed', digits: 1 }), '1.5-2.0j');
  assert.equal(elementText(true, 'bool', { format: 'scientific', digits: 1 }), 'true');
});

test('bits of every width', () => {
  const bits = (
    dtype: 'float16' | 'float32' | 'float64' | 'int8' | 'bool' | 'complex64',
    value: number | boolean | [number, number],
  ) =>
    new CellBlock(
      dtype,
      { slice: '', rows: 1, columns: 1, rowStride: 1, columnStride: 1 },
      { bytes: encodeElements([value], dtype) },
    ).cell(0, 0, { format: 'hexadecimal', digits: 0 }).text;
  assert.equal(bits('float32', 1), '0x3f800000');
  assert.equal(bits('float16', 1), '0x3c00');
  assert.equal(bits('float64', -2), '0xc000000000000000');
  assert.equal(bits('int8', -1), '0xff');
  assert.equal(bits('bool', true), '0x01');
  assert.equal(bits('complex64', [1, -1]), '0x3f800000 0xbf800000');
});

test('what kind of value a cell holds', () => {
  assert.deepEqual(
    [1, NaN, Infinity, -Infinity, 5n, true, 'x', [1, NaN] as [number, number], [-Infinity, 1] as [number, number]].map(
      kindOf,
    ),
    ['finite', 'nan', 'positiveInfinity', 'negativeInfinity', 'finite', 'finite', 'text', 'nan', 'negativeInfinity'],
  );
  assert.throws(
    () =>
      new CellBlock(
        'float32',
        { slice: '', rows: 2, columns: 2, rowStride: 2, columnStride: 1 },
        { bytes: new Uint8Array(8) },
      ),
    RangeError,
  );
});

test('colour maps go through their published colours', () => {
  const at = (map: 'viridis' | 'cividis' | 'diverging' | 'gray', level: number) => [
    ...colorTable(map).subarray(level * 3, level * 3 + 3),
  ];
  assert.deepEqual(at('viridis', 0), [0x44, 0x01, 0x54]);
  assert.deepEqual(at('viridis', 255), [0xfd, 0xe7, 0x25]);
  // Entry 128 of matplotlib's table is (0.127568, 0.566949, 0.550556), between two control points.
  for (const [i, value] of [0.127568, 0.566949, 0.550556].entries())
    assert.ok(Math.abs(at('viridis', 128)[i]! - 255 * value) <= 2);
  // And entry 191 of cividis is (0.732422, 0.677364, 0.425717).
  for (const [i, value] of [0.732422, 0.677364, 0.425717].entries())
    assert.ok(Math.abs(at('cividis', 191)[i]! - 255 * value) <= 2);
  assert.deepEqual(at('gray', 200), [200, 200, 200]);
  const [red, , blue] = at('diverging', 0);
  assert.ok(blue! > red!);
});

test('ranges with and without outliers, from values and from histograms', () => {
  const values = Float64Array.from({ length: 101 }, (_, i) => i);
  values[100] = 1e6;
  assert.deepEqual(rangeOfValues(values, true), { min: 2, max: 98 });
  assert.deepEqual(rangeOfValues(values, false), { min: 0, max: 1e6 });
  assert.equal(rangeOfValues([NaN, Infinity], true), null);
  const ofStatistics = (min: number, max: number, histogram: Histogram | null, robust: boolean) =>
    rangeOfStatistics({ min, max, histogram } as TensorStatistics, robust);
  const halves = { min: 0, max: 100, counts: [50, 50] };
  assert.deepEqual(ofStatistics(0, 100, halves, true), { min: 2, max: 98 });
  assert.deepEqual(ofStatistics(0, 100, { ...halves, counts: [98, 0, 0, 2] }, true), { min: (25 * 2) / 98, max: 25 });
  assert.deepEqual(ofStatistics(0, 100, halves, false), { min: 0, max: 100 });
  assert.deepEqual(ofStatistics(3, 3, { min: 2.5, max: 3.5, counts: [0, 9] }, true), { min: 3, max: 3 });
  assert.equal(ofStatistics(0, 0, null, true), null);
});

test('auto is diverging around zero where signs differ', () => {
  assert.deepEqual(colorScale({ min: -1, max: 3 }, 'auto'), { map: 'diverging', min: -3, max: 3 });
  assert.deepEqual(colorScale({ min: 1, max: 3 }, 'auto'), { map: 'viridis', min: 1, max: 3 });
  assert.deepEqual(colorScale({ min: -1, max: 3 }, 'gray'), { map: 'gray', min: -1, max: 3 });
  assert.equal(levelOf(0, { min: -1.7e308, max: 1.7e308 }), 128);
  assert.deepEqual([levelOf(5, { min: 5, max: 5 }), levelOf(9, { min: 0, max: 1 })], [127, 255]);
});

const strange = { nan: [1, 2, 3], positiveInfinity: [4, 5, 6], negativeInfinity: [7, 8, 9] } as const;

test('pixels: levels of the map, own colours for what is not finite', () => {
  const pixels = paintValues(Float64Array.of(0, 1, NaN, Infinity, -Infinity), { map: 'gray', min: 0, max: 1 }, strange);
  assert.deepEqual([...pixels], [0, 0, 0, 255, 255, 255, 255, 255, 1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255]);
  const image = paintImage(Float64Array.of(0, 0.5, 1, 0.5), 4, { min: 0, max: 1 }, strange);
  assert.deepEqual([...image], [0, 128, 255, 128]);
  assert.deepEqual(
    [...paintImage(Float64Array.of(255, NaN), 1, { min: 0, max: 255 }, strange)],
    [255, 255, 255, 255, 1, 2, 3, 255],
  );
});

test('samples take every k-th element and say so', () => {
  const plan = samplePlan(
    { rowStart: 0, rowEnd: 40_000, columnStart: 0, columnEnd: 25_000 },
    { width: 900, height: 500 },
  );
  assert.ok(plan.rows.count * plan.columns.count * 4 < 700_000);
  assert.equal(sampleText(plan), 'Sampled: every 125th row, every 53rd column');
  assert.equal(
    sampleText(samplePlan({ rowStart: 3, rowEnd: 9, columnStart: 0, columnEnd: 5 }, { width: 900, height: 500 })),
    '',
  );
  const square = samplePlan(
    { rowStart: 0, rowEnd: 1000, columnStart: 0, columnEnd: 200 },
    { width: 900, height: 500 },
    true,
  );
  assert.equal(square.rows.step, square.columns.step);
});

test('zooming keeps the point under the mouse and ends at the view', () => {
  const extent = { rows: 1000, columns: 10 };
  const whole = { rowStart: 0, rowEnd: 1000, columnStart: 0, columnEnd: 10 };
  const near = zoomed(whole, extent, { row: 800, column: 9 }, 1 / 2);
  assert.deepEqual(near, { rowStart: 400, rowEnd: 900, columnStart: 5, columnEnd: 10 });
  assert.deepEqual(zoomed(near, extent, { row: 800, column: 9 }, 10), whole);
});

test('which shapes are images, and how they are read', () => {
  const names = (shape: number[]) => layoutsOf(shape, 'float32').map(({ name }) => name);
  assert.deepEqual(names([64, 48]), ['gray']);
  assert.deepEqual(names([64, 48, 3]), ['channelsLast', 'gray']);
  assert.deepEqual(names([8, 3, 64, 48]), ['channelsFirst', 'gray']);
  assert.deepEqual(names([2, 5, 3]), ['gray']);
  assert.deepEqual(names([5]), []);
  assert.deepEqual(layoutsOf([8, 8], 'complex64'), []);
  const plan = samplePlan(
    { rowStart: 0, rowEnd: 64, columnStart: 0, columnEnd: 48 },
    { width: 900, height: 500 },
    true,
  );
  const [first] = layoutsOf([8, 3, 64, 48], 'float32');
  assert.deepEqual(imageSlice([8, 3, 64, 48], first!, [5, 0, 0, 0], plan), {
    slice: '5, 0:3, 0:64, 0:48',
    rowStride: 48,
    columnStride: 1,
    channelStride: 64 * 48,
  });
  assert.equal(guessRange('uint8', null), 'bytes');
  assert.equal(guessRange('float32', { min: 0, max: 1 }), 'unit');
  assert.equal(guessRange('float32', { min: 0, max: 254.5 }), 'bytes');
  assert.equal(guessRange('float32', { min: -0.5, max: 0.9 }), 'signed');
  assert.equal(guessRange('float32', { min: -3, max: 2 }), 'shown');
});

test('ticks of an axis are round numbers between its ends, with the digits that tell them apart', () => {
  assert.deepEqual(axisTexts(ticksBetween(-4.471, 4.471, 5)), ['-4', '-2', '0', '2', '4']);
  assert.deepEqual(axisTexts(ticksBetween(1000.1, 1000.4, 5)), ['1000.1', '1000.2', '1000.3', '1000.4']);
  assert.deepEqual(axisTexts([1000.1, 1000.4]), ['1000.1', '1000.4']);
  assert.deepEqual(axisTexts([0, 1 / 3]), ['0', '0.3333']);
  assert.deepEqual(axisTexts([3, 3]), ['3', '3']);
  assert.deepEqual(ticksBetween(0, 1, 4, 1), [0, 1]);
  assert.deepEqual(ticksBetween(5, 5, 5), []);
  const { MAX_VALUE } = Number;
  assert.deepEqual(axisTexts(ticksBetween(-MAX_VALUE, MAX_VALUE, 4)), ['-1e+308', '0', '1e+308']);
  assert.deepEqual(logarithmicTicks(1, 5), [1]);
  assert.deepEqual(logarithmicTicks(300_000_000, 5), [1, 100, 10_000, 1_000_000, 100_000_000]);
});

test('a share that is not quite all is not 100 %', () => {
  assert.equal(percentage(299_999_999, 300_000_000), '> 99.99 %');
  assert.equal(percentage(3, 3), '100 %');
  assert.equal(percentage(1, 1000), '0.1 %');
});

test('bars: a bin with one element is seen, an empty one is not', () => {
  assert.deepEqual(barHeights([0, 1, 1_000_000], 200, false), [0, 2, 200]);
  assert.ok(barHeights([0, 1, 1_000_000], 200, true)[1]! > 5);
  assert.deepEqual([binAt(0, 100, 10), binAt(99, 100, 10), binAt(-1, 100, 10)], [0, 9, null]);
  assert.deepEqual(binRange({ min: -1, max: 1, counts: [1, 2, 3, 4] }, 3), [0.5, 1]);
});
