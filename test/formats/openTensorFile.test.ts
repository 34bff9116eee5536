/** Files without a program: what `tensor/read` and `tensor/stats` would say of the tensors in them. */
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RequestOptions } from '../../src/extension/sources/tensorSource.ts';
import { SourceReader } from '../../src/extension/viewer/sourceReader.ts';
import { encodeInMemory } from '../../src/formats/format.ts';
import { temporaryScratch } from '../../src/formats/nodeFiles.ts';
import { npyHeader } from '../../src/formats/npyHeader.ts';
import { npz } from '../../src/formats/npz.ts';
import { safetensors } from '../../src/formats/safetensors.ts';
import { openTensorFile, type TensorFile } from '../../src/formats/openTensorFile.ts';
import type { TensorRequests } from '../../src/protocol/requests.ts';
import { encodeElements } from '../../src/tensor/dtypes.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { runPython } from './python.ts';

interface Expected {
  name: string;
  window: unknown;
  stats: Record<'min' | 'max' | 'mean' | 'std' | 'zeros' | 'nan' | 'posInf' | 'negInf' | 'firstNotFinite', number>;
  counts: number[];
}

/** Arrays large enough for several pieces, in every storage, and what NumPy says of them. */
const makeFiles = `
import json, sys, numpy as np
rng = np.random.default_rng(5)
base = rng.standard_normal((600, 50, 90)).astype(np.float32)
base[300, 7, 80] = np.nan
base[300, 8, 1] = -np.inf
base[1, 2, 3] = 0
files = {
    'rows.npy': base, 'columns.npy': np.asfortranarray(base), 'big.npy': base.astype('>f8'),
    'integers.npy': np.asfortranarray(rng.integers(-2**60, 2**60, (700, 900))),
}
out = []
for name, array in files.items():
    np.save(sys.argv[1] + '/' + name, array)
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    bad = np.flatnonzero(~np.isfinite(values.ravel()))
    part = array[tuple(slice(n // 2, n // 2 + 3) for n in array.shape[:-1]) + (slice(None, None, -17),)]
    out.append({'name': name, 'window': json.loads(json.dumps(part.astype(object).tolist())), 'stats': {
        'min': float(finite.min()), 'max': float(finite.max()), 'mean': float(finite.mean()), 'std': float(finite.std()),
        'zeros': int((values == 0).sum()), 'nan': int(np.isnan(values).sum()), 'posInf': int((values == np.inf).sum()),
        'negInf': int((values == -np.inf).sum()), 'firstNotFinite': int(bad[0]) if len(bad) else -1},
        'counts': np.histogram(finite, 10)[0].tolist()})
print(json.dumps(out))
`;

type Arguments<Name extends keyof TensorRequests> = Omit<TensorRequests[Name]['arguments'], 'tensor'>;

/** As the viewer asks for it. */
function read(file: TensorFile, id: string, args: Arguments<'tensor/read'> = {}) {
  return new SourceReader(file).request('tensor/read', { tensor: { id }, ...args });
}

async function statistics(
  file: TensorFile,
  id: string,
  args: Arguments<'tensor/stats'> = {},
  options?: RequestOptions,
) {
  return (await new SourceReader(file).request('tensor/stats', { tensor: { id }, ...args }, options)).stats;
}

function nearly(actual: number | null, expected: number): boolean {
  return actual !== null && Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
}

/** JSON of ours has the shortest digits of a float32, NumPy's the double's. */
function flat(values: unknown): number[] {
  return Array.isArray(values) ? values.flatMap(flat) : [Math.fround(Number(values))];
}

test('windows and statistics are those of NumPy, whatever order and width the file has', async () => {
  await inTemporaryFolder(async (folder) => {
    const files = JSON.parse(runPython(['-c', makeFiles, folder])) as Expected[];
    for (const { name, window, stats, counts } of files) {
      const file = await openTensorFile(join(folder, name));
      const [listed] = file.tensors;
      assert.equal(listed?.expression, name.slice(0, -4));
      const shape = listed?.tensor.shape as number[];
      const slice = shape.map((n, axis) => (axis === shape.length - 1 ? '::-17' : `${n >> 1}:${(n >> 1) + 3}`));
      const cut = await read(file, '0', { slice: slice.join(', ') });
      assert.deepEqual(flat(cut.values), flat(window), name);
      const found = await statistics(file, '0', { bins: 10 });
      assert.equal(found.where, 'host');
      for (const key of ['min', 'max', 'mean', 'std'] as const) {
        assert.ok(
          nearly(Number(found[key]), stats[key]) || Math.fround(stats[key]) === Math.fround(Number(found[key])),
          `${name} ${key}: ${found[key]} ${stats[key]}`,
        );
      }
      assert.deepEqual(
        [found.zeros, found.nan, found.posInf, found.negInf],
        [stats.zeros, stats.nan, stats.posInf, stats.negInf],
      );
      assert.equal(found.firstNotFinite ?? -1, stats.firstNotFinite, name);
      assert.deepEqual(found.histogram?.counts, counts, name);
      await file.dispose();
    }
  });
});

