import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesReader } from '../../src/formats/byteReader.ts';
import { csv, tsv } from '../../src/formats/csv.ts';
import { encodedBytes, encodeInMemory } from '../../src/formats/format.ts';
import { joinBytes } from '../../src/tensor/bytes.ts';
import type { Format, StoredTensor } from '../../src/formats/format.ts';
import { json } from '../../src/formats/json.ts';
import { npy } from '../../src/formats/npy.ts';
import { npz } from '../../src/formats/npz.ts';
import { numpyCode } from '../../src/formats/numpyCode.ts';
import { TensorError } from '../../src/protocol/errors.ts';
import { defaultTolerance } from '../../src/protocol/comparison.ts';
import { compareSources } from '../../src/tensor/compareSources.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { decodeElements, encodeElements, itemSize } from '../../src/tensor/dtypes.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import { parseSlice, wholeSlice } from '../../src/tensor/slice.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { seededRandom } from '../unit/random.ts';
import { runPython } from './python.ts';

const random = seededRandom(51);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const open = async (format: Format, text: string | Uint8Array): Promise<StoredTensor[]> =>
  (await format.open?.(bytesReader(typeof text === 'string' ? new TextEncoder().encode(text) : text))) ?? [];

function randomTensor(
  dtype: DType,
  shape: number[],
): { name: string; dtype: DType; shape: number[]; bytes: Uint8Array } {
  const bytes = Uint8Array.from({ length: sizeOf(shape) * itemSize(dtype) }, () => random.bits());
  return { name: 'x', dtype, shape, bytes: dtype === 'bool' ? bytes.map((byte) => byte & 1) : bytes };
}

/** Bit patterns but for NaNs, which have one word in texts. */
function plain(bytes: Uint8Array, dtype: DType): string {
  const copy = bytes.slice();
  decodeElements(bytes, dtype).forEach((value, i) => {
    if (Number.isNaN(value)) copy.fill(0, i * itemSize(dtype), (i + 1) * itemSize(dtype));
  });
  return Buffer.from(copy).toString('hex');
}

test('JSON is read back bit for bit, whatever the dtype and the shape', async () => {
  const dtypes: DType[] = ['float16', 'bfloat16', 'float32', 'float64', 'int8', 'int32', 'int64', 'uint64', 'bool'];
  for (const dtype of dtypes) {
    for (const shape of [[], [0], [7], [2, 3], [2, 0, 2], [2, 1, 3, 2]]) {
      const tensor = randomTensor(dtype, shape);
      const file = await encodeInMemory(json, [tensor]);
      assert.doesNotThrow(() => JSON.parse(textOf(file)));
      const [stored] = await open(json, file);
      assert.equal(stored?.dtype, dtype);
      assert.deepEqual(stored?.shape, shape);
      const values = (await stored?.read(wholeSlice(shape))) as Uint8Array;
      const lost = json.lossCheck(dtype)?.(tensor.bytes, 0);
      if (!lost) assert.deepEqual(values, tensor.bytes, dtype);
      else assert.equal(plain(values, dtype), plain(tensor.bytes, dtype), dtype);
    }
  }
});

test('JSON text', async () => {
  const bytes = encodeElements([1, NaN, Math.fround(3.7), -0], 'float32');
  const tensor = { name: 'x', dtype: 'float32' as const, shape: [2, 2], bytes };
  const one = textOf(await encodeInMemory(json, [tensor]));
  assert.equal(one, '{"dtype":"float32","shape":[2,2],"values":[[1,"NaN"],[3.7,"-0"]]}\n');
  const strings = { name: 's', dtype: 'string' as const, shape: [1], strings: ['a"b'] };
  const two = textOf(await encodeInMemory(json, [tensor, strings]));
  assert.equal(two, `{"x":${one.trim()},"s":{"dtype":"string","shape":[1],"values":["a\\"b"]}}\n`);
  const stored = await open(json, two);
  assert.deepEqual(
    stored.map(({ name }) => name),
    ['x', 's'],
  );
  assert.deepEqual(await stored[1]?.read(wholeSlice([1])), ['a"b']);
});

