/** A program that is bundled with its runtimes: only the source map tells which frames are theirs. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { inspect, lineOf } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const program = '../copies/bundled.mjs';
const source = fileURLToPath(new URL('../debuggee/copies/bundled.mjs', import.meta.url));
const folder = temporaryFolder();

async function inspected(name: string, options: BuildOptions) {
  const outfile = join(folder, `${name}.cjs`);
  await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', logLevel: 'error', ...options });
  const { document, stderr } = await inspect([outfile]);
  assert.notEqual(document.stop, null, stderr);
  return { outfile, document };
}

const builds: Record<string, BuildOptions> = {
  'as it is': {},
  minified: { minify: true },
  'from the modules for browsers': { mainFields: ['module', 'main'] },
};
for (const [name, options] of Object.entries(builds)) {
  test(`a bundle with a source map, ${name}: the program's lines, and what they called`, async () => {
    const { document } = await inspected('mapped', { sourcemap: true, ...options });
    const told = document.copies.sites.map(({ file, line, call, count }) => [file, line, call, count]);
    const site = (marker: string, call: string, count: number) => [source, lineOf(program, `#${marker}`), call, count];
    assert.deepEqual(
      told.sort(([, a], [, b]) => Number(a) - Number(b)),
      [
        site('dataSync', 'dataSync', 1),
        site('print', 'print', 1),
        site('arraySync', 'arraySync', 4),
        site('awaited', 'data', 1),
        site('gradient', 'arraySync', 1),
      ],
    );
    const [warning] = document.warnings.filter(({ code }) => code === 'leaves-gradient');
    assert.deepEqual([warning?.file, warning?.line], [source, lineOf(program, '#gradient')]);
  });
}

test('a bundle without a source map: the innermost line', async () => {
  const { document, outfile } = await inspected('unmapped', {});
  assert.deepEqual(
    document.copies.sites
      .map(({ file, call, count }) => [file, call, count])
      .sort(([, a], [, b]) => (a! < b! ? -1 : 1)),
    [
      [outfile, 'data', 1],
      [outfile, 'dataSync', 7],
    ],
  );
});

const others = '../copies/bundledOthers.mjs';
const webgpu = fileURLToPath(import.meta.resolve('webgpu'));

for (const minify of [false, true]) {
  test(`jax-js and ONNX Runtime, bundled${minify ? ' and minified' : ''}: counted from the first copy on, each once`, async () => {
    const entry = fileURLToPath(new URL('../debuggee/copies/bundledOthers.mjs', import.meta.url));
    const outfile = join(folder, `others${minify ? '.min' : ''}.mjs`);
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      sourcemap: true,
      minify,
      // Its native part lies beside it.
      alias: { webgpu },
      external: [webgpu],
    });
    const { document, stderr } = await inspect([outfile]);
    assert.equal(document.stop?.line, lineOf(others, 'debugger;'), stderr);
    const site = (marker: string, ...told: [call: string, count: number, bytes: number]) => [
      entry,
      lineOf(others, `// #${marker}`),
      ...told,
    ];
    assert.deepEqual(
      document.copies.sites
        .map(({ file, line, call, count, bytes }) => [file, line, call, count, bytes])
        .sort(([, a], [, b]) => Number(a) - Number(b)),
      [
        site('first', 'js', 1, 4 * 8 * 4),
        site('second', 'js', 1, 2 * 4),
        site('dataSync', 'dataSync', 2, 2 * 3 * 4),
        site('awaited', 'data', 1, 4000),
        site('item', 'item', 1, 4),
        site('getData', 'getData', 1, 0),
        site('webgpu', 'data', 1, 6400),
      ],
    );
  });
}
