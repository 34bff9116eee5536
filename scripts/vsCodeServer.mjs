/**
 * A real VS Code without a desktop: the server that the npm package `code-server` carries. Installed into the cache, not
 * as a dependency: it weighs 620 MB and takes about 80 s.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedNode } from './nodeBinaries.mjs';

/** Carries VS Code 1.139. */
const version = '4.139.1';
/** The Node that it runs on. */
export const vsCodeNodeMajor = 24;
export const vsCodeCache = fileURLToPath(new URL('../.cache/vscode', import.meta.url));

const folder = join(vsCodeCache, 'server');
const main = join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js');
/** Written when the installation is whole. */
const installed = join(folder, `installed-${version}`);

/** The server's entry, or undefined if it is not installed. */
export function vsCodeServerMain() {
  return existsSync(installed) ? main : undefined;
}

/** Builds a native module on the way: that needs a C++ compiler and Debian's `libkrb5-dev`. */
export function installVsCodeServer() {
  const node = installedNode(vsCodeNodeMajor);
  if (node === undefined) throw new Error(`Node ${vsCodeNodeMajor} is not installed.`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const allowScripts = { 'code-server': true, argon2: true };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts }));
  const bin = dirname(node);
  // The headers that belong to this Node; they would be downloaded otherwise.
  const nodedir = dirname(bin);
  const headers = existsSync(join(nodedir, 'include/node/node.h')) ? { npm_config_nodedir: nodedir } : {};
  // An npm that runs this has said there which Node it is itself, and the package believes it.
  const { npm_config_user_agent: _, ...environment } = process.env;
  execFileSync('npm', ['install', `code-server@${version}`, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: { ...environment, ...headers, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (!existsSync(main)) throw new Error(`code-server@${version} has no ${main}.`);
  writeFileSync(installed, '');
}
