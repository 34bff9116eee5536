/** The runtime as a package: one file that takes TensorFlow.js from where it is installed, and says so where it is not. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { projectRoot } from '../support/environment.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runtime-package-'));
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
after(() => rm(folder, { recursive: true, force: true }));

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

test('with TensorFlow.js, and nothing of it imported by the program, it works', async () => {
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  assert.equal(await runProgram(), '[1. 2.]\n');
});
