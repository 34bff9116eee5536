import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesReader } from '../../src/formats/byteReader.ts';
import { encodedBytes, encodeInMemory } from '../../src/formats/format.ts';
import { joinBytes } from '../../src/tensor/bytes.ts';
import type { StoredTensor } from '../../src/formats/format.ts';
import { openFile, temporaryScratch } from '../../src/formats/nodeFiles.ts';
import { npz } from '../../src/formats/npz.ts';
import { formatForFile } from '../../src/formats/registry.ts';
import { TensorError } from '../../src/protocol/errors.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { encodeElements } from '../../src/tensor/dtypes.ts';
import { parseSlice, wholeSlice } from '../../src/tensor/slice.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { jsonFixture } from '../unit/fixtures.ts';
import { seededRandom } from '../unit/random.ts';
import { loadWithNumpy, runPython } from './python.ts';
import type { LoadedArray } from './python.ts';

interface Archive {
  file: string;
  members: Record<string, { dtype: DType; shape: number[]; hex?: string; strings?: string[] }>;
}

const archives = jsonFixture<Record<'stored' | 'deflated', Archive>>('npz.json');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const open = async (bytes: Uint8Array, options = {}): Promise<StoredTensor[]> =>
  (await npz.open?.(bytesReader(bytes), options)) ?? [];

test('archives of NumPy are read back, stored and deflated', async () => {
  for (const { file, members } of Object.values(archives)) {
    const tensors = await open(fromBase64(file));
    assert.deepEqual(
      tensors.map((tensor) => tensor.name),
      Object.keys(members),
    );
    for (const tensor of tensors) {
      const expected = members[tensor.name];
      assert.equal(tensor.dtype, expected?.dtype);
      assert.deepEqual(tensor.shape, expected?.shape);
      const values = await tensor.read(wholeSlice(tensor.shape));
      if (values instanceof Uint8Array) assert.equal(hexOf(values), expected?.hex, tensor.name);
      else assert.deepEqual(values, expected?.strings);
    }
  }
});

test('deflated members are unpacked once, into a scratch file or into bounded memory', async () => {
  const bytes = fromBase64(archives.deflated.file);
  const scratch = temporaryScratch();
  let created = 0;
  const counting = { create: (size: number) => (created++, scratch.create(size)) };
  try {
    const zeros = (await open(bytes, { scratch: counting })).find((tensor) => tensor.name === 'zeros');
    assert.equal(created, 0, 'nothing is unpacked before it is read');
    for (const text of ['0:2, 3:5', '99, :']) {
      const values = await zeros?.read(parseSlice(text, [100, 100]));
      assert.ok(values instanceof Uint8Array && values.every((byte) => byte === 0));
    }
    assert.equal(created, 1);
  } finally {
    await scratch.dispose();
  }
  const limited = (await open(bytes, { memoryLimit: 1000 })).find((tensor) => tensor.name === 'zeros');
  await assert.rejects(async () => limited?.read(wholeSlice([100, 100])), { code: 'too-large' });
});

const tensors = [
  { name: 'a', dtype: 'float32' as const, shape: [2, 3], bytes: encodeElements([1, 2, 3, 4, NaN, -0], 'float32') },
  { name: 'A', dtype: 'int8' as const, shape: [2], bytes: encodeElements([1, -1], 'int8') },
  { name: 'model.layers[0]/kernel ü', dtype: 'int64' as const, shape: [], bytes: encodeElements([-5n], 'int64') },
  { name: 'labels', dtype: 'string' as const, shape: [2], strings: ['cat', 'dög'] },
  { name: 'empty', dtype: 'uint8' as const, shape: [0, 4], bytes: new Uint8Array(0) },
  { name: 'half', dtype: 'bfloat16' as const, shape: [2], bytes: encodeElements([1.5, -2], 'bfloat16') },
];

