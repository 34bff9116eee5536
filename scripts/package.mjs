/**
 * Makes the extension's package: `tensor-debugger-<version>.vsix`, or the file that is named. It is packed from a folder of
 * its own, with a manifest of its own: npm's package (`files` in package.json) has the command-line tool and the runtime, and
 * this one has the extension, its debug adapter and the viewer.
 *
 *     npm run package [-- <file>]
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';

const root = fileURLToPath(new URL('..', import.meta.url));
const stage = join(root, '.cache', `package-${process.pid}`);
/** What VS Code runs; the rest of the build is for npm. */
const needed = new Set(['adapter.cjs', 'bootstrap.cjs', 'viewer.js', 'viewer.css', 'track.js', 'track.css']);
/** What only npm and the build read. */
const notForVsCode = [
  ...['scripts', 'devDependencies', 'peerDependencies', 'peerDependenciesMeta', 'allowScripts'],
  ...['files', 'exports', 'bin'],
];

/** @type {unknown} */
const parsed = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const manifest = /** @type {Record<string, unknown> & { version: string, engines: { vscode: string } }} */ (parsed);
const engines = { vscode: manifest.engines.vscode };
const packagePath = resolve(process.argv[2] ?? join(root, `tensor-debugger-${manifest.version}.vsix`));
rmSync(stage, { recursive: true, force: true });
try {
  mkdirSync(join(stage, 'dist'), { recursive: true });
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--minify', '--out', join(stage, 'dist')], {
    stdio: 'inherit',
  });
  for (const name of readdirSync(join(stage, 'dist'))) {
    if (!needed.has(name) && !name.startsWith('extension')) rmSync(join(stage, 'dist', name));
  }
  const kept = Object.entries(manifest).filter(([key]) => !notForVsCode.includes(key));
  writeFileSync(join(stage, 'package.json'), JSON.stringify({ ...Object.fromEntries(kept), engines }, null, 2));
  for (const name of ['CHANGELOG.md', 'LICENSE']) copyFileSync(join(root, name), join(stage, name));
  copyFileSync(join(root, 'docs/marketplace.md'), join(stage, 'README.md'));
  cpSync(join(root, 'media'), join(stage, 'media'), { recursive: true, filter: (path) => !path.endsWith('icon.svg') });
  await createVSIX({
    cwd: stage,
    packagePath,
    dependencies: false,
    // There is no repository that links could lead to: pictures and pages are in the package.
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
} finally {
  rmSync(stage, { recursive: true, force: true });
}
process.stdout.write(`${packagePath}  ${(statSync(packagePath).size / 2 ** 20).toFixed(2)} MB\n`);
