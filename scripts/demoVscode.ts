/**
 * Opens VS Code with this extension on the samples, ready for F5: the desktop's VS Code where `code` is on the PATH,
 * otherwise the VS Code server that `npm run setup` installs, for a browser.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../test/vscode/server.ts';
import { gpuEnvironment } from './gpuEnvironment.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const folder = join(root, 'samples');
const program = join(folder, 'train.ts');

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const next = `Set a breakpoint in trainStep, at "optimizer.applyGradients", and press F5.`;
const isWindows = process.platform === 'win32';
const hasDesktop = spawnSync('code', ['--version'], { stdio: 'ignore', shell: isWindows }).status === 0;

if (hasDesktop) {
  say(`VS Code opens on ${folder}. ${next}`);
  const args = [`--extensionDevelopmentPath=${root}`, '--new-window', folder, '--goto', program];
  const env = { ...process.env, ...gpuEnvironment().env };
  spawn('code', args, { env, stdio: 'inherit', shell: isWindows }).on('exit', (code) => process.exit(code ?? 1));
} else {
  const data = mkdtempSync(join(tmpdir(), 'tensor-debugger-demo-'));
  const server = await startServer(data, {});
  const remote = (path: string) => `vscode-remote://remote${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    // Under the name that the folder has; under another one it would be outside of the workspace.
    ['openFile', `vscode-remote://${new URL(server.url).host}${program}`],
  ];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
  say(`There is no "code" on the PATH, so VS Code runs as a server. Open this in a browser on this machine:\n`);
  say(`  ${server.url}/?${query.toString()}\n`);
  say(`${next} Ctrl+C ends it.`);
  const end = () => {
    server.stop();
    rmSync(data, { recursive: true, force: true });
    process.exit(0);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}
