/** --export: the file is the tensor, or its slice; nothing is replaced by accident. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { inspect, runCli, tensorOf } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

/** What NumPy itself reads from a file: per array its name, dtype, shape and values. */
function numpy(file: string): Record<string, { dtype: string; shape: number[]; values: unknown }> {
  const script = `
import json, sys, numpy as np
loaded = np.load(sys.argv[1])
arrays = {'': loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
text = json.dumps({name: {'dtype': str(a.dtype), 'shape': list(a.shape), 'values': a.tolist()} for name, a in arrays.items()})
print(text.replace('NaN', '"NaN"').replace('Infinity', '"Infinity"'))`;
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' })) as ReturnType<
    typeof numpy
  >;
}

test('one tensor to .npy', async () => {
  const file = join(folder, 'one.npy');
  const { status, document } = await inspect(['--expr', 'matrix', '--export', file, 'expressions.js']);
  assert.equal(status, 0);
  const { bytes, ...rest } = document.exports[0] ?? assert.fail('nothing was exported');
  assert.deepEqual(rest, { file, format: 'npy', tensors: ['matrix'] });
  assert.equal(bytes, statSync(file).size);
  assert.deepEqual(numpy(file)['']?.values, [
    [1, 2, 3],
    [4, 5, 6],
  ]);
});

test('the slice, if one is given', async () => {
  const file = join(folder, 'slice.npy');
  const args = ['--expr', 'matrix', '--slice', ':, ::2', '--export', file, 'expressions.js'];
  const { status } = await inspect(args);
  assert.equal(status, 0);
  assert.deepEqual(numpy(file)['']?.values, [
    [1, 3],
    [4, 6],
  ]);
});

test('every tensor of the frame to .npz', async () => {
  const file = join(folder, 'all.npz');
  const { status, document } = await inspect(['--export', file, 'arrays.js']);
  assert.equal(status, 0);
  const arrays = numpy(file);
  assert.deepEqual(
    Object.keys(arrays),
    document.tensors.map(({ expression }) => expression),
  );
  assert.deepEqual(arrays['model.weights[1]'], { dtype: 'int8', shape: [2], values: [-128, 127] });
  assert.deepEqual(document.exports[0]?.tensors, Object.keys(arrays));
});

test('status 4: several tensors do not fit into .npy', async () => {
  const file = join(folder, 'several.npy');
  const { status, document, stderr } = await inspect(['--export', file, 'arrays.js']);
  assert.equal(status, 4);
  assert.equal(existsSync(file), false);
  assert.deepEqual(document.exports, []);
  assert.match(stderr, /npz/);
  assert.deepEqual(tensorOf(document, 'block').values, [0, 1, 2, 3, 4, 5]);
});

test('status 4: a file that exists is refused, and left as it is', async () => {
  const file = join(folder, 'precious.npy');
  writeFileSync(file, 'precious');
  const args = ['--expr', 'values', '--export', file, 'expressions.js'];
  const { status, document, stderr } = await inspect(args);
  assert.equal(status, 4);
  assert.equal(readFileSync(file, 'utf8'), 'precious');
  assert.deepEqual(document.tensors[0]?.values, [1, 2, 3, 4], 'the read is not lost');
  assert.match(stderr, /precious\.npy/);
  assert.match(
    stderr,
    /^tensor-debugger: .*precious\.npy exists, and will not be replaced without --force/m,
    'told at the start',
  );

  const forced = await inspect(['--force', ...args]);
  assert.equal(forced.status, 0);
  assert.deepEqual(numpy(file)['']?.values, [1, 2, 3, 4]);
});

test('status 4: a folder that is not there', async () => {
  const { status, stderr } = await inspect(['--expr', 'values', '--export', '/nowhere/x.npy', 'expressions.js']);
  assert.equal(status, 4);
  assert.match(stderr, /\/nowhere/);
});

test('status 4: a folder that takes no files is not said to be missing', async () => {
  const { status, stderr } = await inspect(['--expr', 'values', '--export', '/proc/x.npy', 'expressions.js']);
  assert.equal(status, 4);
  assert.match(stderr, /x\.npy could not be written in \/proc: that folder takes no new files/);
});

