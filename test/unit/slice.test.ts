import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ravelIndex, rowMajorStrides, sizeOf, unravelIndex } from '../../src/tensor/shape.ts';
import {
  defaultSlice,
  formatSlice,
  isWhole,
  parseSlice,
  resultShape,
  SliceError,
  wholeSlice,
} from '../../src/tensor/slice.ts';
import { sliceRuns } from '../../src/tensor/sliceRuns.ts';
import { jsonFixture } from './fixtures.ts';
import { seededRandom } from './random.ts';

function offsetsByRuns(text: string, shape: number[]): number[] {
  const offsets: number[] = [];
  for (const run of sliceRuns(parseSlice(text, shape), rowMajorStrides(shape), 0)) {
    for (let i = 0; i < run.count; i++) offsets.push(run.offset + i * run.stride);
  }
  return offsets;
}

test('slices take what NumPy takes, and refuse what it refuses', () => {
  interface Case {
    text: string;
    shape: number[];
    result?: number[];
    values?: number[];
    error?: string;
  }
  for (const { text, shape, result, values, error } of jsonFixture<Case[]>('slices.json')) {
    if (error) {
      assert.throws(() => parseSlice(text, shape), { code: 'invalid-slice' }, `"${text}" of [${shape.join()}]`);
      continue;
    }
    const ranges = parseSlice(text, shape);
    assert.deepEqual(resultShape(ranges), result, `"${text}" of [${shape.join()}]`);
    assert.deepEqual(offsetsByRuns(text, shape), values, `"${text}" of [${shape.join()}]`);
    assert.deepEqual(parseSlice(formatSlice(ranges, shape), shape), ranges, `"${text}" of [${shape.join()}] again`);
  }
});

/** Python's rules by their definition, element by element, with no arithmetic on counts. */
function takenByDefinition(size: number, start: number | null, stop: number | null, step: number): number[] {
  const taken: number[] = [];
  const fromEnd = (bound: number): number => (bound < 0 ? bound + size : bound);
  if (step > 0) {
    const first = start === null ? 0 : Math.max(0, fromEnd(start));
    const end = stop === null ? size : fromEnd(stop);
    for (let i = 0; i < size; i++) if (i >= first && i < end && (i - first) % step === 0) taken.push(i);
  } else {
    const first = start === null ? size - 1 : Math.min(size - 1, fromEnd(start));
    const end = stop === null ? -1 : fromEnd(stop);
    for (let i = size - 1; i >= 0; i--) if (i <= first && i > end && (first - i) % -step === 0) taken.push(i);
  }
  return taken;
}

test('random slices take what the definition says', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 5000; round++) {
    const shape = Array.from({ length: random.integer(1, 4) }, () => random.integer(0, 6));
    const parts: string[] = [];
    const taken: number[][] = [];
    for (const size of shape) {
      if (size > 0 && random.fraction() < 0.25) {
        const index = random.integer(-size, size - 1);
        parts.push(String(index));
        taken.push([index < 0 ? index + size : index]);
        continue;
      }
      const bound = (): number | null => (random.fraction() < 0.3 ? null : random.integer(-8, 8));
      const [start, stop] = [bound(), bound()];
      const step = random.pick([1, 1, 2, 3, 100, -1, -2, -3, -100]);
      const spaces = random.pick(['', ' ', '\t']);
      parts.push(`${spaces}${start ?? ''}:${spaces}${stop ?? ''}${step === 1 ? '' : `:${step}`}`);
      taken.push(takenByDefinition(size, start, stop, step));
    }
    const text = random.fraction() < 0.2 ? `[${parts.join(',')}]` : parts.join(',');
    let expected: number[][] = [[]];
    for (const axis of taken) expected = expected.flatMap((index) => axis.map((i) => [...index, i]));
    const flat = expected.map((index) => ravelIndex(index, shape));
    assert.deepEqual(offsetsByRuns(text, shape), flat, `${text} of [${shape.join()}]`);
  }
});

function faultOf(text: string, shape: number[]): SliceError {
  try {
    parseSlice(text, shape);
  } catch (error) {
    assert.ok(error instanceof SliceError);
    assert.equal(error.code, 'invalid-slice');
    assert.ok(error.help, 'an error has a help line');
    assert.ok(error.message.includes(text), 'the message shows the text');
    return error;
  }
  return assert.fail(`"${text}" of [${shape.join(', ')}] was accepted`);
}

