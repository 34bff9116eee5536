/**
 * One suite over every reader. A debuggee per runtime publishes what it holds; each tensor is described, read whole, read
 * by random slices and reduced, and compared with what the program says and with plain reference implementations.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DType, JsonValues } from '../../src/protocol/tensor.ts';
import { itemSize } from '../../src/tensor/dtypes.ts';
import { runPython } from '../formats/python.ts';
import { nodeBinaries, nodeBinary } from '../support/environment.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { pickBytes, positions, randomSlice, referenceStatistics, referenceValues } from '../support/reference.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { seededRandom } from '../unit/random.ts';

interface PublishedTensor {
  expression: string;
  dtype: DType;
  shape: number[];
  base64?: string;
  strings?: string[];
  className?: string;
  label?: string;
  runtime?: string;
  device?: string;
  location?: string;
  how?: string;
  strides?: number[];
  offset?: number;
}

interface Runtime {
  name: string;
  program: string;
  executable?: string;
  env?: Record<string, string>;
  slicesEach: number;
}

const runtimes: Runtime[] = [
  ...nodeBinaries().map(({ major, path }) => ({
    name: `host arrays on Node ${major}`,
    program: 'readers/hostArrays.mjs',
    executable: path,
    slicesEach: 8,
  })),
  { name: 'TF.js cpu', program: 'readers/tfjsCpu.mjs', slicesEach: 12 },
  { name: 'TF.js wasm', program: 'readers/tfjsWasm.mjs', slicesEach: 12 },
  { name: 'TF.js webgpu', program: 'readers/tfjsWebgpuTensors.mjs', slicesEach: 12 },
  ...nodeBinaries().map(({ major, path }) => ({
    name: `ONNX Runtime and transformers.js on Node ${major}`,
    program: 'readers/onnxruntime.mjs',
    executable: path,
    slicesEach: 3,
  })),
  ...['cpu', 'wasm', 'webgpu'].map((device) => ({
    name: `jax-js ${device}`,
    program: 'readers/jax.mjs',
    env: { JAX_DEVICE: device },
    slicesEach: 6,
  })),
  {
    name: 'jax-js wasm on Node 24',
    program: 'readers/jax.mjs',
    executable: nodeBinary(24),
    env: { JAX_DEVICE: 'wasm' },
    slicesEach: 2,
  },
  { name: 'GPUBuffer', program: 'readers/gpuBuffers.mjs', slicesEach: 8 },
  { name: 'Symbol.for("tensor.inspect")', program: 'readers/inspectable.mjs', slicesEach: 4 },
];

/** Values that are bytes here, whatever the dtype says. */
function bytesOf(published: PublishedTensor): Uint8Array {
  return new Uint8Array(Buffer.from(published.base64!, 'base64'));
}

/** Whether NumPy takes each file for Fortran order, its shape, and a hash of its elements row-major. */
const fortranArrays = `
import hashlib, json, sys
import numpy as np
def seen(path):
    a = np.load(path)
    return [bool(a.flags.f_contiguous), list(a.shape), hashlib.sha256(a.tobytes('C')).hexdigest()]
print(json.dumps([seen(path) for path in sys.argv[1:]]))`;

function flat(values: JsonValues | undefined): JsonValues[] {
  return Array.isArray(values) ? values.flatMap(flat) : [values!];
}

/** Says where the first difference is: the bytes themselves would fill the screen. */
function assertBytes(actual: Uint8Array, expected: Uint8Array, where: string): void {
  assert.equal(actual.byteLength, expected.byteLength, `${where}: byteLength`);
  const at = actual.findIndex((byte, index) => byte !== expected[index]);
  if (at < 0) return;
  const around = (bytes: Uint8Array) => Buffer.from(bytes.subarray(at - (at % 8), at - (at % 8) + 16)).toString('hex');
  assert.fail(`${where}: byte ${at} differs: ${around(actual)} instead of ${around(expected)}`);
}