test('4 GiB in either order: cells and windows at once, in little memory', async () => {
  await inTemporaryFolder(async (folder) => {
    const shape = [1 << 15, 1 << 15];
    for (const fortranOrder of [false, true]) {
      const path = join(folder, `huge-${fortranOrder}.npy`);
      const head = npyHeader('<f4', shape, { fortranOrder });
      const descriptor = openSync(path, 'w');
      writeSync(descriptor, head);
      // The element [20000, 30000].
      const index = fortranOrder ? 30000 * shape[0]! + 20000 : 20000 * shape[1]! + 30000;
      ftruncateSync(descriptor, head.length + 4 * shape[0]! * shape[1]!);
      writeSync(descriptor, encodeElements([1.5], 'float32'), 0, 4, head.length + 4 * index);
      closeSync(descriptor);
      const before = process.memoryUsage().arrayBuffers;
      const file = await openTensorFile(path);
      assert.equal(file.tensors[0]?.tensor.byteLength, 2 ** 32);
      assert.deepEqual((await read(file, '0')).shape, [16, 64]);
      const window = await read(file, '0', { slice: '20000:20002, 29999:30002' });
      assert.deepEqual(window.values, [
        [0, 1.5, 0],
        [0, 0, 0],
      ]);
      assert.deepEqual((await read(file, '0', { slice: '19999:20003:2, 30000' })).values, [0, 0]);
      assert.ok(process.memoryUsage().arrayBuffers - before < 32 * 2 ** 20);
      await assert.rejects(read(file, '0', { slice: '...' }), { code: 'too-large' });
      await file.dispose();
    }
  });
});

test('archives: stored members in place, deflated ones through a scratch file that nobody sees', async () => {
  await inTemporaryFolder(async (folder) => {
    const bytes = encodeElements([1, 2, 3, 4, 5, 6], 'int16');
    const tensors = [{ name: 'a', dtype: 'int16' as const, shape: [2, 3], bytes }];
    const ours = () => readdirSync(tmpdir()).filter((name) => name.startsWith('tensor-debugger-')).length;
    const before = ours();
    for (const compress of [false, true]) {
      const path = join(folder, `${compress}.npz`);
      const large = { name: 'b', dtype: 'float32' as const, shape: [1000], bytes: new Uint8Array(4000) };
      writeFileSync(path, await encodeInMemory(npz, [...tensors, large], { compress }));
      const file = await openTensorFile(path);
      assert.deepEqual(
        file.tensors.map(({ expression, scope }) => [expression, scope]),
        [
          ['a', `${compress}.npz`],
          ['b', `${compress}.npz`],
        ],
      );
      assert.deepEqual((await read(file, '0')).values, [
        [1, 2, 3],
        [4, 5, 6],
      ]);
      assert.equal((await statistics(file, '1')).zeros, 1000);
      // It has no name from the start.
      assert.equal(ours(), before);
      await file.dispose();
    }
    const path = join(folder, 'x.safetensors');
    writeFileSync(path, await encodeInMemory(safetensors, tensors));
    const file = await openTensorFile(path);
    assert.deepEqual(
      (await read(file, '0', { slice: '1', encoding: 'bytes' })).bytes,
      Buffer.from(bytes.subarray(6)).toString('base64'),
    );
    await file.dispose();
  });
});

test('what an archive claims to unpack to is believed only as far as there is room', async () => {
  const scratch = temporaryScratch(1000);
  await scratch.create(600);
  await assert.rejects(scratch.create(600), { code: 'too-large', message: /unpacks to 600 B/ });
  await scratch.dispose();
  const unlimited = temporaryScratch(Infinity);
  await assert.rejects(unlimited.create(2 ** 60), { code: 'too-large', message: /has room for/ });
  await unlimited.dispose();
});

test('a member that can not be read says why, and the others are there', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'objects.npz');
    runPython([
      '-c',
      'import sys, numpy as np; np.savez(sys.argv[1], a=np.array([{}], dtype=object), b=np.arange(3))',
      path,
    ]);
    const file = await openTensorFile(path);
    assert.equal(file.tensors[0]?.tensor.access.how, 'none');
    assert.match(file.tensors[0]?.tensor.access.reason ?? '', /pickle/);
    await assert.rejects(read(file, '0'), { code: 'invalid-file', message: /pickle/ });
    await assert.rejects(statistics(file, '7'), { code: 'no-such-tensor' });
    assert.deepEqual((await read(file, '1')).values, [0, 1, 2]);
    await file.dispose();
  });
  await assert.rejects(openTensorFile('/nowhere/x.npy'), { code: 'file-system' });
  await assert.rejects(openTensorFile('/nowhere/x.png'), { code: 'unknown-format', message: /only written/ });
});

test('reading through can be watched, and cancelled', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'long.npy');
    runPython(['-c', 'import sys, numpy as np; np.save(sys.argv[1], np.zeros((5, 1 << 20), np.float32))', path]);
    const file = await openTensorFile(path);
    const fractions: number[] = [];
    await statistics(file, '0', {}, { onProgress: (fraction) => fractions.push(fraction) });
    assert.ok(fractions.length >= 5 && fractions.at(-1) === 1);
    const controller = new AbortController();
    const stopping = statistics(file, '0', {}, { signal: controller.signal, onProgress: () => controller.abort() });
    await assert.rejects(stopping, { code: 'cancelled' });
    await file.dispose();
  });
});
