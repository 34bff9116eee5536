/** Starts the VS Code server that `npm run setup` installs. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { vsCodeNodeMajor, vsCodeServerMain } from '../../scripts/vsCodeServer.mjs';
import { nodeBinary, personsEnvironment } from '../support/environment.ts';

export interface VsCodeServer {
  url: string;
  stop(): void;
}

/**
 * @param folder for what the server keeps of this run
 * @param vsix an extension to install; its windows then trust no folder that nobody has said they may
 */
export async function startServer(
  folder: string,
  environment: Record<string, string>,
  vsix?: string,
): Promise<VsCodeServer> {
  const main = vsCodeServerMain();
  if (main === undefined) throw new Error('The VS Code server is not installed; run: npm run setup');
  const node = nodeBinary(vsCodeNodeMajor);
  const env = { ...personsEnvironment(), ...environment };
  const data = ['--server-data-dir', join(folder, 'data')];
  if (vsix !== undefined) execFileSync(node, [main, ...data, '--install-extension', vsix], { env, stdio: 'pipe' });
  const port = await freePort();
  const args = [
    main,
    ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
    ...['--enable-smoke-test-driver', '--telemetry-level', 'off', ...data],
    ...(vsix === undefined ? ['--disable-workspace-trust'] : []),
  ];
  const server = spawn(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
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