for (const runtime of runtimes) {
  describe(runtime.name, () => {
    let program: PausedProgram;
    let list: PublishedTensor[];
    const ids = new Map<string, string>();

    before(async () => {
      program = await PausedProgram.start(runtime.program, {
        ...(runtime.executable !== undefined && { executable: runtime.executable }),
        ...(runtime.env && { env: runtime.env }),
      });
      list = JSON.parse((await program.ask('published.json')) as string) as PublishedTensor[];
    });
    after(() => program.end());

    const evaluate = async (expression: string): Promise<string> => {
      const known = ids.get(expression);
      if (known !== undefined) return known;
      const { id } = await program.inspector.evaluate(program.top, expression, { throwOnSideEffect: true });
      ids.set(expression, id);
      return id;
    };

    test('describes every tensor as the program knows it, before anything is read', async () => {
      assert.ok(list.length > 0);
      for (const published of list) {
        const tensor = await program.inspector.describe(await evaluate(published.expression));
        const { expression, dtype, shape } = published;
        assert.deepEqual({ dtype: tensor.dtype, shape: tensor.shape }, { dtype, shape }, expression);
        assert.equal(tensor.state, 'live', expression);
        const elements = shape.reduce((product, count) => product * count, 1);
        assert.equal(tensor.byteLength, dtype === 'string' ? 0 : elements * itemSize(dtype), expression);
        if (published.className !== undefined) assert.equal(tensor.className, published.className, expression);
        if (published.label !== undefined) assert.equal(tensor.label, published.label, expression);
        if (published.runtime !== undefined) assert.equal(tensor.runtime, published.runtime, expression);
        if (published.device !== undefined) assert.equal(tensor.device.type, published.device, expression);
        if (published.location !== undefined) assert.equal(tensor.location, published.location, expression);
        if (published.how !== undefined) assert.equal(tensor.access.how, published.how, expression);
        if (published.strides) assert.deepEqual(tensor.strides, published.strides, expression);
        if (published.offset !== undefined) assert.equal(tensor.offset, published.offset, expression);
      }
    });

    test('exports every tensor with axes in Fortran order, as NumPy has it', async () => {
      await inTemporaryFolder(async (folder) => {
        const exported = list.filter(({ strings, shape }) => !strings && shape.length > 1);
        for (const [index, { expression }] of exported.entries()) {
          const tensors = [{ name: expression, id: await evaluate(expression) }];
          const file = join(folder, `${index}.npy`);
          await program.inspector.export({ file, force: false, tensors, encoding: { fortranOrder: true } });
        }
        const files = exported.map((_, index) => join(folder, `${index}.npy`));
        const loaded = JSON.parse(runPython(['-c', fortranArrays, ...files])) as [boolean, number[], string][];
        for (const [index, [isFortran, shape, hash]] of loaded.entries()) {
          const published = exported[index]!;
          const expected = createHash('sha256').update(bytesOf(published)).digest('hex');
          assert.deepEqual([isFortran, shape, hash], [true, published.shape, expected], published.expression);
        }
      });
    });

    test('reads every tensor whole, bit for bit', async () => {
      for (const published of list) {
        const id = await evaluate(published.expression);
        const encoding = published.strings ? 'json' : 'bytes';
        const read = await program.inspector.read(id, { slice: '...', encoding });
        assert.deepEqual(read.shape, published.shape, published.expression);
        if (published.dtype.startsWith('complex') && runtime.name === 'TF.js webgpu') {
          // Two buffers, read together: that is one readback, of as many bytes as the elements have, and a few to align them.
          assert.ok(read.cost.bytes <= read.cost.wholeBytes + 16, `${published.expression}: ${read.cost.bytes} bytes`);
          assert.ok(read.cost.readbacks <= 1, `${published.expression}: ${read.cost.readbacks} readbacks`);
        }
        if (published.dtype === 'bool' && read.tensor.layout === 'strided') {
          const { storedByteLength, byteLength } = read.tensor;
          const { wholeBytes, bytes } = read.cost;
          const moved = storedByteLength ?? byteLength;
          assert.ok(
            wholeBytes >= moved && wholeBytes < moved + 4,
            `${published.expression}: ${wholeBytes} of ${moved}`,
          );
          // What begins within a word takes some more.
          if (['tfjs', 'jax-js'].includes(read.tensor.runtime))
            assert.ok(bytes <= wholeBytes, `${published.expression}: ${bytes} bytes`);
        }
        if (published.strings) assert.deepEqual(flat(read.values), published.strings, published.expression);
        else {
          assertBytes(Buffer.from(read.bytes!, 'base64'), bytesOf(published), published.expression);
          const chunk = await program.inspector.readBytes(id, 3, 29);
          assertBytes(chunk, bytesOf(published).subarray(3, 32), `${published.expression}, readBytes`);
        }
      }
    });

    test('reads random slices as the reference does', async () => {
      const random = seededRandom(20_26);
      let count = 0;
      for (const published of list) {
        const { expression, shape, dtype } = published;
        const id = await evaluate(expression);
        const wanted = Array.from({ length: runtime.slicesEach }, () => randomSlice(random, shape));
        // One after another: Node's inspector holds the second of two answers back for 40 ms (Nagle's algorithm).
        for (const { text, indices, shape: cut } of wanted) {
          const encoding = published.strings ? 'json' : 'bytes';
          const read = await program.inspector.read(id, { slice: text, encoding });
          const where = `${expression}[${text}] of [${shape.join(', ')}]`;
          assert.deepEqual(read.shape, cut, where);
          const at = positions(shape, indices);
          if (published.strings) {
            assert.deepEqual(
              flat(read.values),
              at.map((position) => published.strings![position]),
              where,
            );
          } else {
            const expected = pickBytes(bytesOf(published), itemSize(dtype), at);
            assertBytes(Buffer.from(read.bytes!, 'base64'), expected, where);
          }
          count++;
        }
      }
      assert.equal(count, list.length * runtime.slicesEach);
    });

    test('finds the NaNs and infinities of every tensor, in both directions', async () => {
      let found = 0;
      for (const published of list) {
        const { expression, dtype, shape } = published;
        if (dtype === 'string' || dtype === 'unknown' || dtype.startsWith('complex')) continue;
        const id = await evaluate(expression);
        const values = referenceValues(bytesOf(published), dtype);
        const all = values.flatMap((value, index) => (Number.isFinite(Number(value)) ? [] : [index]));
        // A few steps from either end.
        const expected = all.slice(0, 3);
        const forwards = [];
        for (let at: number | null = -1; forwards.length <= expected.length; forwards.push(at)) {
          at = await program.inspector.find(id, at, 'next');
          if (at === null || forwards.length === expected.length) break;
        }
        assert.deepEqual(forwards, expected, `${expression}, forwards`);
        const elements = shape.reduce((product, count) => product * count, 1);
        assert.equal(await program.inspector.find(id, elements, 'previous'), all.at(-1) ?? null, expression);
        assert.equal(await program.inspector.find(id, all.at(-1) ?? 0, 'previous'), all.at(-2) ?? null, expression);
        assert.equal(await program.inspector.find(id, all.at(-1) ?? -1, 'next'), null, expression);
        found += all.length;
      }
      const floats = list.some(({ dtype }) => dtype === 'float32');
      assert.ok(found > 0 || !floats, 'the program has some');
    });

    test('reduces every tensor as float64 arithmetic does', async () => {
      for (const published of list) {
        const { expression, dtype } = published;
        if (dtype === 'string' || dtype === 'unknown' || dtype.startsWith('complex')) continue;
        const bins = 7;
        const stats = await program.inspector.stats(await evaluate(expression), { bins });
        const values = referenceValues(bytesOf(published), dtype);
        const reference = referenceStatistics(values);
        const where = `${expression} (${stats.where})`;
        assert.deepEqual(
          [stats.count, stats.zeros, stats.nan, stats.posInf, stats.negInf, stats.firstNotFinite],
          [
            reference.count,
            reference.zeros,
            reference.nan,
            reference.posInf,
            reference.negInf,
            reference.firstNotFinite,
          ],
          where,
        );
        assertExtreme(stats.min, reference.min, dtype, `${where}: min`);
        assertExtreme(stats.max, reference.max, dtype, `${where}: max`);
        // What deviceStatistics.ts promises: float32 within groups of elements, double precision over them.
        const [meanTolerance, stdTolerance] =
          stats.where === 'device'
            ? [1e-6 * (reference.std ?? 0) + 2 ** -23 * reference.scale, 1e-5 * (reference.std ?? 0)]
            : [1e-13 * reference.scale, 1e-12 * (reference.std ?? 0)];
        assertNear(stats.mean, reference.mean, meanTolerance, `${where}: mean`);
        assertNear(stats.std, reference.std, stdTolerance, `${where}: std`);
        if (reference.finite === 0) assert.equal(stats.histogram, null, where);
        else {
          const counts = stats.histogram!.counts;
          assert.equal(counts.length, bins, where);
          const expected = referenceHistogram(values, reference, bins);
          if (stats.where === 'host') assert.deepEqual(counts, expected, where);
          else assertHistogram(counts, expected, values, stats.histogram!, where);
        }
      }
    });
  });
}