test('bare nested arrays are read; what does not nest or fit is refused', async () => {
  const [tensor] = await open(json, '[[1, 2.5], [3, 4]]');
  assert.deepEqual([tensor?.dtype, tensor?.shape], ['float64', [2, 2]]);
  assert.deepEqual(await tensor?.read(parseSlice('1', [2, 2])), encodeElements([3, 4], 'float64'));
  assert.equal((await open(json, '[true]'))[0]?.dtype, 'bool');
  const refused = [
    '',
    '{',
    '[[1], [2, 3]]',
    '[1, [2]]',
    '[1, null]',
    '["a", 1]',
    '[1, "NotANumber"]',
    '{"x": 3}',
    '{"dtype": "float32", "shape": [2], "values": [1]}',
    '{"dtype": "float99", "shape": [], "values": 1}',
    '{"dtype": "float32", "shape": [-1], "values": []}',
    '{"dtype": "int64", "shape": [1], "values": [1.5]}',
    '{"dtype": "complex64", "shape": [1], "values": [[1]]}',
    '['.repeat(100_000),
    '[['.repeat(1000) + ']]'.repeat(1000),
  ];
  for (const text of refused) await assert.rejects(open(json, text), { code: 'invalid-file' }, text.slice(0, 60));
  // Where it stands in the file, behind integers that are read in another way.
  const message = /^The file is no JSON: .* position 29\b/;
  await assert.rejects(open(json, '[12345678901234567, [1, 2]] \n{'), { code: 'invalid-file', message });
});

test('JSON values that the dtype does not hold are refused with their place', async () => {
  const refused: [string, string, string, string][] = [
    ['uint8', '[2]', '[255, 256]', 'tensor[1] is 256, which no uint8 is.'],
    ['uint8', '[1]', '[-1]', 'tensor[0] is -1, which no uint8 is.'],
    ['int32', '[2, 2]', '[[1, 2], [3, 1.5]]', 'tensor[1, 1] is 1.5, which no int32 is.'],
    ['int16', '[]', '"NaN"', 'tensor is "NaN", which no int16 is.'],
    ['int64', '[1]', '["9223372036854775808"]', 'tensor[0] is "9223372036854775808", which no int64 is.'],
    ['uint64', '[1]', '[-1]', 'tensor[0] is -1, which no uint64 is.'],
    ['float16', '[1]', '[65520]', 'tensor[0] is 65520, which no float16 is.'],
    ['complex64', '[1]', '[[0, 1e39]]', 'tensor[0] is [0,1e+39], which no complex64 is.'],
  ];
  for (const [dtype, shape, values, message] of refused) {
    const text = `{"dtype": "${dtype}", "shape": ${shape}, "values": ${values}}`;
    await assert.rejects(open(json, text), { code: 'invalid-file', message }, text);
  }
  const [rounded] = await open(json, '{"dtype": "float16", "shape": [3], "values": [0.1, 65519, "-Infinity"]}');
  assert.deepEqual(await rounded?.read(wholeSlice([3])), encodeElements([0.1, 65504, -Infinity], 'float16'));
  const [zero] = await open(json, '{"dtype": "int8", "shape": [2], "values": [-0, -128]}');
  assert.deepEqual(await zero?.read(wholeSlice([2])), encodeElements([0, -128], 'int8'));
});