test('status 4: what could be read is written, the rest says why it could not', async () => {
  const file = join(folder, 'rest.npz');
  const { status, document } = await inspect([
    '--expr',
    'missing',
    '--expr',
    'values',
    '--export',
    file,
    'expressions.js',
  ]);
  assert.equal(status, 4);
  assert.deepEqual(document.exports[0]?.tensors, ['values']);
  assert.deepEqual(Object.keys(numpy(file)), ['values']);
});

test('many tensors in a file are counted, not named', async () => {
  const elements = Array.from({ length: 11 }, (_, k) => ['--expr', `values.subarray(${k})`]).flat();
  const slices = ['--slice', ':0', '--export', join(folder, 'many.json'), '--then', 'end', 'expressions.js'];
  const { stdout } = await runCli(['inspect', ...elements, ...slices]);
  assert.match(stdout, /^Wrote .*many\.json \(\d+ B\): 11 tensors$/m);
});

test('status 4: a string that would be another one is refused, the bits of a NaN are not', async () => {
  const strings = join(folder, 'strings.npz');
  const both = ['--expr', 'words', '--expr', 'numbers', '--export', strings, 'lossy.js'];
  const refused = await inspect(both);
  assert.equal(refused.status, 4);
  assert.equal(existsSync(strings), false);
  const { code, message, help } = refused.document.warnings[0] ?? assert.fail('nothing was said');
  assert.deepEqual([code, message], ['lossy-dtype', 'words[1] is "b\\u0000" and becomes "b" in NumPy archive.']);
  assert.equal(help, 'Write .json: it keeps every string. Or write it as it is, with --force.');

  const forced = await inspect(['--force', ...both]);
  assert.equal(forced.status, 0);
  assert.equal(forced.document.warnings[0]?.message, message);
  assert.deepEqual(numpy(strings)['words']?.values, ['a', 'b']);

  const text = join(folder, 'numbers.csv');
  const written = await inspect(['--expr', 'numbers', '--export', text, 'lossy.js']);
  assert.equal(written.status, 0);
  assert.match(written.document.warnings[0]?.message ?? '', /^numbers\[1\] is NaN with the bits 0xffc00000/);
  assert.equal(readFileSync(text, 'utf8'), '1\nnan\n');

  // A format that keeps the strings takes the numbers beside them as it takes them alone.
  const kept = join(folder, 'both.json');
  const mixed = await inspect(['--expr', 'words', '--expr', 'numbers', '--export', kept, 'lossy.js']);
  assert.equal(mixed.status, 0);
  assert.match(mixed.document.warnings[0]?.message ?? '', /^numbers\[1\] is NaN with the bits 0xffc00000/);
  assert.deepEqual((JSON.parse(readFileSync(kept, 'utf8')) as { words: unknown }).words, {
    dtype: 'string',
    shape: [2],
    values: ['a', 'b\0'],
  });
});

test('an image spans the values that are there', async () => {
  const file = join(folder, 'matrix.png');
  const { status, document } = await inspect(['--expr', 'matrix', '--export', file, 'expressions.js']);
  assert.equal(status, 0);
  assert.match(document.warnings[0]?.message ?? '', /256 levels from 1 to 6/);
  // Two rows of three, each behind its filter byte: black to white.
  const png = readFileSync(file);
  const data = png.indexOf('IDAT');
  const levels = [...inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)))];
  assert.deepEqual(levels, [0, 0, 51, 102, 0, 153, 204, 255]);
});

test('a heatmap, where the name says so', async () => {
  const file = join(folder, 'matrix.heatmap.png');
  const { status, document } = await inspect(['--expr', 'matrix', '--export', file, 'expressions.js']);
  assert.equal(status, 0);
  assert.equal(document.exports[0]?.format, 'png');
  const image = readFileSync(file);
  assert.equal(image[25], 2, 'RGB');
  const data = image.indexOf('IDAT');
  const bytes = [...inflateSync(image.subarray(data + 4, data + 4 + image.readUInt32BE(data - 4)))];
  assert.deepEqual(
    [bytes.slice(1, 4), bytes.slice(-3)],
    [
      [0x44, 0x01, 0x54],
      [0xfd, 0xe7, 0x25],
    ],
  );
});

test('in a terminal, the file is named', async () => {
  const file = join(folder, 'named.npy');
  const { stdout } = await runCli(['inspect', '--expr', 'values', '--export', file, 'expressions.js']);
  assert.match(stdout, /Wrote .*named\.npy \(144 B\): values/);
});
