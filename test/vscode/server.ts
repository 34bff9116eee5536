/** A real VS Code without a desktop: the server that the npm package `code-server` carries, installed when first needed. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gpuEnvironment, nodeBinary, projectRoot } from '../support/environment.ts';

/** Carries VS Code 1.139. */
const version = '4.139.1';
export const cache = join(projectRoot, '.cache', 'vscode');
const main = join(cache, 'server/node_modules/code-server/lib/vscode/out/server-main.js');
const nodeMajor = 24;

export interface VsCodeServer {
  url: string;
  stop(): void;
}

/** About 80 s and 620 MB, once. One native module is built on the way, which needs Debian's `libkrb5-dev`. */
function install(): void {
  if (existsSync(main)) return;
  process.stdout.write('downloading a VS Code server for the tests (620 MB, once)\n');
  const folder = join(cache, 'server');
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, allowScripts: { 'code-server': true, argon2: true } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const bin = join(nodeBinary(nodeMajor), '..');
  execFileSync('npm', ['install', `code-server@${version}`, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** @param folder for what the server keeps of this run */
export async function startServer(folder: string, environment: Record<string, string>): Promise<VsCodeServer> {
  install();
  const port = await freePort();
  const data = join(folder, 'data');
  const args = [
    main,
    ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
    ...[
      '--enable-smoke-test-driver',
      '--disable-workspace-trust',
      '--telemetry-level',
      'off',
      '--server-data-dir',
      data,
    ],
  ];
  const env = { ...process.env, ...gpuEnvironment(), ...environment };
  const server = spawn(nodeBinary(nodeMajor), args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    // Its extension hosts and what they started are in its process group.
    stop: () => {
      if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGKILL');
    },
  };
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Extension host agent listening')) resolve();
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.on('exit', (code) => reject(new Error(`The VS Code server ended with ${code}:\n${output}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
