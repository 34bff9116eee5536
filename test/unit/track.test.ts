/** Tracked expressions: on which line, and their points in bounded memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrackedPoint, TrackedTensor } from '../../src/protocol/track.ts';
import { trackedLine } from '../../src/extension/track/trackedPlace.ts';
import { formatReduction } from '../../src/tensor/trackText.ts';
import { TrackSeries } from '../../src/tensor/trackSeries.ts';

test('a line that makes the value itself gives way to the next one with code', () => {
  const lines = [
    'const loss = step();',
    '',
    '// a comment',
    'use(loss);',
    'const other = minimize(() => {',
    '  const loss = inner();',
    '  return loss;',
    '});',
    'other.dispose();',
    'let a = 1,',
    '  b = 2;',
    'total += loss;',
    'after();',
    'if (loss === 3) last(loss);',
    'const end = loss',
    '  .mul(2);',
  ];
  const places = (root: string, line: number) => trackedLine(lines, line, root);
  assert.equal(places('loss', 0), 3);
  assert.equal(places('loss', 3), 3);
  assert.equal(places('other', 4), 8);
  assert.equal(places('loss', 5), 6);
  assert.equal(places('total', 11), 12);
  assert.equal(places('loss', 11), 11);
  assert.equal(places('loss', 13), 13);
  assert.equal(places('loss', 14), 14);
  // Nothing comes after it.
  assert.equal(places('end', 14), 14);
});

function point(pass: number, rest: Partial<TrackedPoint> = {}): TrackedPoint {
  return { pass, ms: pass, min: -pass, max: pass, mean: 0, nan: 0, posInf: 0, negInf: 0, ...rest };
}

test('points are kept one by one as long as there are few', () => {
  const series = new TrackSeries();
  for (let pass = 1; pass <= 5; pass++) series.add(point(pass));
  assert.deepEqual(
    series.buckets.map(({ pass, passes, min, max }) => [pass, passes, min, max]),
    [1, 2, 3, 4, 5].map((pass) => [pass, 1, -pass, pass]),
  );
});

test('a million points stay within bounds, and none of their extremes and counts is lost', () => {
  let series = new TrackSeries();
  for (let pass = 1; pass <= 1_000_000; pass++) {
    series.add(pass === 654_321 ? point(pass, { min: null, max: null, mean: null, nan: 3, posInf: 1 }) : point(pass));
    // As when the page is made anew.
    if (pass === 500_000) series = new TrackSeries(JSON.parse(JSON.stringify(series.state)) as typeof series.state);
  }
  const { buckets } = series;
  assert.ok(buckets.length <= 8192, String(buckets.length));
  assert.equal(
    buckets.reduce((sum, { passes }) => sum + passes, 0),
    1_000_000,
  );
  assert.equal(Math.max(...buckets.map(({ max }) => max ?? 0)), 1_000_000);
  const spoiled = buckets.filter(({ nan }) => nan > 0);
  assert.deepEqual([spoiled.length, spoiled[0]?.nan, spoiled[0]?.posInf, spoiled[0]?.notable], [1, 3, 1, 654_321]);
});

test('where a tensor is reduced: a device tensor whose values the host holds costs no copy', () => {
  const text = (device: TrackedTensor['device'], where: TrackedTensor['where'], bytesPerPass: number) =>
    formatReduction(
      { runtime: 'tfjs', dtype: 'float32', shape: [], device, where },
      { firstMs: 1, msPerPass: 1, share: 0, bytesPerPass },
    );
  assert.equal(text('webgpu', 'device', 28), 'reduced on the device, 28 B copied per pass');
  assert.equal(text('webgpu', 'host', 0), 'reduced on the host, which holds its values: nothing copied from webgpu');
  // After every second pass the program calls data(), which leaves the values on the host.
  assert.match(text('webgpu', 'host', 14), /^reduced on the device, or on the host .*, 14 B copied per pass$/);
  assert.equal(text('cpu', 'host', 0), 'reduced on the host, nothing copied from a device');
});