test('integers that no double is are read as 64-bit integers, or refused among other numbers', async () => {
  const int64 = encodeElements([9007199254740993n, -(2n ** 63n), 5n], 'int64');
  const uint64 = encodeElements([2n ** 64n - 1n, 0n], 'uint64');
  const long = 'axis_0,axis_1,value\n1,0,5\n0,0,9007199254740993\n';
  const read: [Format, string, DType, number[], Uint8Array][] = [
    [csv, '9007199254740993,-9223372036854775808,5\n', 'int64', [1, 3], int64],
    [csv, '18446744073709551615\t,0\n', 'uint64', [1, 2], uint64],
    [csv, long, 'int64', [2, 1], encodeElements([9007199254740993n, 5n], 'int64')],
    [json, '[[9007199254740993, -9223372036854775808, 5]]', 'int64', [1, 3], int64],
    [json, '[[18446744073709551615], [0]]', 'uint64', [2, 1], uint64],
    [json, '9007199254740993', 'int64', [], encodeElements([9007199254740993n], 'int64')],
    [json, '{"dtype":"int64","shape":[3],"values":[9007199254740993,"-9223372036854775808",5]}', 'int64', [3], int64],
    // What a double is stays one, also where all of its places are printed.
    [csv, '9007199254740992,5\n', 'float64', [1, 2], encodeElements([2 ** 53, 5], 'float64')],
    [csv, '123456789012345680000,0.5\n', 'float64', [1, 2], encodeElements([123456789012345680000, 0.5], 'float64')],
    [
      json,
      '[0.1234567890123456, 100000000000000000000]',
      'float64',
      [2],
      encodeElements([0.1234567890123456, 1e20], 'float64'),
    ],
    [
      json,
      '{"dtype":"float64","shape":[1],"values":[123456789012345680000]}',
      'float64',
      [1],
      encodeElements([123456789012345680000], 'float64'),
    ],
    [
      json,
      '{"dtype":"complex64","shape":[1],"values":[[-69528050000000000, 1e20]]}',
      'complex64',
      [1],
      encodeElements([[-69528050000000000, 1e20]], 'complex64'),
    ],
  ];
  for (const [format, text, dtype, shape, bytes] of read) {
    const [tensor] = await open(format, text);
    assert.deepEqual([tensor?.dtype, tensor?.shape], [dtype, shape], text);
    assert.deepEqual(await tensor?.read(wholeSlice(shape)), bytes, text);
  }
  const message = /the integer 9007199254740993, which no float64 is/;
  for (const text of [
    '9007199254740993,0.5\n',
    '1,nan\n9007199254740993,2\n',
    '-1,9007199254740993\n18446744073709551615,0\n',
  ]) {
    await assert.rejects(open(csv, text), { code: 'invalid-file', message }, text);
  }
  await assert.rejects(open(json, '[9007199254740993, 1e300]'), { code: 'invalid-file', message });
  const [texts] = await open(json, '["9007199254740993", "a \\" 9007199254740993 b"]');
  assert.deepEqual(await texts?.read(wholeSlice([2])), ['9007199254740993', 'a " 9007199254740993 b']);
  await assert.rejects(open(json, '["a", 9007199254740993]'), { code: 'invalid-file' });
});

async function loadText(file: Uint8Array, program: string): Promise<string> {
  return inTemporaryFolder((folder) => {
    const path = join(folder, 'x.csv');
    writeFileSync(path, file);
    return runPython(['-c', `import numpy as np, sys\npath = sys.argv[1]\n${program}`, path]).trim();
  });
}

test('NumPy reads a table of values back to the same bits', async () => {
  for (const [dtype, code] of [
    ['float16', 'f2'],
    ['float32', 'f4'],
    ['float64', 'f8'],
    ['int64', 'i8'],
    ['uint64', 'u8'],
    ['complex64', 'c8'],
  ] as const) {
    const tensor = randomTensor(dtype, [500, 7]);
    // Plain NaNs only, and no NaN parts of complex numbers, which NumPy's reader does not know.
    for (let i = 0; i < tensor.bytes.length; i += itemSize(dtype)) {
      if (csv.lossCheck(dtype)?.(tensor.bytes.subarray(i, i + itemSize(dtype)), 0)) {
        tensor.bytes.fill(0, i, i + itemSize(dtype));
      }
    }
    const file = await encodeInMemory(csv, [tensor]);
    const hex = await loadText(file, `print(np.loadtxt(path, delimiter=',', dtype='${code}').tobytes().hex())`);
    assert.equal(hex, Buffer.from(tensor.bytes).toString('hex'), dtype);
  }
});

