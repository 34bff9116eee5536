import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesReader } from '../../src/formats/byteReader.ts';
import type { ByteReader } from '../../src/formats/byteReader.ts';
import { columnMajorWindows } from '../../src/formats/columnMajor.ts';
import { encodeInMemory } from '../../src/formats/format.ts';
import type { StoredTensor } from '../../src/formats/format.ts';
import { npy } from '../../src/formats/npy.ts';
import { npz } from '../../src/formats/npz.ts';
import { npyHeader } from '../../src/formats/npyHeader.ts';
import { TensorError } from '../../src/protocol/errors.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { bfloat16ToNumber, decodeElements, encodeElements, itemSize } from '../../src/tensor/dtypes.ts';
import { sizeOf, unravelIndex } from '../../src/tensor/shape.ts';
import { parseSlice, resultShape, sliceSize, wholeSlice } from '../../src/tensor/slice.ts';
import { flatIndex } from '../../src/tensor/elementSource.ts';
import { jsonFixture } from '../unit/fixtures.ts';
import { seededRandom } from '../unit/random.ts';
import type { Random } from '../unit/random.ts';
import { loadWithNumpy } from './python.ts';
import type { LoadedArray } from './python.ts';

interface NpyCase {
  file: string;
  dtype: DType;
  shape: number[];
  hex?: string;
  strings?: string[];
}

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function openOne(bytes: Uint8Array | ByteReader): Promise<StoredTensor> {
  const [tensor] = (await npy.open?.(bytes instanceof Uint8Array ? bytesReader(bytes) : bytes)) ?? [];
  assert.ok(tensor);
  return tensor;
}

function randomBytes(random: Random, dtype: DType, count: number): Uint8Array {
  return Uint8Array.from({ length: count * itemSize(dtype) }, () => random.bits() & (dtype === 'bool' ? 1 : 255));
}

const cases = jsonFixture<NpyCase[]>('npy.json');

test('what NumPy wrote is read back: every dtype, either byte order, either order of axes, versions 1 to 3', async () => {
  assert.ok(cases.length > 300);
  for (const { file, dtype, shape, hex, strings } of cases) {
    const tensor = await openOne(fromBase64(file));
    assert.equal(tensor.dtype, dtype);
    assert.deepEqual(tensor.shape, shape);
    const values = await tensor.read(wholeSlice(shape));
    if (values instanceof Uint8Array) assert.equal(hexOf(values), hex, `${dtype}[${shape.join()}]`);
    else assert.deepEqual(values, strings);
  }
});

test('windows of files, whatever the order of their axes', async () => {
  const random = seededRandom(21);
  for (const { file, dtype, shape, hex } of cases.filter((each) => each.shape.length > 1 && each.hex)) {
    const tensor = await openOne(fromBase64(file));
    const text = shape
      .map((size) => `${random.integer(-size, size)}:${random.integer(-size, size)}:${random.pick([1, 2, -1, -2])}`)
      .join(', ');
    const ranges = parseSlice(text, shape);
    const size = itemSize(dtype);
    let expected = '';
    for (let k = 0; k < sliceSize(ranges); k++) {
      const at = flatIndex(k, ranges, shape) * size * 2;
      expected += (hex ?? '').slice(at, at + size * 2);
    }
    assert.equal(hexOf((await tensor.read(ranges)) as Uint8Array), expected, `${text} of ${dtype}[${shape.join()}]`);
  }
});

const numpyTypes: Partial<Record<DType, string>> = {
  float16: '<f2',
  bfloat16: '|V2',
  float32: '<f4',
  float64: '<f8',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  bool: '|b1',
  complex64: '<c8',
  complex128: '<c16',
  unknown: '|u1',
};
const shapes = [[], [1], [5], [0], [3, 4], [2, 0, 3], [2, 3, 4], [1, 2, 1, 2, 1, 2]];