test('errors name the fault and its position', () => {
  const cases: [text: string, shape: number[], position: number, message: RegExp][] = [
    ['0, 5', [2, 3], 3, /index 5 is out of range for axis 1 of size 3/],
    ['-3', [2, 3], 0, /index -3 is out of range for axis 0 of size 2/],
    ['0', [0], 0, /out of range for axis 0 of size 0/],
    ['99999999999999999999', [2], 0, /index 99999999999999999999 is out of range for axis 0 of size 2/],
    ['0, 1, 2', [2, 3], 6, /3 indices are too many for the 2 axes of shape \[2, 3\]/],
    ['..., 0, 0, 0', [2, 3], 11, /3 indices are too many/],
    ['0', [], 0, /too many for a 0-d tensor/],
    [':, ::0', [2, 3], 5, /the step of axis 1 is 0/],
    ['..., 0, ...', [2, 3], 8, /an ellipsis \(\.\.\.\) can stand only once/],
    ['0, x', [2, 3], 3, /not an integer/],
    ['1.5', [2], 0, /not an integer/],
    ['1:2:3:4', [9], 6, /at most start:stop:step/],
    [', 1', [2, 3], 0, /the index of axis 0 is empty/],
    ['0,,1', [2, 3, 4], 2, /the index of axis 1 is empty/],
    ['None, 0', [2], 0, /new axis \(None, newaxis\) is not supported/],
    ['np.newaxis', [2], 0, /new axis/],
    ['0, [0, 1]', [2, 3], 3, /fancy indexing\) is not supported/],
    ['[[0, 1], 0]', [2, 3], 1, /fancy indexing\) is not supported/],
    ['[1, 2, 3]', [5], 0, /indexing with a list or array \(fancy indexing\) is not supported/],
    ['True', [2], 0, /boolean indexing is not supported/],
    ['0:2]', [3], 2, /not an integer/],
    ['1:a', [3], 2, /not an integer/],
  ];
  for (const [text, shape, position, message] of cases) {
    const error = faultOf(text, shape);
    assert.match(error.message, message, text);
    // The field of the viewer shows the reason alone: it has the slice, and selects the place.
    assert.match(error.reason, message, text);
    assert.ok(!error.reason.includes('(position'), text);
    assert.equal(error.position, position, text);
  }
});

test('random text is a slice or a clear error, never anything else', () => {
  const random = seededRandom(11);
  const alphabet = ['0', '1', '-', ':', ',', '.', '...', ' ', '[', ']', 'a', '99999999999999999999', '_', '(', 'None'];
  for (let round = 0; round < 5000; round++) {
    const text = Array.from({ length: random.integer(0, 8) }, () => random.pick(alphabet)).join('');
    try {
      const ranges = parseSlice(text, [3, 4]);
      assert.equal(ranges.length, 2);
      for (const offset of offsetsByRuns(text, [3, 4])) assert.ok(offset >= 0 && offset < 12);
    } catch (error) {
      assert.ok(error instanceof SliceError, String(error));
      assert.ok(error.position !== undefined && error.position >= 0 && error.position <= text.length, text);
    }
  }
});

test('bounds beyond every integer type are clamped as Python clamps them', () => {
  const huge = '9'.repeat(400);
  assert.deepEqual(parseSlice(`-${huge}:${huge}`, [5]), wholeSlice([5]));
  assert.deepEqual(parseSlice(`::${huge}`, [5]), [{ start: 0, step: 1, count: 1, dropped: false }]);
  assert.deepEqual(parseSlice(`::-${huge}`, [5]), [{ start: 4, step: 1, count: 1, dropped: false }]);
  assert.match(faultOf(huge, [5]).message, /out of range/);
});

test('empty text, an ellipsis and brackets are everything', () => {
  for (const text of ['', '  ', '...', '[]', '[...]', ':', ':, :', '[ : , ]', '..., :']) {
    assert.ok(isWhole(parseSlice(text, [2, 3]), [2, 3]), text);
  }
  assert.deepEqual(parseSlice('', []), []);
  assert.deepEqual(parseSlice('...', []), []);
});

test('the canonical text', () => {
  const canonical = (text: string, shape: number[]): string => formatSlice(parseSlice(text, shape), shape);
  assert.equal(canonical('0:16, ::-1, 3', [64, 5, 9]), '0:16, ::-1, 3');
  assert.equal(canonical('..., -1', [2, 3]), '0:2, 2');
  assert.equal(canonical('5:1:-2', [9]), '5:2:-2');
  assert.equal(canonical('4::-1', [9]), '4::-1');
  assert.equal(canonical('1:9:3', [9]), '1:8:3');
  assert.equal(canonical('5:2', [9]), '0:0');
  assert.equal(canonical('', []), '...');
});

test('the default slice counts from the last axis', () => {
  const shape = [9, 9, 9, 9, 99, 999];
  assert.deepEqual(resultShape(defaultSlice(shape)), [1, 1, 4, 4, 16, 64]);
  assert.deepEqual(resultShape(defaultSlice([2, 3])), [2, 3]);
  assert.deepEqual(defaultSlice([]), []);
});

test('a whole dense tensor is one run', () => {
  const shape = [3, 4, 1, 5];
  const runs = [...sliceRuns(wholeSlice(shape), rowMajorStrides(shape), 7)];
  assert.deepEqual(runs, [{ offset: 7, stride: 1, count: 60 }]);
  const rows = [...sliceRuns(parseSlice('1:3, :, 0, 1:3', shape), rowMajorStrides(shape), 0)];
  assert.equal(rows.length, 8);
});

test('unravelIndex is the inverse of ravelIndex', () => {
  const shape = [3, 1, 4, 2];
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    assert.equal(ravelIndex(unravelIndex(flat, shape), shape), flat);
  }
});