test('NumPy loads what is written, stored and deflated, and finds the same bytes in every member', async () => {
  const files = {
    'stored.npz': await encodeInMemory(npz, tensors, { bfloat16: 'float32' }),
    'deflated.npz': await encodeInMemory(npz, tensors, { compress: true, bfloat16: 'float32' }),
  };
  for (const { fault, arrays } of await loadWithNumpy<{ fault: string | null; arrays: Record<string, LoadedArray> }>(
    files,
  )) {
    assert.equal(fault, null);
    assert.deepEqual(
      Object.keys(arrays),
      tensors.map(({ name }) => name),
    );
    for (const { name, shape, bytes, strings } of tensors) {
      const loaded = arrays[name];
      assert.deepEqual(loaded?.shape, shape);
      assert.ok(loaded?.same, name);
      if (strings) assert.deepEqual(loaded?.strings, strings);
      else if (name === 'half') assert.equal(loaded?.hex, hexOf(encodeElements([1.5, -2], 'float32')));
      else assert.equal(loaded?.hex, hexOf(bytes as Uint8Array));
    }
  }
});

test('what is written in many small chunks is the same file', async () => {
  const random = seededRandom(32);
  const bytes = Uint8Array.from({ length: 400_000 }, () => random.bits() & 3);
  const big = [{ name: 'x', dtype: 'float32' as const, shape: [1000, 100], bytes }];
  for (const compress of [false, true]) {
    const pieces: Uint8Array[] = [];
    const chunks = Array.from({ length: 100 }, (_, i) => bytes.subarray(i * 4000, (i + 1) * 4000));
    for await (const piece of encodedBytes(npz.encode(big, { compress }), () => chunks)) pieces.push(piece.slice());
    const [tensor] = await open(joinBytes(pieces));
    assert.deepEqual(await tensor?.read(wholeSlice([1000, 100])), bytes);
    const whole = await encodeInMemory(npz, big, { compress });
    assert.ok(compress ? whole.length < bytes.length / 2 : hexOf(whole) === hexOf(joinBytes(pieces)));
  }
});

test('names that would leave the folder or clash are refused', () => {
  for (const name of [
    '',
    '../x',
    'a/../../x',
    '/etc/x',
    'C:x',
    'C:\\x',
    'a\\/../b',
    'a\0b',
    '~/x',
    '.',
    'x'.repeat(70_000),
  ]) {
    const header = { name, dtype: 'float32' as const, shape: [] };
    assert.throws(() => npz.encode([header]), { code: 'invalid-argument' }, JSON.stringify(name));
  }
  const twice = { name: 'x', dtype: 'float32' as const, shape: [] };
  assert.throws(() => npz.encode([twice, twice]), /is there twice/);
  assert.throws(() => npz.encode([]), { code: 'invalid-argument' });
});

test('a backslash in a key is no reason to write nothing', async () => {
  const names = ['table["a\\\\b"]', '..\\x', 'ok'];
  const bytes = encodeElements([1], 'float32');
  const file = await encodeInMemory(
    npz,
    names.map((name) => ({ name, dtype: 'float32' as const, shape: [], bytes })),
  );
  const written = ['table["a%5C%5Cb"]', '..%5Cx', 'ok'];
  assert.deepEqual(
    (await open(file)).map(({ name }) => name),
    written,
  );
  const [loaded] = await loadWithNumpy<{ arrays: Record<string, LoadedArray> }>({ 'x.npz': file });
  assert.deepEqual(Object.keys(loaded?.arrays ?? {}), written);
  const header = { dtype: 'float32' as const, shape: [] };
  assert.throws(() => npz.encode(['a\\', 'a%5C'].map((name) => ({ name, ...header }))), /is there twice/);
});

