import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TensorError } from '../../../src/protocol/errors.ts';
import { parseSlice } from '../../../src/tensor/slice.ts';
import { computedSource } from '../../viewer/sources.ts';
import { defaultView, viewOfSlice } from '../../../webview/slicebar/axisView.ts';
import { scrollMapping } from '../../../webview/grid/scrollMapping.ts';
import { cellsIn, cellsOf, intersects, missingRectangles, tilesOf } from '../../../webview/grid/windowPlan.ts';
import type { Rectangle } from '../../../webview/grid/windowPlan.ts';
import { WindowStore } from '../../../webview/grid/windowStore.ts';
import type { WindowData } from '../../../webview/grid/cellBlock.ts';
import { seededRandom } from '../random.ts';

const rectangle = (rowStart: number, rowEnd: number, columnStart: number, columnEnd: number): Rectangle => ({
  rowStart,
  rowEnd,
  columnStart,
  columnEnd,
});

test('missing tiles are covered once, and nothing that is there is asked for', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 200; round++) {
    const there = new Set(Array.from({ length: 30 }, () => `${random.integer(0, 7)},${random.integer(0, 7)}`));
    const tiles = rectangle(1, 7, 2, 8);
    const rectangles = missingRectangles(tiles, (row, column) => there.has(`${row},${column}`));
    const covered = new Map<string, number>();
    for (const { rowStart, rowEnd, columnStart, columnEnd } of rectangles) {
      for (let row = rowStart; row < rowEnd; row++) {
        for (let column = columnStart; column < columnEnd; column++) {
          covered.set(`${row},${column}`, (covered.get(`${row},${column}`) ?? 0) + 1);
        }
      }
    }
    for (let row = 1; row < 7; row++) {
      for (let column = 2; column < 8; column++) {
        const key = `${row},${column}`;
        assert.equal(covered.get(key) ?? 0, there.has(key) ? 0 : 1, key);
      }
    }
    assert.ok([...covered.keys()].length <= 36);
  }
  assert.deepEqual(
    missingRectangles(rectangle(0, 3, 0, 4), () => false),
    [rectangle(0, 3, 0, 4)],
  );
});

test('tiles around a screen are little more than the screen', () => {
  for (const [rows, columns] of [
    [45, 17],
    [20, 8],
    [30, 5],
  ] as const) {
    for (let at = 0; at < 8; at++) {
      const screen = rectangle(at, at + rows, at, at + columns);
      const fetched = cellsOf(tilesOf(screen), { rows: 1e9, columns: 1e9 });
      assert.ok(cellsIn(fetched) < 1.5 * cellsIn(screen), `${rows} x ${columns} at ${at}: ${cellsIn(fetched)}`);
    }
  }
});

test('rectangles that only touch do not intersect', () => {
  assert.ok(!intersects(rectangle(0, 2, 0, 2), rectangle(2, 4, 0, 2)));
  assert.ok(intersects(rectangle(0, 2, 0, 2), rectangle(1, 4, 1, 2)));
});

test('a scrollbar stands for any length', () => {
  const short = scrollMapping(10_000, 500);
  assert.deepEqual([short.scaled, short.spacer, short.end, short.toPosition(300)], [false, 10_000, 9_500, 300]);
  const long = scrollMapping(22e9, 500);
  assert.ok(long.scaled && long.spacer < 33e6);
  assert.equal(long.toPosition(long.spacer - 500), long.end);
  for (const position of [0, 1e9, 22e9 - 500])
    assert.ok(Math.abs(long.toPosition(long.toScroll(position)) - position) < 1e-3);
  assert.deepEqual(scrollMapping(100, 500).toPosition(0), 0);
});

const style = { format: 'shortest', digits: 0 } as const;

/** A store over a computed tensor, whose answers are given one by one. */
function storeOf(rows: number, columns: number) {
  let stop = 0;
  const source = computedSource('x', 'float32', [rows, columns], (flat) => flat + (flat % 7 === 0 ? stop : 0));
  const asked: { slice: string; signal: AbortSignal; answer: () => Promise<void> }[] = [];
  let changes = 0;
  const store = new WindowStore(
    (slice, _elements, signal) =>
      new Promise<WindowData>((resolve, reject) => {
        asked.push({
          slice,
          signal,
          answer: async () => {
            const bytes = (await source.read(parseSlice(slice, source.shape))) as Uint8Array;
            if (signal.aborted) reject(new TensorError({ code: 'cancelled', message: '' }));
            else resolve({ bytes });
            await new Promise((done) => setImmediate(done));
          },
        });
      }),
    () => changes++,
  );
  store.reset('float32');
  store.show(defaultView([rows, columns]));
  return { store, asked, nextStop: () => (stop++, store.nextStop()), changes: () => changes };
}