test('NumPy loads what is written, bit for bit, and would write the same file', async () => {
  const random = seededRandom(22);
  const files: Record<string, Uint8Array> = {};
  const expected: { dtype: DType; shape: number[]; hex: string }[] = [];
  for (const dtype of Object.keys(numpyTypes) as DType[]) {
    for (const shape of shapes) {
      const bytes = randomBytes(random, dtype, sizeOf(shape));
      files[`${expected.length}.npy`] = await encodeInMemory(npy, [{ name: 'x', dtype, shape, bytes }]);
      expected.push({ dtype, shape, hex: hexOf(bytes) });
    }
  }
  (await loadWithNumpy<LoadedArray>(files)).forEach((loaded, i) => {
    const { dtype, shape, hex } = expected[i] as (typeof expected)[number];
    const what = `${dtype}[${shape.join()}]`;
    assert.equal(loaded.dtype, numpyTypes[dtype], what);
    assert.deepEqual(loaded.shape, shape, what);
    assert.equal(loaded.hex, hex, what);
    // NumPy forgets the byte order of voids: '<V2' becomes '|V2'.
    if (dtype !== 'bfloat16') assert.ok(loaded.same, what);
  });
});

test('Fortran order on request', async () => {
  const random = seededRandom(24);
  const files: Record<string, Uint8Array> = {};
  const expected: { shape: number[]; hex: string }[] = [];
  for (const shape of shapes) {
    for (const dtype of ['float32', 'complex128', 'uint8'] as const) {
      const bytes = randomBytes(random, dtype, sizeOf(shape));
      const tensor = { name: 'x', dtype, shape, bytes };
      const file = await encodeInMemory(npy, [tensor], { fortranOrder: true });
      assert.deepEqual(await (await openOne(file)).read(wholeSlice(shape)), bytes);
      files[`${expected.length}.npy`] = file;
      expected.push({ shape, hex: hexOf(bytes) });
    }
  }
  (await loadWithNumpy<LoadedArray>(files)).forEach((loaded, i) => {
    assert.deepEqual([loaded.shape, loaded.hex], [expected[i]?.shape, expected[i]?.hex]);
    // A tensor with no axis, or no second one, longer than one element has both orders; NumPy writes those as row-major.
    if ((expected[i]?.shape.filter((count) => count !== 1).length ?? 0) > 1) {
      assert.ok(loaded.same || expected[i]?.hex === '', String(loaded.shape));
    }
  });
  const strings = ['a', 'b', 'c', 'd', 'e', 'f'];
  const texts = { name: 'x', dtype: 'string' as const, shape: [2, 3], strings };
  const [loaded] = await loadWithNumpy<LoadedArray>({
    'x.npy': await encodeInMemory(npy, [texts], { fortranOrder: true }),
  });
  assert.deepEqual(loaded?.strings, strings);
});

test('windows in Fortran order are small, and make up the whole', () => {
  for (const [shape, largest] of [
    [[], 1],
    [[0, 3], 4],
    [[7], 3],
    [[3, 5], 7],
    [[5, 3], 2],
    [[2, 3, 4, 5], 10],
    [[2, 3, 4, 5], 1],
    [[4, 1, 6, 1], 9],
  ] as const) {
    const seen: string[] = [];
    for (const ranges of columnMajorWindows(shape, largest)) {
      const counts = resultShape(ranges);
      assert.ok(sizeOf(counts) <= largest, `${shape.join()}: ${counts.join()}`);
      const reversed = [...counts].reverse();
      for (let k = 0; k < sizeOf(counts); k++) {
        const index = unravelIndex(k, reversed).reverse();
        seen.push(index.map((at, axis) => at + ranges[axis]!.start).join());
      }
    }
    const reversed = [...shape].reverse();
    const all = Array.from({ length: sizeOf(shape) }, (_, k) => unravelIndex(k, reversed).reverse().join());
    assert.deepEqual(seen, all, shape.join());
  }
});

test('one long string among many: refused with the numbers, before anything is allocated', async () => {
  const strings = ['x'.repeat(100_000), ...new Array<string>(99_999).fill('')];
  const message =
    'labels has 100000 strings, the longest of 100000 characters. NumPy pads each to the longest, which takes 37.3 GB; ' +
    'up to 1 GB are written.';
  for (const format of [npy, npz]) {
    const header = { name: 'labels', dtype: 'string' as const, shape: [100_000], strings };
    assert.throws(() => format.encode([header]), { code: 'too-large', message });
  }
  // Padded by 1,048 strings at a time.
  const some = strings.slice(0, 3000).map((text, i) => (i === 0 ? text.slice(0, 1000) : `${i}`));
  const file = await encodeInMemory(npy, [{ name: 'x', dtype: 'string', shape: [3000], strings: some }]);
  const [loaded] = await loadWithNumpy<LoadedArray>({ 'x.npy': file });
  assert.deepEqual(loaded?.strings, some);
});