/** The file's middle is a hole, so that it takes no room on the disk. */
test('ZIP64: members and archives above 4 GiB, read by us and by NumPy', async () => {
  const count = 2 ** 32 + 5;
  const parts = npz.encode([
    { name: 'big', dtype: 'uint8', shape: [count] },
    { name: 'after', dtype: 'uint8', shape: [3] },
  ]);
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'big.npz');
    const file = openSync(path, 'w');
    let position = 0;
    const zeros = new Uint8Array(1 << 24);
    for (const part of parts) {
      if (part.kind === 'bytes') position += writeSync(file, part.bytes(), 0, null, position);
      else if (part.tensor === 0) {
        for (let left = count; left > 0; left -= zeros.length) part.observe?.(zeros.subarray(0, left));
        position += count;
      } else {
        part.observe?.(Uint8Array.of(7, 8, 9));
        position += writeSync(file, Uint8Array.of(7, 8, 9), 0, null, position);
      }
    }
    closeSync(file);
    const reader = await openFile(path);
    const [big, after] = (await npz.open?.(reader)) ?? [];
    assert.deepEqual(big?.shape, [count]);
    assert.deepEqual(await after?.read(wholeSlice([3])), Uint8Array.of(7, 8, 9));
    assert.deepEqual(await big?.read(parseSlice('-1:', [count])), Uint8Array.of(0));
    await reader.close();
    const program = `import numpy as np, sys
with np.load(sys.argv[1]) as arrays: print(arrays.files, arrays['after'].tolist(), arrays.zip.getinfo('big.npy').file_size)`;
    assert.equal(runPython(['-c', program, path]).trim(), `['big', 'after'] [7, 8, 9] ${count + 128}`);
  });
});

test('a bomb is stopped as soon as it gives more than it promised', async () => {
  const name = 'bomb';
  const bytes = new Uint8Array(64 << 20);
  const header = { name, dtype: 'uint8' as const, shape: [bytes.length], bytes };
  const bomb = await encodeInMemory(npz, [header], { compress: true });
  assert.ok(bomb.length < 100_000);
  const [honest] = await open(bomb, { memoryLimit: 1 << 20 });
  await assert.rejects(async () => honest?.read(wholeSlice([bytes.length])), { code: 'too-large' });
  // Now its directory lies: 1 MiB, and the array's header says so too.
  const small = await encodeInMemory(npz, [{ ...header, shape: [1 << 20], bytes: bytes.subarray(0, 1 << 20) }], {
    compress: true,
  });
  const lie = new DataView(bomb.buffer);
  const directory = lie.getUint32(bomb.length - 6, true);
  const smallDirectory = new DataView(small.buffer).getUint32(small.length - 6, true);
  lie.setUint32(directory + 24, new DataView(small.buffer).getUint32(smallDirectory + 24, true), true);
  await assert.rejects(open(bomb), { code: 'invalid-file' });
});

test('damaged archives end in clear errors, never in anything else', async () => {
  const random = seededRandom(33);
  for (let round = 0; round < 1500; round++) {
    let bytes = fromBase64(random.pick(Object.values(archives)).file);
    if (random.fraction() < 0.3) bytes = bytes.slice(0, random.integer(0, bytes.length));
    for (let i = random.integer(0, 6); i > 0 && bytes.length > 0; i--) {
      // Mostly in the directory and the headers, where the lengths are.
      const near = random.fraction() < 0.5 ? bytes.length - 700 : 0;
      const at = random.fraction() < 0.2 ? random.integer(0, bytes.length - 1) : near + random.integer(0, 699);
      if (at >= 0 && at < bytes.length) bytes[at] = random.bits();
    }
    try {
      for (const tensor of await open(bytes)) await tensor.read(wholeSlice(tensor.shape));
    } catch (error) {
      assert.ok(error instanceof TensorError, String(error instanceof Error ? error.stack : error));
      assert.ok(error.code === 'invalid-file' || error.code === 'too-large', error.code);
    }
  }
});

