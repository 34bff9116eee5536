import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesReader } from '../../src/formats/byteReader.ts';
import { encodeInMemory } from '../../src/formats/format.ts';
import type { StoredTensor } from '../../src/formats/format.ts';
import { safetensors } from '../../src/formats/safetensors.ts';
import { TensorError } from '../../src/protocol/errors.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { itemSize } from '../../src/tensor/dtypes.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import { parseSlice, wholeSlice } from '../../src/tensor/slice.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { seededRandom } from '../unit/random.ts';
import { runPython } from './python.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const random = seededRandom(41);
const dtypes: DType[] = [
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'complex64',
];
const tensors = dtypes.flatMap((dtype) =>
  [[], [3], [2, 0], [2, 3, 4]].map((shape) => {
    const bytes = Uint8Array.from({ length: sizeOf(shape) * itemSize(dtype) }, () => random.bits());
    return { name: `${dtype} ü/${shape.join('x')}`, dtype, shape, bytes };
  }),
);

const open = async (bytes: Uint8Array): Promise<StoredTensor[]> => (await safetensors.open?.(bytesReader(bytes))) ?? [];

test('what is written is read back, whole and by windows', async () => {
  const stored = await open(await encodeInMemory(safetensors, tensors));
  const byName = new Map(stored.map((tensor) => [tensor.name, tensor]));
  assert.equal(byName.size, tensors.length);
  for (const { name, dtype, shape, bytes } of tensors) {
    const tensor = byName.get(name);
    assert.equal(tensor?.dtype, dtype);
    assert.deepEqual(tensor?.shape, shape);
    assert.deepEqual(await tensor?.read(wholeSlice(shape)), bytes, name);
    if (shape.length !== 3) continue;
    const row = await tensor?.read(parseSlice('1, -1', shape));
    assert.deepEqual(row, bytes.slice(20 * itemSize(dtype)), name);
  }
});

/** Reads by the format's definition, with none of our code. */
const reader = `import json, struct, sys
data = open(sys.argv[1], 'rb').read()
length, = struct.unpack('<Q', data[:8])
assert length % 8 == 0
header = json.loads(data[8:8 + length])
body = data[8 + length:]
sizes = {'F16': 2, 'BF16': 2, 'F32': 4, 'F64': 8, 'BOOL': 1, 'C64': 8}
end = 0
for name, entry in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
    start, stop = entry['data_offsets']
    assert start == end
    end = stop
    size = sizes.get(entry['dtype']) or int(entry['dtype'][1:]) // 8
    assert start % size == 0
    count = 1
    for axis in entry['shape']: count *= axis
    assert stop - start == count * size
assert end == len(body)
print(json.dumps({name: [entry['dtype'], entry['shape'], body[slice(*entry['data_offsets'])].hex()] for name, entry in header.items()}))`;

test('another reader finds the same bytes, aligned and without gaps', async () => {
  const file = await encodeInMemory(safetensors, tensors);
  await inTemporaryFolder((folder) => {
    const path = join(folder, 'x.safetensors');
    writeFileSync(path, file);
    const found = JSON.parse(runPython(['-c', reader, path])) as Record<string, [string, number[], string]>;
    for (const { name, shape, bytes } of tensors) {
      assert.deepEqual(found[name]?.slice(1), [shape, Buffer.from(bytes).toString('hex')]);
    }
  });
});

test('what the format has no dtype for is refused before anything is written', () => {
  const header = { name: 'x', dtype: 'complex128' as const, shape: [1] };
  assert.throws(() => safetensors.encode([header]), { code: 'lossy-dtype', message: /no dtype for complex128/ });
  const twice = { name: 'x', dtype: 'float32' as const, shape: [1] };
  assert.throws(() => safetensors.encode([twice, twice]), /there twice/);
  assert.throws(() => safetensors.encode([{ ...twice, name: '__metadata__' }]), /reserved/);
});

