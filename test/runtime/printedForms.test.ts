/** The two printed forms are NumPy's own, character for character; the fixture was written by NumPy 1.24. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NDArray, NumPyScalar, type ArrayDType, type ArrayElement } from '../../src/runtime/index.ts';
import { allocate } from '../../src/runtime/numpy/storage.ts';

interface PrintedForm {
  dtype: ArrayDType;
  shape: number[];
  hex?: string;
  values?: string[];
  str: string;
  repr: string;
  /** The `repr` of the NumPy scalar, where the array is 0-d. */
  scalar?: string;
}

const [header, ...forms] = readFileSync(new URL('./fixtures/printed_forms.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as unknown);

function storageOf({ dtype, shape, hex, values }: PrintedForm) {
  if (values) return values;
  const bytes = Buffer.from(hex ?? '', 'hex');
  const size = shape.reduce((a, b) => a * b, 1);
  const storage = allocate(dtype, size) as Float32Array;
  new Uint8Array(storage.buffer).set(bytes);
  return storage;
}

test('the fixture is of a real NumPy and covers every dtype', () => {
  assert.match((header as { numpy: string }).numpy, /^1\./);
  const dtypes = new Set((forms as PrintedForm[]).map(({ dtype }) => dtype));
  assert.equal(dtypes.size, 15);
});

for (const dtype of new Set((forms as PrintedForm[]).map((form) => form.dtype))) {
  test(`${dtype} arrays print as NumPy prints them`, () => {
    for (const form of (forms as PrintedForm[]).filter((one) => one.dtype === dtype)) {
      const array = new NDArray<ArrayElement>(storageOf(form), dtype, { shape: form.shape });
      assert.equal(array.toString(), form.str);
      assert.equal(array.repr(), form.repr);
      if (form.scalar === undefined) continue;
      const scalar = new NumPyScalar<ArrayElement>(storageOf(form), dtype);
      assert.equal(scalar.repr(), form.scalar);
      assert.equal(scalar.toString(), form.str);
    }
  });
}

test('a view prints as its elements, whatever its strides', () => {
  const numbers = new NDArray(
    Int32Array.from({ length: 12 }, (_, i) => i),
    'int32',
    { shape: [3, 4] },
  );
  assert.equal(numbers.T.slice('::-1, 1').repr(), 'array([7, 6, 5, 4], dtype=int32)');
});
