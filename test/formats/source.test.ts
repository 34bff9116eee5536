import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import { jaxJsCode } from '../../src/formats/jaxJsCode.ts';
import { numpyCode } from '../../src/formats/numpyCode.ts';
import { tfjsCode } from '../../src/formats/tfjsCode.ts';
import { typescriptCode } from '../../src/formats/typescriptCode.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { decodeElements, encodeElements, itemSize } from '../../src/tensor/dtypes.ts';
import type { Element } from '../../src/tensor/dtypes.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import { seededRandom } from '../unit/random.ts';
import { runPython } from './python.ts';

const random = seededRandom(61);

function randomBytes(dtype: DType, count: number): Uint8Array {
  const bytes = Uint8Array.from({ length: count * itemSize(dtype) }, () => random.bits());
  const check = numpyCode.lossCheck(dtype);
  for (let i = 0; i < count; i++) {
    const element = bytes.subarray(i * itemSize(dtype), (i + 1) * itemSize(dtype));
    if (check?.(element, 0)) element.fill(0);
  }
  return dtype === 'bool' ? bytes.map((byte) => byte & 1) : bytes;
}

test('NumPy evaluates the code to the same bits, dtype and shape', () => {
  const dtypes: DType[] = [
    'float16',
    'float32',
    'float64',
    'int8',
    'int64',
    'uint64',
    'bool',
    'complex64',
    'complex128',
  ];
  const cases = dtypes.flatMap((dtype) =>
    [[], [1], [4], [0], [2, 0, 3], [2, 3], [50, 2, 2]].map((shape) => ({
      shape,
      bytes: randomBytes(dtype, sizeOf(shape)),
      dtype,
    })),
  );
  const lines = cases.map(({ bytes, dtype, shape }) => {
    const code = numpyCode.text(bytes, dtype, shape);
    return `x = ${code}; print(x.dtype.name, list(x.shape), x.tobytes().hex())`;
  });
  const printed = runPython(['-c', `import numpy as np\n${lines.join('\n')}`])
    .trimEnd()
    .split('\n');
  cases.forEach(({ bytes, dtype, shape }, i) => {
    assert.equal(printed[i], `${dtype} [${shape.join(', ')}] ${Buffer.from(bytes).toString('hex')}`);
  });
  // The dtypes of ml_dtypes take no Python integer of more than 64 bits.
  const large = numpyCode.text(encodeElements([-4.9e20, 2, -0], 'bfloat16'), 'bfloat16', [3]);
  assert.equal(large, 'np.array([-490000000000000000000.0, 2, -0.0], dtype=ml_dtypes.bfloat16)');
  const strings = ['a"\\\n', 'é😀'];
  const text = numpyCode.text(strings, 'string', [2]);
  const [first, second] = JSON.parse(
    runPython(['-c', `import json, numpy as np\nprint(json.dumps(${text}.tolist()))`]),
  ) as string[];
  assert.deepEqual([first, second], strings);
});

/** Runs code of ours with stand-ins for the libraries, which only hand back their arguments. */
function evaluate<Result>(code: string): Result {
  const tf = {
    tensor: (values: unknown[], shape: number[], dtype: string) => ({ values, shape, dtype }),
    complex: (real: unknown, imaginary: unknown) => ({ real, imaginary }),
  };
  const types = ['float16', 'float32', 'float64', 'int32', 'uint32', 'bool'];
  const np = {
    array: (values: unknown[], options: { shape: number[]; dtype: string }) => ({ values, ...options }),
    ...Object.fromEntries(types.map((name) => [name, name])),
  };
  const run = runInThisContext(`(tf, np) => (${code})`) as (tensorflow: object, numpy: object) => Result;
  return run(tf, np);
}

test('TypeScript code holds the same elements', () => {
  for (const dtype of ['float32', 'float64', 'int16', 'int64', 'uint64', 'uint8', 'complex64'] as const) {
    const bytes = randomBytes(dtype, 30);
    const { data, shape } = evaluate<{ data: ArrayBufferView; shape: number[] }>(
      typescriptCode.text(bytes, dtype, [5, 6]),
    );
    assert.deepEqual(shape, [5, 6]);
    assert.deepEqual(new Uint8Array(data.buffer), bytes, dtype);
  }
  for (const dtype of ['float16', 'bfloat16', 'bool'] as const) {
    const bytes = randomBytes(dtype, 30);
    const { data } = evaluate<{ data: Float32Array }>(typescriptCode.text(bytes, dtype, [30]));
    assert.deepEqual([...data], decodeElements(bytes, dtype).map(Number), dtype);
  }
  assert.equal(typescriptCode.text(['a'], 'string', [1]), '{ data: ["a"], shape: [1] }');
  const text = typescriptCode.text(encodeElements([3.7, 1], 'float32'), 'float32', [2]);
  assert.equal(text, '{ data: new Float32Array([3.7, 1]), shape: [2] }');
});

test('TF.js code: its own dtypes, and what it would change is said', () => {
  const text = (values: Element[], dtype: DType): string =>
    tfjsCode.text(encodeElements(values, dtype), dtype, [values.length]);
  assert.equal(text([1, -2], 'int8'), "tf.tensor([1, -2], [2], 'int32')");
  assert.equal(text([5n], 'int64'), "tf.tensor([5], [1], 'int32')");
  assert.equal(text([true, false], 'bool'), "tf.tensor([true, false], [2], 'bool')");
  assert.equal(text([0.1, NaN], 'float64'), "tf.tensor([0.1, NaN], [2], 'float32')");
  const complex = evaluate<{ real: { values: number[] }; imaginary: { values: number[] } }>(
    text([[1, 2]], 'complex64'),
  );
  assert.deepEqual([complex.real.values, complex.imaginary.values], [[1], [2]]);
  const loss = (values: Element[], dtype: DType): unknown =>
    tfjsCode.lossCheck(dtype)?.(encodeElements(values, dtype), 0);
  assert.deepEqual(loss([1, 0.1], 'float64'), { index: 1, value: '0.1', becomes: '0.10000000149011612' });
  assert.deepEqual(loss([7n, 2n ** 31n], 'int64'), { index: 1, value: '2147483648', becomes: '-2147483648' });
  assert.equal(loss([1, 2 ** 31 - 1], 'uint32'), null);
  assert.throws(() => tfjsCode.text(new Uint8Array(1), 'unknown', [1]), { code: 'lossy-dtype' });
});

test('jax-js code', () => {
  const bytes = encodeElements([1, 2, 3, 4], 'float32');
  assert.equal(
    jaxJsCode.text(bytes, 'float32', [2, 2]),
    'np.array([1, 2, 3, 4], { shape: [2, 2], dtype: np.float32 })',
  );
  const evaluated = evaluate(jaxJsCode.text(encodeElements([true], 'bool'), 'bool', [1]));
  assert.deepEqual(evaluated, { values: [true], shape: [1], dtype: 'bool' });
  assert.throws(() => jaxJsCode.text(bytes, 'complex64', [2]), {
    code: 'lossy-dtype',
    message: /no dtype for complex64/,
  });
});
