/** The example of docs/readers.md runs as it stands, and its arrays show what the page promises. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { InspectDocument } from '../../src/cli/document.ts';
import { projectRoot } from '../support/environment.ts';

const run = promisify(execFile);
const folder = join(projectRoot, '.cache/readers-docs');
const program = join(folder, 'example.mjs');

before(async () => {
  const page = await readFile(join(projectRoot, 'docs/readers.md'), 'utf8');
  const examples = [...page.matchAll(/^```js\n(.*?)^```$/gms)];
  assert.equal(examples.length, 1);
  await mkdir(folder, { recursive: true });
  await writeFile(program, examples[0]![1]!);
});
after(() => rm(folder, { recursive: true, force: true }));

test('the example for ndarray shows its arrays, whatever their strides', async () => {
  const { stdout, stderr } = await run(process.execPath, ['dist/cli.mjs', 'inspect', '--json', program], {
    cwd: projectRoot,
  });
  const { tensors, program: end } = JSON.parse(stdout) as InspectDocument;
  const shown = tensors.map(({ expression, runtime, dtype, values }) => [expression, runtime, dtype, values]);
  assert.deepEqual(shown, [
    [
      'image',
      'ndarray',
      'float32',
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
        [9, 10, 11, 12],
      ],
    ],
    [
      'turned',
      'ndarray',
      'float32',
      [
        [1, 5, 9],
        [2, 6, 10],
        [3, 7, 11],
        [4, 8, 12],
      ],
    ],
    [
      'corner',
      'ndarray',
      'float32',
      [
        [2, 1],
        [6, 5],
      ],
    ],
  ]);
  assert.equal(end.exitCode, 0);
  assert.match(stderr, /^12 12 2$/m);
});
