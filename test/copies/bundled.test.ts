/** A program that is bundled with TF.js: only the source map tells which frames are TF.js's own. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { inspect, lineOf } from '../support/cli.ts';

const program = '../copies/bundled.mjs';
const source = fileURLToPath(new URL('../debuggee/copies/bundled.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tensor-debugger-bundled-'));
after(() => rmSync(folder, { recursive: true }));

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
