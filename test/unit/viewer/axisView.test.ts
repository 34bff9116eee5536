import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSlice, resultShape } from '../../../src/tensor/slice.ts';
import {
  defaultView,
  extentOf,
  indexOfCell,
  locate,
  sliceOfView,
  viewOfSlice,
  windowSlice,
  withAxis,
  withIndex,
} from '../../../webview/slicebar/axisView.ts';

test('the last two axes are rows and columns, one axis runs down, a scalar has neither', () => {
  assert.equal(sliceOfView(defaultView([2, 3, 4, 5])), '0, 0, :, :');
  assert.deepEqual(extentOf(defaultView([2, 3, 4, 5])), { rows: 4, columns: 5 });
  assert.deepEqual(extentOf(defaultView([7])), { rows: 7, columns: 1 });
  assert.deepEqual(extentOf(defaultView([])), { rows: 1, columns: 1 });
  assert.deepEqual(extentOf(defaultView([0, 4])), { rows: 0, columns: 4 });
  assert.deepEqual(extentOf(defaultView([0, 4, 4])), { rows: 0, columns: 0 });
});

test('a slice chooses what is shown, and says it again', () => {
  const view = defaultView([4, 5, 6]);
  for (const [text, shown, rows, columns] of [
    ['2', '2, :, :', 1, 2],
    ['..., -1', ':, :, 5', 0, 1],
    [':, 1, 1:5:2', ':, 1, 1:4:2', 0, 2],
    ['1, 2', '1, 2, :', 2, null],
    ['1, 2, 3', '1, 2, 3', null, null],
    ['::-1, 0', '::-1, 0, :', 0, 2],
    // Three axes are left open and two have room: those on screen stay.
    ['1:3', '1, :, :', 1, 2],
  ] as const) {
    const next = viewOfSlice(text, view);
    assert.equal(sliceOfView(next), shown, text);
    assert.deepEqual([next.rows, next.columns], [rows, columns], text);
  }
  assert.deepEqual(extentOf(viewOfSlice('2:2', view)), { rows: 0, columns: 6 });
  assert.throws(() => viewOfSlice('9', view), { code: 'invalid-slice' });
});

test('windows read what is on screen, also transposed, with steps and backwards', () => {
  const whole = defaultView([4, 5, 6]);
  const views = [
    whole,
    withAxis(whole, 'columns', 0),
    withAxis(whole, 'rows', 2),
    viewOfSlice('3, ::-1, 1:6:2', whole),
    viewOfSlice('1, 2', whole),
    viewOfSlice('1, 2, 3', whole),
  ];
  for (const view of views) {
    const { rows, columns } = extentOf(view);
    const window = windowSlice(
      view,
      { start: rows > 1 ? 1 : 0, count: Math.min(2, rows) },
      { start: 0, count: columns },
    );
    const ranges = parseSlice(window.slice, view.shape);
    assert.equal(
      resultShape(ranges).reduce((a, b) => a * b, 1),
      window.rows * window.columns,
      window.slice,
    );
    // The k-th element of the answer, in row-major order, by NumPy's rules.
    const elements: string[] = [];
    const walk = (axis: number, index: number[]): void => {
      if (axis === ranges.length) elements.push(index.join());
      else
        for (let i = 0; i < ranges[axis]!.count; i++)
          walk(axis + 1, [...index, ranges[axis]!.start + i * ranges[axis]!.step]);
    };
    walk(0, []);
    for (let row = 0; row < window.rows; row++) {
      for (let column = 0; column < window.columns; column++) {
        const expected = indexOfCell(view, row + (rows > 1 ? 1 : 0), column).join();
        assert.equal(elements[row * window.rowStride + column * window.columnStride], expected, window.slice);
      }
    }
  }
});

test('axes swap, come whole, and stand where they were put', () => {
  const view = viewOfSlice('1, 2:4, :', defaultView([4, 5, 6]));
  assert.equal(sliceOfView(withAxis(view, 'rows', 2)), '1, 2:4, :');
  assert.equal(withAxis(view, 'rows', 2).columns, 1);
  assert.equal(sliceOfView(withAxis(view, 'rows', 0)), ':, 2, :');
  assert.equal(sliceOfView(withIndex(view, 0, 99)), '3, 2:4, :');
  assert.equal(sliceOfView(withIndex(view, 0, -1)), '0, 2:4, :');
});

test('an element is found on screen, and a slice that leaves it out goes', () => {
  const view = viewOfSlice('0, ::2, 1:', defaultView([4, 5, 6]));
  const even = locate(view, [2, 4, 3]);
  assert.deepEqual([sliceOfView(even.view), even.row, even.column], ['2, 0:5:2, 1:6', 2, 2]);
  const odd = locate(view, [0, 3, 0]);
  assert.deepEqual([sliceOfView(odd.view), odd.row, odd.column], ['0, :, :', 3, 0]);
});
