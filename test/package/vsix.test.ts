import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Everything that is in the package but what follows. */
const expected = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/changelog.md',
  'extension/dist/adapter.cjs',
  'extension/dist/bootstrap.cjs',
  'extension/dist/extension.cjs',
  'extension/dist/track.css',
  'extension/dist/track.js',
  'extension/dist/viewer.css',
  'extension/dist/viewer.js',
  'extension/media/icon.png',
  'extension/media/track-dark.svg',
  'extension/media/track-light.svg',
  'extension/media/viewer-dark.svg',
  'extension/media/viewer-light.svg',
  'extension/package.json',
  'extension/readme.md',
];
/** Pictures of the README and the walkthrough's pages by their folder; what the extension loads when it is needed. */
const byFolder =
  /^extension\/(media\/(screenshots\/[\w-]+\.png|walkthrough\/[\w-]+\.md)|dist\/extension-(chunk|onDemand)-\w{8}\.cjs)$/;

test('the package has what VS Code needs, and nothing else', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'x.vsix');
  execFileSync(process.execPath, [join(projectRoot, 'scripts/package.mjs'), file], { stdio: 'pipe' });
  const python = (code: string) =>
    execFileSync('/usr/bin/python3', ['-c', `import zipfile; z = zipfile.ZipFile(${JSON.stringify(file)}); ${code}`], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
  const read = (name: string) => python(`print(z.read(${JSON.stringify(name)}).decode())`);
  const names = python('print("\\n".join(z.namelist()))').trim().split('\n').sort();
  assert.deepEqual(
    names.filter((name) => !byFolder.test(name)),
    expected,
  );
  assert.ok(statSync(file).size < 1.5 * 2 ** 20, `${statSync(file).size} bytes`);

  // Each time costs the activation a third of a millisecond.
  for (const name of names.filter((each) => each.startsWith('extension/dist/extension'))) {
    assert.equal(read(name).match(/require\("vscode"\)/g)?.length, 1, name);
  }

  const manifest = JSON.parse(read('extension/package.json')) as Record<string, unknown>;
  for (const key of ['scripts', 'devDependencies', 'files', 'bin', 'exports']) assert.ok(!(key in manifest), key);
  assert.deepEqual(Object.keys(manifest['engines'] as object), ['vscode']);
  assert.ok(typeof manifest['publisher'] === 'string' && manifest['icon'] === 'media/icon.png');

  const readme = read('extension/readme.md');
  assert.match(readme, /^# Tensor Debugger for JavaScript and TypeScript\n/);
  assert.match(readme, /np\.load/);
  assert.match(readme, /sends nothing anywhere/);
  for (const [, link = ''] of readme.matchAll(/\]\(((?!https?:)[^)]*)\)/g)) {
    assert.ok(names.includes(`extension/${link}`), `the README shows ${link}, which is not in the package`);
  }
});