/** In the dtype's own precision, the two zeros alike. */
/** @param actual as it is reported: the shortest digits, or a string where a JSON number would lose something */
function assertExtreme(
  actual: number | string | null,
  expected: number | bigint | null,
  dtype: DType,
  where: string,
): void {
  const message = `${where}: ${String(actual)} instead of ${String(expected)}`;
  if (expected === null || actual === null) assert.equal(actual, expected, message);
  else if (dtype === 'float16' || dtype === 'bfloat16')
    assertNear(Number(actual), Number(expected), Math.abs(Number(expected)) * 2 ** -8, where);
  else if (typeof expected === 'bigint') assert.equal(BigInt(actual), expected, message);
  else assert.ok((dtype === 'float32' ? Math.fround(Number(actual)) : Number(actual)) === expected, message);
}

function assertNear(actual: number | null, expected: number | null, tolerance: number, where: string): void {
  if (actual === null || expected === null) assert.equal(actual, expected, where);
  else
    assert.ok(
      actual === expected || Math.abs(actual - expected) <= tolerance,
      `${where}: ${actual} instead of ${expected}`,
    );
}

/** The device computes bins in float32: an element within a rounding of an edge may fall on its other side. */
function assertHistogram(
  actual: number[],
  expected: number[],
  values: readonly (number | bigint)[],
  { min, max }: { min: number; max: number },
  where: string,
): void {
  const sum = (counts: number[], bins: number) => counts.slice(0, bins).reduce((total, count) => total + count, 0);
  const rounding = Math.max(Math.abs(min), Math.abs(max)) * 2 ** -21;
  for (let bin = 1; bin <= expected.length; bin++) {
    const edge = min + ((max - min) / expected.length) * bin;
    const near =
      bin === expected.length ? 0 : values.filter((value) => Math.abs(Number(value) - edge) <= rounding).length;
    const difference = Math.abs(sum(actual, bin) - sum(expected, bin));
    assert.ok(difference <= near, `${where}: histogram ${actual.join()} instead of ${expected.join()}`);
  }
}

/** As numpy.histogram: edges by linspace, the last bin closed. */
function referenceHistogram(
  values: readonly (number | bigint)[],
  { min, max }: { min: number | bigint | null; max: number | bigint | null },
  bins: number,
): number[] {
  let [low, high] = [Number(min), Number(max)];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const half = high - low === Infinity ? 0.5 : 1;
  const step = (high * half - low * half) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : (low * half + i * step) / half));
  const counts = new Array<number>(bins).fill(0);
  for (const value of values.map(Number)) {
    if (!Number.isFinite(value)) continue;
    let bin = bins - 1;
    while (bin > 0 && value < edges[bin]!) bin--;
    counts[bin]!++;
  }
  return counts;
}
