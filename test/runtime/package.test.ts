/** The runtime as a package: one file that takes TensorFlow.js from where it is installed, and says so where it is not. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { projectRoot } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
before(async () => {
  await build({
    entryPoints: [join(projectRoot, 'src/runtime/index.ts')],
    outfile: join(folder, 'runtime.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['@tensorflow/*'],
    logLevel: 'error',
  });
});

const program = `
  import('./runtime.mjs').then(
    (tf) => console.log(String(tf.constant([1, 2]).numpy())),
    (error) => console.log(String(error)),
  );`;
const runProgram = async (): Promise<string> =>
  (await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder })).stdout;

test('without TensorFlow.js the import says what to install', async () => {
  const output = await runProgram();
  assert.match(
    output,
    /InstallationError: .*@tensorflow\/tfjs-core could not be loaded.*\n.*npm install @tensorflow\/tfjs/,
  );
});

test('the packed package has its types: a consumer of it type-checks, and mistakes are told', async () => {
  const consumer = join(folder, 'consumer');
  const installed = join(consumer, 'node_modules/tensor-debugger');
  await mkdir(installed, { recursive: true });
  await symlink(join(projectRoot, 'node_modules/@tensorflow'), join(consumer, 'node_modules/@tensorflow'));
  const run = promisify(execFile);
  // Built it is already: its own script would do that again.
  const packing = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const packed = JSON.parse((await run('npm', packing, { cwd: projectRoot })).stdout) as { filename: string }[];
  await run('tar', ['-xzf', join(folder, packed[0]!.filename), '-C', installed, '--strip-components=1']);
  await writeFile(
    join(consumer, 'consumer.mts'),
    `
import * as tf from 'tensor-debugger/runtime';
const a: tf.Tensor = tf.constant([[1, 2], [3, 4]], { dtype: 'int32' });
const array: tf.NDArray<number> = tf.add(a, 1).numpy();
const shape: readonly number[] = array.shape;
const graph = new tf.Graph();
const x = graph.asDefault(() => tf.placeholder('float32', { shape: [null, 2], name: 'x' }));
const session = new tf.Session(graph);
const [value] = await session.run([x] as const, { x: [[1, 2]] });
const count: number = value.size;
const rows: tf.SparseTensorValue = new tf.SparseTensorValue([[0, 0]], [1], [1, 1]);
console.log(shape.join(), count, rows.values.get(0));
// @ts-expect-error There is no such dtype.
const wrong = () => tf.constant([1], { dtype: 'float99' });
// @ts-expect-error An array is no string.
const alsoWrong: string = array;
// @ts-expect-error There is no such function.
tf.noSuchThing;
export { wrong, alsoWrong };
`,
  );
  const options = '--noEmit --strict --target es2023 --module nodenext --types node --typeRoots';
  const args = [...options.split(' '), join(projectRoot, 'node_modules/@types'), '--skipLibCheck', 'consumer.mts'];
  const tsc = join(projectRoot, 'node_modules/typescript/lib/tsc.js');
  await run(process.execPath, [tsc, ...args], { cwd: consumer }).catch((error: { stdout?: string }) =>
    assert.fail(error.stdout ?? 'tsc failed'),
  );
});

test('with TensorFlow.js, and nothing of it imported by the program, it works', async () => {
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  assert.equal(await runProgram(), '[1. 2.]\n');
});
