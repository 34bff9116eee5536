/**
 * Bundles `src` into `dist`. The agent comes first: it is a string inside of whatever injects it into a program.
 * TensorFlow.js and `webgpu` are never bundled: they belong to the programs that are looked at.
 *
 *     node scripts/build.mjs [--minify] [--out <folder>]     default: dist, readable and with source maps
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, transform } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { values: flags } = parseArgs({
  options: { minify: { type: 'boolean', default: false }, out: { type: 'string', default: 'dist' } },
});
const { minify, out } = flags;

/** @type {import('esbuild').BuildOptions & { write: false }} */
const common = {
  bundle: true,
  write: false,
  logLevel: 'warning',
  legalComments: 'none',
  external: ['webgpu', '@tensorflow/*', 'vscode'],
};

/** @type {Map<string, Uint8Array>} */
const outputs = new Map();

/** @param {import('esbuild').BuildOptions & { outfile: string }} options */
async function bundle(options) {
  const { outputFiles = [] } = await build({ ...common, ...options });
  for (const { path, contents } of outputFiles) outputs.set(basename(path), contents);
}

/**
 * @param {string} entry
 * @param {string} name
 */
async function bundleForDebuggee(entry, name) {
  await bundle({
    entryPoints: [entry],
    outfile: `dist/${name}`,
    // It runs in whatever program is looked at: no module system, no Node, nothing newer than the oldest Node has.
    format: 'iife',
    platform: 'neutral',
    target: 'es2022',
    minify: true,
  });
  return JSON.stringify(new TextDecoder().decode(outputs.get(name)));
}

/** @type {import('esbuild').BuildOptions} */
const node = {
  platform: 'node',
  target: 'node20.19',
  ...(minify ? { minify } : { sourcemap: 'linked' }),
  define: {
    AGENT_SOURCE: await bundleForDebuggee('src/agent/main.ts', 'agent.js'),
    RECORDER_SOURCE: await bundleForDebuggee('src/agent/copies/main.ts', 'recorder.js'),
  },
};
await Promise.all(
  [
    { entryPoints: ['src/adapter/main.ts'], outfile: 'dist/adapter.cjs', format: /** @type {const} */ ('cjs') },
    {
      entryPoints: ['src/adapter/start/bootstrap.cjs'],
      outfile: 'dist/bootstrap.cjs',
      format: /** @type {const} */ ('cjs'),
    },
    { entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.mjs', format: /** @type {const} */ ('esm') },
    {
      entryPoints: ['src/runtime/index.ts'],
      outfile: 'dist/runtime.mjs',
      format: /** @type {const} */ ('esm'),
      // Its classes show their names to users.
      keepNames: true,
    },
  ]
    .filter(({ entryPoints }) => entryPoints.every((entry) => existsSync(entry)))
    .map((options) => bundle({ ...node, ...options })),
);

await bundleExtension();

/**
 * What the extension imports when it is needed is in files of its own, beside extension.cjs. esbuild splits only modules
 * of ECMAScript; each is made one of CommonJS afterwards, which VS Code loads faster.
 */
async function bundleExtension() {
  const { outputFiles = [] } = await build({
    ...common,
    ...node,
    // Afterwards: here it would hide the imports.
    minify: false,
    entryPoints: ['src/extension/extension.ts'],
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.cjs' },
    chunkNames: 'extension-[name]-[hash]',
    ...(!minify && { sourcemap: 'inline' }),
  });
  for (const { path, text } of outputFiles) {
    const name = basename(path);
    const { code, map } = await transform(withOneVsCode(text), {
      format: 'cjs',
      platform: 'node',
      sourcefile: name,
      ...(minify ? { minify } : { sourcemap: 'external' }),
    });
    const encoder = new TextEncoder();
    outputs.set(name, encoder.encode(minify ? code : `${code}//# sourceMappingURL=${name}.map\n`));
    if (!minify) outputs.set(`${name}.map`, encoder.encode(map));
  }
}

/**
 * Of each module's import of `vscode` all but the first become another name of it: each would look VS Code's API up again
 * and copy its names, which made up two thirds of the time that loading the extension took.
 * @param {string} code
 */
function withOneVsCode(code) {
  const statement = /^import \* as (\w+) from "vscode";$/gm;
  const first = statement.exec(code);
  if (!first) return code;
  const rest = first.index + first[0].length;
  return code.slice(0, rest) + code.slice(rest).replace(statement, `var $1 = ${first[1]};`);
}

// A style sheet comes out beside each: dist/viewer.css.
for (const { entry, name } of [
  { entry: 'webview/main.ts', name: 'viewer' },
  { entry: 'webview/track/main.ts', name: 'track' },
]) {
  await bundle({
    entryPoints: [entry],
    outfile: `dist/${name}.js`,
    format: 'iife',
    platform: 'browser',
    // What the oldest VS Code of package.json's `engines` is built on (Electron 34).
    target: 'chrome132',
    minify: true,
  });
}

// A file is replaced in one step and only if it changed: a build must not break a session that runs from `dist`.
mkdirSync(out, { recursive: true });
for (const [name, contents] of outputs) {
  const file = `${out}/${name}`;
  if (existsSync(file) && readFileSync(file).equals(contents)) continue;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents, { mode: name === 'cli.mjs' ? 0o755 : 0o644 });
  renameSync(temporary, file);
}
for (const name of readdirSync(out)) {
  if (!outputs.has(name) && name !== 'types') rmSync(`${out}/${name}`, { recursive: true, force: true });
}
// Only npm's package has them.
if (out === 'dist') declareTypes();

/** The types of `tensor-debugger/runtime`, if its sources are younger than those that are there. */
function declareTypes() {
  const entry = 'dist/types/runtime/index.d.ts';
  const sources = ['runtime', 'formats', 'tensor', 'protocol'].flatMap((folder) =>
    readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' }).map((name) => `src/${folder}/${name}`),
  );
  const youngest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
  if (existsSync(entry) && statSync(entry).mtimeMs > youngest) return;
  const temporary = `dist/types.${process.pid}`;
  const options =
    '--ignoreConfig --declaration --emitDeclarationOnly --rootDir src --target es2023 --lib es2023 --types node ' +
    '--module esnext --moduleResolution bundler --rewriteRelativeImportExtensions --verbatimModuleSyntax ' +
    `--erasableSyntaxOnly --strict --skipLibCheck --outDir ${temporary}`;
  const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  const { status } = spawnSync(process.execPath, [tsc, 'src/runtime/index.ts', ...options.split(' ')], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('build: the types of src/runtime could not be declared');
  rmSync('dist/types', { recursive: true, force: true });
  renameSync(temporary, 'dist/types');
}