test('strings without characters are believed up to a million of them', async () => {
  for (const [descriptor, shape, count] of [
    ['|S0', [10 ** 6, 10 ** 6], '1000000000000'],
    ['<U0', [2 ** 20 + 1], '1048577'],
  ] as const) {
    const file = npyHeader(descriptor, shape);
    const message = `The .npy header promises ${count} strings without characters; up to 1048576 are read.`;
    await assert.rejects(async () => npy.open?.(bytesReader(file)), { code: 'invalid-file', message });
  }
  const [few] = (await npy.open?.(bytesReader(npyHeader('<U0', [2])))) ?? [];
  assert.deepEqual(await few?.read(wholeSlice([2])), ['', '']);
});

test('strings as NumPy has them', async () => {
  const strings = ['a', '', 'héllo 😀'];
  const file = await encodeInMemory(npy, [{ name: 'x', dtype: 'string', shape: [3], strings }]);
  const [loaded] = await loadWithNumpy<LoadedArray>({ 'x.npy': file });
  assert.equal(loaded?.dtype, '<U7');
  assert.deepEqual(loaded?.strings, strings);
  assert.ok(loaded?.same);
  assert.deepEqual(await (await openOne(file)).read(wholeSlice([3])), strings);
});

test('bfloat16 widened to float32 keeps every bit that it had', async () => {
  const bytes = new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer);
  const header = { name: 'x', dtype: 'bfloat16' as const, shape: [65536] };
  const file = await encodeInMemory(npy, [{ ...header, bytes }], { bfloat16: 'float32' });
  const tensor = await openOne(file);
  assert.equal(tensor.dtype, 'float32');
  const wide = (await tensor.read(wholeSlice([65536]))) as Uint8Array;
  const bits = new Uint32Array(wide.slice().buffer);
  bits.forEach((word, i) => assert.equal(word, (i << 16) >>> 0));
  assert.equal(decodeElements(wide, 'float32')[0x3f81], bfloat16ToNumber(0x3f81));
  for (const bfloat16 of ['ml_dtypes', 'float32'] as const) {
    assert.match(npy.warnings([header], { bfloat16 })[0]?.message ?? '', /NumPy has no bfloat16/);
  }
  assert.deepEqual(npy.warnings([{ ...header, dtype: 'float32' }]), []);
});

test('pickles are refused, and so is what is no tensor', async () => {
  const refused = jsonFixture<Record<string, string>>('refused.json');
  const messages: Record<string, RegExp> = {
    objects: /Python objects \(a pickle\).* not read/,
    records: /structured dtype/,
    dates: /not supported/,
    'long doubles': /not supported/,
  };
  for (const [name, file] of Object.entries(refused)) {
    await assert.rejects(openOne(fromBase64(file)), (error: TensorError) => {
      assert.equal(error.code, 'invalid-file');
      assert.match(error.message, messages[name] as RegExp);
      assert.ok(error.help);
      return true;
    });
  }
});