test('lines of values', async () => {
  const write = async (format: Format, dtype: DType, shape: number[], values: number[]): Promise<string> =>
    textOf(await encodeInMemory(format, [{ name: 'x', dtype, shape, bytes: encodeElements(values, dtype) }]));
  assert.equal(await write(csv, 'float32', [2, 2], [0.1, NaN, -Infinity, -0]), '0.1,nan\n-inf,-0\n');
  assert.equal(await write(tsv, 'int8', [2, 2], [1, 2, 3, 4]), '1\t2\n3\t4\n');
  assert.equal(await write(csv, 'float32', [2], [1, 2]), '1\n2\n');
  assert.equal(await write(csv, 'float32', [], [7]), '7\n');
  assert.equal(await write(csv, 'float32', [0, 3], []), '');
  assert.equal(
    await write(csv, 'int8', [1, 2, 2], [1, 2, 3, 4]),
    'axis_0,axis_1,axis_2,value\n0,0,0,1\n0,0,1,2\n0,1,0,3\n0,1,1,4\n',
  );
  const strings = ['a,b', 'say "x"', '', 'plain'];
  assert.equal(
    textOf(await encodeInMemory(csv, [{ name: 'x', dtype: 'string', shape: [2, 2], strings }])),
    '"a,b","say ""x"""\n"",plain\n',
  );
});

test('small chunks make the same text', async () => {
  const tensor = randomTensor('int16', [3, 4, 5]);
  for (const format of [csv, json]) {
    const chunks = Array.from({ length: 60 }, (_, i) => tensor.bytes.subarray(2 * i, 2 * i + 2));
    const pieces: Uint8Array[] = [];
    for await (const piece of encodedBytes(format.encode([tensor]), () => chunks)) pieces.push(piece.slice());
    assert.equal(textOf(joinBytes(pieces)), textOf(await encodeInMemory(format, [tensor])));
  }
});

test('separated values are read: numbers, quotes, line ends, the long form', async () => {
  const [table] = await open(csv, '\ufeff1,nan\r\n-2.5e3, inf\r\n');
  assert.deepEqual(table?.shape, [2, 2]);
  assert.deepEqual(await table?.read(wholeSlice([2, 2])), encodeElements([1, NaN, -2500, Infinity], 'float64'));
  const [strings] = await open(csv, 'a,"b,""c"""\nd,"e\nf"\n');
  assert.deepEqual(await strings?.read(wholeSlice([2, 2])), ['a', 'b,"c"', 'd', 'e\nf']);
  const tensor = randomTensor('int32', [2, 3, 2]);
  const [long] = await open(tsv, await encodeInMemory(tsv, [tensor]));
  assert.deepEqual(long?.shape, [2, 3, 2]);
  const numbers = Array.from(new Int32Array(tensor.bytes.buffer));
  assert.deepEqual(await long?.read(wholeSlice([2, 3, 2])), encodeElements(numbers, 'float64'));
  const refused = [
    '1,2\n3\n',
    '"a',
    '"a"b\n',
    'axis_0,value\n5,1\n',
    'axis_0,value\n0,1\n0,2\n',
    'axis_0,value\nx,1\n',
  ];
  for (const text of refused) await assert.rejects(open(csv, text), { code: 'invalid-file' }, text);
});

test('the first value that a text would change is found', () => {
  const bytes = encodeElements([1, NaN, 2, 3], 'float32');
  const check = csv.lossCheck('float32');
  assert.equal(check?.(bytes, 0), null);
  bytes[8] = 1;
  bytes[10] = 0x80;
  bytes[11] = 0xff;
  assert.deepEqual(check?.(bytes, 100), { index: 102, value: 'NaN with the bits 0xff800001', becomes: 'NaN' });
  assert.equal(csv.lossCheck('int64'), null);
  assert.equal(csv.lossCheck('complex64')?.(bytes, 0)?.index, 1);
});

