/** Every example of docs/runtime.md type-checks, runs, and prints what the page says it prints, with the package as its users get it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { projectRoot } from '../support/environment.ts';

const run = promisify(execFile);
const page = await readFile(join(projectRoot, 'docs/runtime.md'), 'utf8');
const folder = join(projectRoot, '.cache/runtime-docs');

interface Example {
  name: string;
  code: string;
  output: string;
}

/** A `ts` block, its output in the `text` block behind it, named by the heading above. */
function examplesOf(markdown: string): Example[] {
  const found: Example[] = [];
  let heading = '';
  for (const [, title, code, output] of markdown.matchAll(/^#+ ([^\n]*)$|^```ts\n(.*?)^```\n+```text\n(.*?)^```/gms)) {
    if (title !== undefined) heading = title;
    else found.push({ name: `${heading} (${found.length + 1})`, code: code ?? '', output: output ?? '' });
  }
  return found;
}

const examples = examplesOf(page);
const fileOf = (index: number): string => join(folder, `example${index + 1}.mts`);

before(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Inside of the package its own name means what it exports: dist/runtime.mjs and its types.
  for (const [index, { code }] of examples.entries()) await writeFile(fileOf(index), code);
  const config = { extends: '../../tsconfig.json', include: ['*.mts'], exclude: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
});
after(() => rm(folder, { recursive: true, force: true }));

test('every ts block of the page is an example with its output', () => {
  assert.equal(examples.length, page.split('```ts\n').length - 1);
  assert.ok(examples.length >= 20);
});

test('the examples type-check', async () => {
  const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const result = await run(process.execPath, [tsc, '--project', folder]).catch((error: { stdout: string }) => error);
  assert.equal(result.stdout, '');
});

for (const [index, { name, output }] of examples.entries()) {
  test(`${name} prints what the page says`, async () => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', fileOf(index)], {
      cwd: projectRoot,
      timeout: 60_000,
    });
    assert.equal(stdout, output);
  });
}