function withHeader(text: string, elements = 0, version = 1): Uint8Array {
  const bytes = new Uint8Array(10 + text.length + elements + (version === 1 ? 0 : 2));
  bytes.set([0x93, ...Buffer.from('NUMPY'), version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  bytes.set(Buffer.from(text, 'latin1'), version === 1 ? 10 : 12);
  return bytes;
}

test('text with a code point that Unicode does not have is refused, as NumPy refuses it', async () => {
  const file = withHeader("{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }\n", 4);
  new DataView(file.buffer).setUint32(file.length - 4, 0x110000, true);
  const tensor = await openOne(file);
  await assert.rejects(async () => tensor.read(wholeSlice([1])), {
    code: 'invalid-file',
    message: /code point 1114112/,
  });
});

test('hostile headers end in clear errors', async () => {
  const dictionary = (descr: string, order: string, shape: string): string =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const hostile: [string, RegExp][] = [
    [dictionary("'<f4'", 'False', '(10000000000,)'), /promises 40000000000 bytes/],
    [dictionary("'<f4'", 'False', '(4294967296, 4294967296)'), /promises 73786976294838206464 bytes/],
    [dictionary("'<f4'", 'False', '(99999999999999999999,)'), /impossible shape/],
    [dictionary("'<f4'", 'False', '(9007199254740993,)'), /impossible shape: \(9007199254740993\)/],
    [dictionary("'<f4'", 'False', '(-1,)'), /impossible shape/],
    [dictionary("'<f4'", 'False', "('a',)"), /impossible shape/],
    [dictionary("'<f4'", 'False', `(${'1, '.repeat(65)})`), /65 axes/],
    [dictionary("'<f4'", 'False', '3'), /no 'shape' that is a tuple/],
    [dictionary("'<f4'", '0', '(1,)'), /no 'fortran_order'/],
    [dictionary('7', 'False', '(1,)'), /no 'descr'/],
    [dictionary("'<q9'", 'False', '(1,)'), /not supported/],
    [dictionary("'<U99999999999'", 'False', '(1,)'), /Unknown dtype/],
    [dictionary("'evil()'", 'False', '(1,)'), /Unknown dtype/],
    [dictionary('__import__("os").system("true")', 'False', '(1,)'), /malformed/],
    ['('.repeat(5000), /nests too deep/],
    ["{'descr': '<f4", /string without an end/],
    ['{} {}', /goes on after its end/],
    ['[]', /not a dictionary/],
    ['', /malformed/],
  ];
  for (const [text, message] of hostile) {
    for (const version of [1, 2]) {
      await assert.rejects(openOne(withHeader(text, 16, version)), (error: TensorError) => {
        assert.equal(error.code, 'invalid-file', text);
        assert.match(error.message, message);
        return true;
      });
    }
  }
  const long = withHeader('', 0, 2);
  new DataView(long.buffer).setUint32(8, 0xffffffff, true);
  await assert.rejects(openOne(long), /claims 4294967295 characters/);
  await assert.rejects(openOne(withHeader('', 0, 9)), /version 9/);
  await assert.rejects(openOne(new Uint8Array(0)), { code: 'invalid-file' });
});

test('headers of other writers: Python 2, blanks, order of keys', async () => {
  const text = '{"shape": (2L, 1L,) , "descr":"|u1","fortran_order":False}';
  assert.deepEqual((await openOne(withHeader(text, 2))).shape, [2, 1]);
});

test('damaged files end in clear errors, never in anything else', async () => {
  const random = seededRandom(23);
  for (let round = 0; round < 3000; round++) {
    const { file } = random.pick(cases);
    let bytes = fromBase64(file);
    if (random.fraction() < 0.5) bytes = bytes.slice(0, random.integer(0, bytes.length));
    for (let i = random.integer(0, 4); i > 0 && bytes.length > 0; i--) {
      bytes[random.integer(0, Math.min(bytes.length, 128) - 1)] = random.bits();
    }
    try {
      const tensor = await openOne(bytes);
      const values = await tensor.read(wholeSlice(tensor.shape));
      assert.equal(tensor.dtype === 'string' ? values.length : values.length, expectedLength(tensor));
    } catch (error) {
      assert.ok(error instanceof TensorError && error.code === 'invalid-file', String(error));
    }
  }
});

function expectedLength(tensor: StoredTensor): number {
  return sizeOf(tensor.shape) * (tensor.dtype === 'string' ? 1 : itemSize(tensor.dtype));
}

test('a small window of a huge file reads little', async () => {
  const shape = [1 << 20, 1 << 10];
  const head = npyHeader('<f4', shape);
  let read = 0;
  let reads = 0;
  const huge: ByteReader = {
    size: head.length + sizeOf(shape) * 4,
    read(position, length) {
      read += length;
      reads++;
      const bytes = new Uint8Array(length);
      if (position < head.length) bytes.set(head.subarray(position, position + length));
      else new DataView(bytes.buffer).setFloat32(0, (position - head.length) / 4, true);
      return Promise.resolve(bytes);
    },
  };
  const tensor = await openOne(huge);
  const values = await tensor.read(parseSlice('1000000:1000020, 500:501', shape));
  assert.equal(decodeElements(values as Uint8Array, 'float32')[0], Math.fround(1000000 * 1024 + 500));
  assert.ok(read < 100_000, `${read} bytes were read`);
  const before = reads;
  await tensor.read(parseSlice('0:10000, 3:5', shape));
  assert.ok(reads - before < 100, `neighbours share reads: ${reads - before} of them`);
});

test('a tensor that brings another number of bytes than its shape says is an error', async () => {
  const bytes = encodeElements([1, 2, 3], 'float32');
  await assert.rejects(encodeInMemory(npy, [{ name: 'x', dtype: 'float32', shape: [4], bytes }]), /brought 12 bytes/);
});