test('a stored member is checked as soon as all of it was read, whatever the order in which reads are answered', async () => {
  const bytes = Uint8Array.from({ length: 40 << 20 }, (_, i) => i >> 12);
  const file = await encodeInMemory(npz, [{ name: 'x', dtype: 'uint8', shape: [40, 1 << 20], bytes }]);
  const opened = async (): Promise<StoredTensor> => {
    let count = 0;
    const read = async (position: number, length: number): Promise<Uint8Array> => {
      if (count++ % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      return file.subarray(position, position + length);
    };
    return (await npz.open!({ size: file.length, read }))[0] as StoredTensor;
  };
  const whole = wholeSlice([40, 1 << 20]);
  assert.deepEqual(await (await opened()).read(whole), bytes);
  file[30 << 20]! ^= 1;
  const damaged = await opened();
  assert.ok(await damaged.read(parseSlice('30:', [40, 1 << 20])), 'a window says nothing');
  const wrong = { code: 'invalid-file', message: 'The checksum of x.npy is wrong: the file is damaged.' };
  await assert.rejects(damaged.read(whole), wrong);
  await assert.rejects(damaged.read(whole), wrong);
});

test('of members of one name the last one counts, as in NumPy', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'twice.npz');
    const script = `
import sys, warnings, io, zipfile, numpy as np
warnings.simplefilter('ignore')
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    for values in [[1, 2, 3], [4, 5]]:
        file = io.BytesIO()
        np.save(file, np.array(values, np.uint8))
        archive.writestr('x.npy', file.getvalue())
print(np.load(sys.argv[1])['x'].tolist())`;
    assert.equal(runPython(['-c', script, path]).trim(), '[4, 5]');
    const tensors = await open(readFileSync(path));
    assert.deepEqual(await Promise.all(tensors.map((tensor) => tensor.read(wholeSlice(tensor.shape)))), [
      new Uint8Array([4, 5]),
    ]);
  });
});

test('a member without the ending is an array by its content, and none beside one that has it', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'endings.npz');
    const script = `
import sys, io, zipfile, numpy as np
def content(values):
    file = io.BytesIO()
    np.save(file, np.array(values, np.uint8))
    return file.getvalue()
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    archive.writestr('a', content([1, 2]))
    archive.writestr('b', content([3]))
    archive.writestr('b.npy', content([4]))
    archive.writestr('readme.txt', 'text')
print(np.load(sys.argv[1])['a'].tolist())`;
    assert.equal(runPython(['-c', script, path]).trim(), '[1, 2]');
    const tensors = await open(readFileSync(path));
    const read = tensors.map(async (tensor) => {
      const values = (await tensor.read(wholeSlice(tensor.shape))) as Uint8Array;
      return [tensor.name, ...values];
    });
    assert.deepEqual(await Promise.all(read), [
      ['a', 1, 2],
      ['b', 4],
    ]);
  });
});

test('an archive behind other bytes is read as Python reads it, with a ZIP64 end record, too', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const limit of [0xffff, 0]) {
      const path = join(folder, `${limit}.npz`);
      const script = `
import sys, io, zipfile, numpy as np
zipfile.ZIP_FILECOUNT_LIMIT = int(sys.argv[2])
file = io.BytesIO()
np.savez(file, x=np.array([1, 2], np.uint8), y=np.array([3], np.uint8))
with open(sys.argv[1], 'wb') as output: output.write(b'#!/bin/sh\\n' + file.getvalue())
print(file.getvalue().count(b'PK\\6\\6'), np.lib.npyio.NpzFile(sys.argv[1])['y'].tolist())`;
      assert.equal(runPython(['-c', script, path, String(limit)]).trim(), `${limit === 0 ? 1 : 0} [3]`);
      const tensors = await open(readFileSync(path));
      assert.deepEqual(await Promise.all(tensors.map((tensor) => tensor.read(wholeSlice(tensor.shape)))), [
        new Uint8Array([1, 2]),
        new Uint8Array([3]),
      ]);
    }
  });
});

test('one bad member does not hide the others', async () => {
  const file = fromBase64(archives.stored.file);
  const text = Buffer.from(file).indexOf("'<f4'");
  file.set(Buffer.from("'|O8'"), text);
  const [weights, bias] = await open(file);
  assert.equal(weights?.dtype, 'unknown');
  assert.match(weights?.fault?.message ?? '', /pickle/);
  await assert.rejects(async () => weights?.read([]), { code: 'invalid-file' });
  assert.equal(bias?.dtype, 'float64');
});

test('formats are found by the ending', () => {
  assert.equal(formatForFile('/a/b.npy').name, 'npy');
  assert.equal(formatForFile('X.NPZ').name, 'npz');
  assert.throws(() => formatForFile('a.xyz'), { code: 'unknown-format', message: /"\.xyz"/ });
  assert.throws(() => formatForFile('dir.npy/a'), { code: 'unknown-format', message: /has no ending/ });
});