test('a dtype that is not supported does not hide the others', async () => {
  const entry = (dtype: string, offsets: string): string =>
    `{"dtype":"${dtype}","shape":[4],"data_offsets":${offsets}}`;
  const file = fileOf(`{"scale":${entry('F8_E4M3', '[0,4]')},"x":${entry('U8', '[4,8]')}}`, 8);
  const [scale, x] = await open(file);
  assert.match(scale?.fault?.message ?? '', /"scale" has the dtype F8_E4M3, which is not supported/);
  await assert.rejects(async () => scale?.read([]), { code: 'invalid-file' });
  assert.deepEqual(await x?.read(wholeSlice([4])), new Uint8Array(4));
  const gap = fileOf(`{"scale":${entry('F8_E4M3', '[1,5]')},"x":${entry('U8', '[5,9]')}}`, 9);
  await assert.rejects(open(gap), { message: /"scale" start at 1, not at 0/ });
});

function fileOf(header: string, body = 0, length = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(Buffer.from(header), 8);
  return bytes;
}

test('hostile headers end in clear errors', async () => {
  const entry = (shape: string, offsets: string, dtype = '"F32"'): string =>
    `{"x": {"dtype": ${dtype}, "shape": ${shape}, "data_offsets": ${offsets}}}`;
  const hostile: [Uint8Array, RegExp][] = [
    [fileOf('{}', 0, 2 ** 40), /claims/],
    [fileOf('{}', 0, 100), /ends within/],
    [fileOf('{'), /no JSON/],
    [fileOf('[]'), /no JSON object/],
    [fileOf('[['.repeat(100_000)), /nests 200000 levels deep; tensors need 3/],
    [fileOf('{"x": 1}'), /is no object/],
    [fileOf(entry('[1]', '[0, 4]', '"F8"'), 4), /not supported/],
    [fileOf(entry('[1]', '[0, 4]', '['.repeat(100_000) + ']'.repeat(100_000)), 4), /levels deep/],
    [fileOf(entry('[1]', '[0, 4]', '7'), 4), /has no dtype/],
    [fileOf(entry('[-1]', '[0, 4]'), 4), /impossible shape/],
    [fileOf(entry('[1.5]', '[0, 4]'), 4), /impossible shape/],
    [fileOf(entry('[1]', '[0]'), 4), /impossible data_offsets/],
    [fileOf(entry('[2]', '[0, 4]'), 4), /4 bytes where its shape needs 8/],
    [fileOf(entry('[4294967296, 4294967296]', '[0, 4]'), 4), /needs 73786976294838206464/],
    [fileOf(entry('[1]', '[4, 8]'), 8), /start at 4, not at 0/],
    [fileOf(entry('[1]', '[0, 4]'), 8), /take 4 bytes, the file holds 8/],
    [fileOf(entry('[1]', '[0, 4]'), 2), /take 4 bytes, the file holds 2/],
    [new Uint8Array(3), /ends within/],
  ];
  for (const [file, message] of hostile) await assert.rejects(open(file), { code: 'invalid-file', message });
});

test('more tensors than can be listed are refused before they are parsed', async () => {
  const names = Array.from({ length: 2 ** 17 + 1 }, (_, i) => i);
  const entries = names.map((i) => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`);
  const message = 'The safetensors header lists 131073 tensors; up to 131072 are read.';
  await assert.rejects(open(fileOf(`{${entries.join(',')}}`)), { code: 'too-large', message });
});

test('damaged files end in clear errors, never in anything else', async () => {
  const file = await encodeInMemory(safetensors, tensors.slice(0, 8));
  for (let round = 0; round < 1000; round++) {
    const bytes = file.slice(0, random.fraction() < 0.3 ? random.integer(0, file.length) : file.length);
    for (let i = random.integer(0, 3); i > 0 && bytes.length > 0; i--) {
      bytes[random.integer(0, bytes.length - 1)] = random.bits();
    }
    try {
      for (const tensor of await open(bytes)) await tensor.read(wholeSlice(tensor.shape));
    } catch (error) {
      assert.ok(error instanceof TensorError && error.code === 'invalid-file', String(error));
    }
  }
});