test('what is on screen is read once; what has scrolled away is cancelled', async () => {
  const { store, asked } = storeOf(1000, 100);
  store.want(rectangle(0, 20, 0, 10));
  store.want(rectangle(0, 20, 0, 10));
  assert.deepEqual(
    asked.map(({ slice }) => slice),
    ['0:20, 0:10'],
  );
  store.want(rectangle(500, 520, 0, 10));
  assert.ok(asked[0]?.signal.aborted);
  assert.equal(asked[1]?.slice, '500:520, 0:10');
  await asked[1]?.answer();
  assert.equal(store.cell(510, 3, style)?.text, '51003');
  assert.equal(store.cell(0, 0, style), undefined);
  // Down by a row: the band ahead, and only it.
  store.want(rectangle(501, 521, 0, 10));
  assert.equal(asked[2]?.slice, '520:530, 0:10');
});

test('never more than three requests are under way; the newest wish follows', async () => {
  const { store, asked } = storeOf(100_000, 100);
  const overlapping = [0, 8, 16, 24, 32, 40];
  for (const at of overlapping) store.want(rectangle(at, at + 64, 0, 10));
  assert.equal(asked.filter(({ signal }) => !signal.aborted).length, 3);
  for (let i = 0; i < asked.length; i++) await asked[i]?.answer();
  assert.equal(store.cell(100, 1, style)?.text, '10001');
});

test('cells that differ from the last stop are marked, and old ones stay until new ones are here', async () => {
  const { store, asked, nextStop } = storeOf(100, 10);
  store.want(rectangle(0, 4, 0, 4));
  await asked[0]?.answer();
  assert.equal(store.showsChanges, false);
  nextStop();
  store.want(rectangle(0, 8, 0, 4));
  assert.deepEqual(store.cell(0, 0, style), { text: '0', kind: 'finite', changed: false, old: true });
  for (const { answer } of asked.slice(1)) await answer();
  assert.deepEqual(store.cell(0, 0, style), { text: '1', kind: 'finite', changed: true, old: false });
  assert.equal(store.cell(0, 1, style)?.changed, false);
  // 70 is a multiple of 7, but was not on screen.
  assert.deepEqual(store.cell(7, 0, style), { text: '71', kind: 'finite', changed: false, old: false });
  assert.equal(store.showsChanges, true);
  // Nothing of the last stop to compare with.
  store.want(rectangle(20, 24, 0, 4));
  assert.equal(store.showsChanges, false);
});

test('the nearest value that is not finite, among the cells that are here', async () => {
  const values = new Map([
    ['3,2', NaN],
    ['3,4', Infinity],
    ['8,1', NaN],
    ['50,0', NaN],
  ]);
  const store = new WindowStore(
    (slice) => {
      const [rows, columns] = parseSlice(slice, [100, 10]);
      const bytes = new Float32Array(rows!.count * columns!.count).map((_, k) => {
        const row = rows!.start + Math.floor(k / columns!.count);
        return values.get(`${row},${columns!.start + (k % columns!.count)}`) ?? 0;
      });
      return Promise.resolve({ bytes: new Uint8Array(bytes.buffer) });
    },
    () => undefined,
  );
  store.reset('float32');
  store.show(defaultView([100, 10]));
  store.want(rectangle(0, 10, 0, 10));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(store.findNotFinite({ row: 0, column: 0 }, 'next'), { row: 3, column: 2 });
  assert.deepEqual(store.findNotFinite({ row: 3, column: 2 }, 'next'), { row: 3, column: 4 });
  assert.deepEqual(store.findNotFinite({ row: 3, column: 4 }, 'next'), { row: 8, column: 1 });
  assert.equal(store.findNotFinite({ row: 8, column: 1 }, 'next'), null);
  assert.deepEqual(store.findNotFinite({ row: 8, column: 1 }, 'previous'), { row: 3, column: 4 });
});

test('what is on screen is kept and put back without the program', async () => {
  const { store, asked } = storeOf(100, 10);
  store.want(rectangle(3, 9, 0, 5));
  assert.equal(store.keep(), null);
  await asked[0]?.answer();
  const kept = store.keep();
  assert.ok(kept);
  const { store: other } = storeOf(100, 10);
  other.restore(JSON.parse(JSON.stringify(kept)) as typeof kept);
  assert.equal(other.cell(8, 4, style)?.text, '84');
  assert.equal(other.cell(3, 0, style)?.text, '30');
  other.show(viewOfSlice('::2', defaultView([100, 10])));
  other.restore(kept);
  assert.equal(other.cell(3, 0, style), undefined);
});

test('after a failure nothing is asked again by itself', async () => {
  let calls = 0;
  const store = new WindowStore(
    () => (calls++, Promise.reject(new TensorError({ code: 'device-lost', message: 'gone' }))),
    () => {},
  );
  store.reset('float32');
  store.show(defaultView([10, 10]));
  store.want(rectangle(0, 4, 0, 4));
  await new Promise((done) => setImmediate(done));
  store.want(rectangle(1, 5, 0, 4));
  assert.deepEqual([calls, store.error?.code], [1, 'device-lost']);
  store.retry();
  assert.equal(calls, 2);
});
