/** One run of the suite, inside of the extension host of a real VS Code. */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { vsCodeCache } from '../../scripts/vsCodeServer.mjs';
import { projectRoot } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { deskVariable, themesVariable, type Desk, type DeskCallName } from './desk.ts';
import { pageDesk } from './pageDesk.ts';
import { openWindow } from './windows.ts';

/** Generous: on two processors that others use too, it has taken 12 minutes. */
const timeoutMs = 30 * 60_000;

export interface VsCodeRun extends Pick<Desk, 'begin' | 'report'> {
  /** Only tests whose names contain it. */
  filter?: string;
  /** Pictures in light, dark and high contrast; otherwise in the theme that VS Code has. */
  everyTheme?: boolean;
  /** What runs in the extension host; default: the tests. */
  suite?: string;
}

/** @throws if VS Code can't be started, a test failed, or none ran */
export async function runInVsCode({
  filter = '',
  everyTheme = false,
  suite: entry = 'test/vscode/suite/index.ts',
  ...progress
}: VsCodeRun): Promise<void> {
  const screenshots = join(vsCodeCache, 'screenshots');
  mkdirSync(screenshots, { recursive: true });
  // Of this run alone: two may go on at once.
  const runFolder = temporaryFolder();
  const suite = await bundleSuite(entry, runFolder);
  // The suite may ask before the window is told of here.
  let opened: (page: Page) => void = () => undefined;
  const page = new Promise<Page>((resolve) => (opened = resolve));
  const served = await serveDesk(page.then((page) => ({ ...pageDesk(() => page, screenshots), ...progress })));
  const errors: string[] = [];
  const window = await openWindow({
    folder: runFolder,
    workspace: join(projectRoot, 'test/vscode/workspace'),
    suite,
    environment: {
      [deskVariable]: served.url,
      TENSOR_DEBUGGER_TEST_FILTER: filter,
      ...(everyTheme && { [themesVariable]: '1' }),
    },
    onLog(type, text) {
      if (type === 'error') errors.push(text);
      if (process.env['VERBOSE']) process.stdout.write(`  [${type}] ${text}\n`);
    },
  });
  try {
    opened(window.page);
    const tooLong = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`The tests were not over after ${timeoutMs / 1000} s.`)), timeoutMs).unref();
    });
    const exitCode = await Promise.race([window.ended, tooLong]);
    if (exitCode !== 0) throw new Error(`VS Code's test run ended with ${exitCode}.\n${errors.join('\n')}`);
  } finally {
    await window.close();
    served.close();
  }
}

async function bundleSuite(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, 'suite', 'index.cjs');
  await build({
    entryPoints: [join(projectRoot, entry)],
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

function serveDesk(desk: Promise<Desk>): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { name, args } = JSON.parse(Buffer.concat(chunks).toString()) as { name: DeskCallName; args: never };
      desk
        .then((calls): Promise<unknown> => calls[name](args))
        .then(
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
