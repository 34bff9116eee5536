/** One run of the suite: a VS Code server, headless Chromium in front of it, the tests inside of its extension host. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import { vsCodeCache } from '../../scripts/vsCodeServer.mjs';
import { projectRoot } from '../support/environment.ts';
import { deskVariable, type Desk, type DeskCallName } from './desk.ts';
import { pageDesk } from './pageDesk.ts';
import { startServer } from './server.ts';

const timeoutMs = 9 * 60_000;

export type Progress = Pick<Desk, 'begin' | 'report'>;

/**
 * @param filter only tests whose names contain it
 * @throws if VS Code can't be started, a test failed, or none ran
 */
export async function runInVsCode(filter: string, progress: Progress): Promise<void> {
  const screenshots = join(vsCodeCache, 'screenshots');
  mkdirSync(screenshots, { recursive: true });
  // Of this run alone: two may go on at once.
  const runFolder = mkdtempSync(join(tmpdir(), 'tensor-debugger-vscode-'));
  const suite = await bundleSuite(runFolder);
  let page: Page | undefined;
  const opened = () => {
    if (!page) throw new Error('VS Code is not open yet');
    return page;
  };
  const served = await serveDesk({ ...pageDesk(opened, screenshots), ...progress });
  const server = await startServer(runFolder, { [deskVariable]: served.url, TENSOR_DEBUGGER_TEST_FILTER: filter });
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    page = await browser.newPage({ viewport: { width: 1360, height: 1000 } });
    const errors: string[] = [];
    const ended = new Promise<number>((resolve, reject) => {
      void page?.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
        const line = `[${type}] ${args.map(String).join(' ')}`;
        if (type === 'error') errors.push(line);
        if (process.env['VERBOSE']) process.stdout.write(`  ${line}\n`);
      });
      void page?.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
      setTimeout(() => reject(new Error(`The tests were not over after ${timeoutMs / 1000} s.`)), timeoutMs).unref();
    });
    const remote = (path: string) => `vscode-remote://remote${path}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote(projectRoot.replace(/\/$/, ''))],
      ['extensionTestsPath', remote(suite)],
    ]);
    const folder = join(projectRoot, 'test/vscode/workspace');
    await page.goto(`${server.url}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`);
    const exitCode = await ended;
    if (exitCode !== 0) throw new Error(`VS Code's test run ended with ${exitCode}.\n${errors.join('\n')}`);
  } finally {
    await browser.close();
    server.stop();
    served.close();
    rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function bundleSuite(folder: string): Promise<string> {
  const outfile = join(folder, 'suite', 'index.cjs');
  await build({
    entryPoints: [join(projectRoot, 'test/vscode/suite/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

function serveDesk(calls: Desk): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { name, args } = JSON.parse(Buffer.concat(chunks).toString()) as { name: DeskCallName; args: never };
      calls[name](args).then(
        (result) => response.end(JSON.stringify({ result })),
        (error: unknown) => response.end(JSON.stringify({ error: String(error) })),
      );
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ url: `http://127.0.0.1:${port}`, close: () => server.close() });
    });
  });
}