test('complex numbers are read back, as Python and NumPy write them, too', async () => {
  const values: [number, number][] = [
    [1, Infinity],
    [-0, -2.5e-30],
    [NaN, -Infinity],
    [1e300, -0],
  ];
  const bytes = encodeElements(values, 'complex128');
  const [tensor] = await open(
    csv,
    await encodeInMemory(csv, [{ name: 'z', dtype: 'complex128', shape: [2, 2], bytes }]),
  );
  assert.deepEqual([tensor?.dtype, tensor?.shape], ['complex128', [2, 2]]);
  assert.deepEqual(await tensor?.read(wholeSlice([2, 2])), bytes);
  const [python] = await open(csv, ' (1.5e+00-2.0e-01j),(nan+nanj)\n');
  const expected = encodeElements(
    [
      [1.5, -0.2],
      [NaN, NaN],
    ],
    'complex128',
  );
  assert.deepEqual(await python?.read(wholeSlice([1, 2])), expected);
  assert.equal((await open(csv, '1+2j,x\n'))[0]?.dtype, 'string');
});

test('a column of a text is compared with one axis, or none', async () => {
  const run = async (shape: number[], text: string) => {
    const bytes = encodeElements([1, 2, 3].slice(0, sizeOf(shape)), 'float32');
    const [npyTensor] = await open(npy, await encodeInMemory(npy, [{ name: 'x', dtype: 'float32', shape, bytes }]));
    const [csvTensor] = await open(csv, text);
    const { sameShape, close, first, b } = await compareSources(npyTensor!, csvTensor!, defaultTolerance);
    return { sameShape, close, first, shape: b.shape };
  };
  assert.deepEqual(await run([3], '1\n2\n3\n'), { sameShape: true, close: true, first: null, shape: [3] });
  assert.deepEqual(await run([3], '1\n2\n4\n'), { sameShape: true, close: false, first: [2], shape: [3] });
  assert.deepEqual(await run([], '1\n'), { sameShape: true, close: true, first: null, shape: [] });
  assert.deepEqual((await run([3, 1], '1\n2\n3\n')).close, true);
  assert.deepEqual((await run([1, 3], '1\n2\n3\n')).sameShape, false);
  assert.deepEqual((await run([3], '1,2,3\n')).sameShape, false);
});

test('the first string that a format would change is found', () => {
  const strings = ['a\0b', 'x\ud83d', 'tail\0\0', 'whole 😀'];
  const halved = { index: 1, value: '"x\\ud83d"', becomes: '"x\ufffd"' };
  const padded = { index: 2, value: '"tail\\u0000\\u0000"', becomes: '"tail"' };
  for (const format of [csv, tsv]) assert.deepEqual(format.stringLoss?.(strings), halved);
  for (const format of [npy, npz, numpyCode]) assert.deepEqual(format.stringLoss?.(strings), padded);
  for (const format of [csv, npy]) assert.equal(format.stringLoss?.(['a\0b', 'whole 😀']), null);
});

test('JSON keeps strings that others change, and NumPy the halves of surrogate pairs', async () => {
  const strings = ['a\0', '\ud83d', '"\udc00\\'];
  const [stored] = await open(json, await encodeInMemory(json, [{ name: 's', dtype: 'string', shape: [3], strings }]));
  assert.deepEqual(await stored?.read(wholeSlice([3])), strings);
  const halves = { name: 's', dtype: 'string' as const, shape: [2], strings: ['\ud83d', 'b\udc00'] };
  const file = await encodeInMemory(npy, [halves]);
  assert.equal(await loadText(file, 'print(ascii(np.load(path).tolist()))'), "['\\ud83d', 'b\\udc00']");
});

test('damaged texts end in clear errors, never in anything else', async () => {
  for (const [format, dtype] of [
    [csv, 'float32'],
    [json, 'float32'],
    [json, 'int64'],
    [csv, 'bool'],
  ] as const) {
    const file = await encodeInMemory(format, [randomTensor(dtype, [4, 3, 2])]);
    for (let round = 0; round < 500; round++) {
      const bytes = file.slice(0, random.fraction() < 0.3 ? random.integer(0, file.length) : file.length);
      for (let i = random.integer(0, 4); i > 0 && bytes.length > 0; i--) {
        bytes[random.integer(0, bytes.length - 1)] = random.pick([...'[]{},:"\n0 9-e']).charCodeAt(0);
      }
      try {
        for (const tensor of await open(format, bytes)) await tensor.read(wholeSlice(tensor.shape));
      } catch (error) {
        assert.ok(error instanceof TensorError && error.code === 'invalid-file', String(error));
      }
    }
  }
});
