/** TensorFlow.js programs: on the CPU in JavaScript, on WebGPU in TypeScript. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect, lineOf, tensorOf } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

test('cpu: every dtype, a container, a disposed tensor', async () => {
  const { status, document, stderr } = await inspect(['tfjsCpu.js']);
  assert.deepEqual(
    document.runtimes.map(({ name, backend, mode }) => [name, backend, mode]),
    [['tfjs', 'cpu', 'eager']],
  );
  assert.deepEqual(tensorOf(document, 'matrix').values, [
    [1.5, -2, 3.7],
    ['NaN', 0, 6],
  ]);
  assert.deepEqual([tensorOf(document, 'scalar').values, tensorOf(document, 'scalar').shape], [7, []]);
  assert.deepEqual(tensorOf(document, 'flags').values, [true, false, true]);
  assert.deepEqual(tensorOf(document, 'words').values, ['a', 'b"c']);
  assert.deepEqual(tensorOf(document, 'spectrum').values, [
    [1, -3],
    [2, 4],
  ]);
  assert.deepEqual(tensorOf(document, 'model.layers[0]').values, [
    [1, 1],
    [1, 1],
  ]);
  const gone = tensorOf(document, 'gone');
  assert.deepEqual([gone.state, gone.values], ['disposed', null]);
  assert.match(gone.error ?? '', /disposed/);
  assert.equal(status, 4);
  // Reading made and freed nothing: matrix, scalar, flags, words, and of the complex one itself and its two parts.
  assert.match(stderr, /^\d+$/m);
});

test('webgpu: read on the device at a breakpoint in TypeScript, with what it cost', async () => {
  const line = lineOf('tfjsWebgpu.ts', '#BP');
  const file = join(temporaryFolder(), 'product.npy');
  const { status, document, stderr } = await inspect([
    ...['--break', `tfjsWebgpu.ts:${line}`, '--expr', 'product', '--slice', '-1, ::-21', '--stats'],
    ...['--export', file, '--force', 'tfjsWebgpu.ts'],
  ]);
  assert.equal(status, 0);
  const product = tensorOf(document, 'product');
  assert.deepEqual(
    [product.runtime, product.dtype, product.shape, product.device?.type, product.location, product.access?.how],
    ['tfjs', 'float32', [64, 64], 'webgpu', 'device', 'copy'],
  );
  assert.deepEqual(product.values, [4095, 4074, 4053, 4032]);
  assert.ok(product.cost && product.cost.bytes <= 64 * 4 && product.cost.readbacks > 0, JSON.stringify(product.cost));
  assert.equal(product.cost?.wholeBytes, 64 * 64 * 4);
  const { mean, std, ...stats } = product.stats ?? assert.fail('no statistics');
  assert.deepEqual(stats, { count: 4096, min: 0, max: 4095, zeros: 1, nan: 0, posInf: 0, negInf: 0, where: 'device' });
  assert.ok(Math.abs(Number(mean) - 2047.5) < 1e-3);
  assert.ok(Math.abs(Number(std) - Math.sqrt((4096 ** 2 - 1) / 12)) < 1e-2);
  // The slice, for one was given.
  assert.equal(readFileSync(file).readFloatLE(readFileSync(file).length - 16), 4095);
  // The program never noticed.
  assert.match(stderr, /backend webgpu, last 4095, tensors \d+/);
});

test('webgpu: a buffer at a stop inside an immediate, behind which the callback of the GPU binding stands', async () => {
  const { status, document } = await inspect(['--expr', 'held.buffer as float32[4]', 'insideImmediate.mjs']);
  assert.deepEqual([status, document.tensors[0]?.values, document.tensors[0]?.error], [0, [1.5, 2.5, 3.5, 4.5], null]);
  // Its own readback is there afterwards.
  assert.equal(document.program.exitCode, 0);
});

test('webgpu: every tensor in the frame', async () => {
  const line = lineOf('tfjsWebgpu.ts', '#BP');
  const { status, document } = await inspect(['--break', `tfjsWebgpu.ts:${line}`, 'tfjsWebgpu.ts']);
  assert.equal(status, 0);
  const names = document.tensors.map(({ expression }) => expression);
  for (const name of ['left', 'identity', 'product', 'negative']) assert.ok(names.includes(name), names.join(', '));
  const product = tensorOf(document, 'product');
  assert.equal(product.slice, '0:16, 0:64');
  assert.ok(Array.isArray(product.values) && product.values.length === 16);
});

test('symbolic tensors that are listed say why they have no value, and fail only where they are asked for', async () => {
  const { status, document } = await inspect(['--stats', 'layers.mjs']);
  assert.match(tensorOf(document, 'input').error ?? '', /symbolic tensor of the Layers API/);
  assert.deepEqual(tensorOf(document, 'warm').values, [[2]]);
  assert.deepEqual([status, document.warnings], [0, []]);
  assert.equal((await inspect(['--expr', 'input', 'layers.mjs'])).status, 4);
});
