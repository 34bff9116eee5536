/** CSV and JSON files that are damaged or mean harm: values, or a clear error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesReader } from '../../src/formats/byteReader.ts';
import { csv } from '../../src/formats/csv.ts';
import type { Format } from '../../src/formats/format.ts';
import { json } from '../../src/formats/json.ts';
import { TensorError } from '../../src/protocol/errors.ts';
import { wholeSlice } from '../../src/tensor/slice.ts';
import { seededRandom } from '../unit/random.ts';

const random = seededRandom(43);

async function readAll(format: Format, bytes: Uint8Array): Promise<void> {
  for (const tensor of await format.open!(bytesReader(bytes))) await tensor.read(wholeSlice(tensor.shape));
}

const files: [Format, string][] = [
  [csv, '1,2.5,nan\n-inf,1e300,0\n'],
  [csv, '"a ""quoted"" cell",b\r\n"c\nd",e\r\n'],
  [csv, 'axis_0,axis_1,value\n0,0,1\n0,1,2\n1,0,3\n1,1,4\n'],
  [json, '[[1,2.5],["NaN",-3]]'],
  [json, '{"dtype":"int64","shape":[2,2],"values":[[1,"9007199254740993"],[3,4]]}'],
  [
    json,
    '{"a":{"dtype":"complex64","shape":[1],"values":[[1,2]]},"b":{"dtype":"bool","shape":[2],"values":[true,false]}}',
  ],
  [json, '{"dtype":"string","shape":[2],"values":["x","y"]}'],
];

test('damaged files end in values or clear errors, never in anything else', async () => {
  for (const [format, text] of files) {
    const file = new TextEncoder().encode(text);
    await readAll(format, file);
    for (let round = 0; round < 300; round++) {
      const bytes = file.slice(0, random.fraction() < 0.3 ? random.integer(0, file.length) : file.length);
      for (let i = random.integer(0, 3); i > 0 && bytes.length > 0; i--) {
        bytes[random.integer(0, bytes.length - 1)] = random.bits();
      }
      try {
        await readAll(format, bytes);
      } catch (error) {
        assert.ok(error instanceof TensorError && error.code === 'invalid-file', `${text}: ${String(error)}`);
      }
    }
  }
});

test('hostile files are refused', async () => {
  const typed = (shape: string, values: string, dtype = 'float32') =>
    `{"dtype":"${dtype}","shape":${shape},"values":${values}}`;
  const hostile: [Format, string][] = [
    [json, '['.repeat(1_000_000)],
    [json, '['.repeat(100_000) + ']'.repeat(100_000)],
    [json, typed('[9007199254740991]', '[]')],
    [json, typed('[0,9007199254740991,9007199254740991]', '[1]')],
    [json, typed('[-1]', '[]')],
    [json, typed('[1e400]', '[]')],
    [json, typed(`[${'1,'.repeat(99)}1]`, '1')],
    [json, typed('[1]', '["99999999999999999999999"]', 'int64')],
    [json, typed('[1]', '[1]', '__proto__')],
    [json, typed('[1]', '[{}]')],
    [json, `{"dtype":${'['.repeat(100_000)}${']'.repeat(100_000)},"shape":[],"values":1}`],
    [csv, 'axis_0,axis_1,value\n0,999999999,1\n'],
    [csv, 'axis_0,value\n0,1\n0,2\n'],
    [csv, '"'.repeat(1_000_001)],
    [csv, '1,2\n3\n'],
  ];
  for (const [format, text] of hostile) {
    await assert.rejects(readAll(format, new TextEncoder().encode(text)), { code: 'invalid-file' }, text.slice(0, 80));
  }
});

test('what takes many times its size once it is read is refused before it is held, with the numbers', async () => {
  const memoryLimit = 2000;
  const bombs: [Format, string, RegExp][] = [
    [csv, '1\n'.repeat(500), /up to 501 cells; at 8 bytes per cell they take 3\.9 KB, more than the 2 KB/],
    [csv, '\n'.repeat(500), /up to 501 cells/],
    [csv, ','.repeat(500), /up to 501 cells/],
    [csv, `axis_0,value\n${'0,1\n'.repeat(200)}`, /up to 403 cells/],
    [csv, 'a,b\n'.repeat(50), /up to 101 cells; at 64 bytes per text/],
    [json, `[${'[],'.repeat(100)}[]]`, /up to 203 values in 102 arrays and objects; parsed, they take about 9\.5 KB/],
    [json, `{"dtype":"uint8","shape":[400],"values":[${'1,'.repeat(399)}1]}`, /up to 405 values/],
    [json, '['.repeat(500), /in 500 arrays and objects/],
    [json, `[${'"",'.repeat(400)}""]`, /up to 402 values/],
  ];
  for (const [format, text, message] of bombs) {
    const opening = format.open!(bytesReader(new TextEncoder().encode(text)), { memoryLimit });
    await assert.rejects(opening, { code: 'too-large', message }, text.slice(0, 80));
  }
  const fits = '"a, \\"b\\", [c]"';
  const opened = await json.open!(bytesReader(new TextEncoder().encode(`[${fits}]`)), { memoryLimit: 200 });
  assert.deepEqual(opened[0]?.shape, [1]);
});
