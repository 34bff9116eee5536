/**
 * The extension in a real VS Code: a server, headless Chromium in front of it, the tests inside of its extension host.
 *
 *     npm run test:vscode
 *     npm run test:vscode -- companion     only tests whose names contain that
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import { projectRoot } from '../support/environment.ts';
import { deskVariable, type DeskCallName, type DeskCalls } from './desk.ts';
import { cache, startServer } from './server.ts';

const timeoutMs = 5 * 60_000;
const screenshots = join(cache, 'screenshots');
/** Of this run alone: two may go on at once. */
const runFolder = mkdtempSync(join(tmpdir(), 'tensor-debugger-vscode-'));
const pane = '.pane:has(.pane-header[aria-label^="Tensors"])';

/** What is needed of the browser's types, which Node's don't have. */
interface PageElement {
  querySelector(selector: string): { textContent: string | null } | null;
}

type Desk = { [Name in DeskCallName]: (args: DeskCalls[Name]['arguments']) => Promise<DeskCalls[Name]['result']> };

let passed = 0;
let failed = 0;

function desk(page: () => Page): Desk {
  const rows = () => page().locator(`${pane} .monaco-list-row`);
  return {
    // Names and descriptions are elements of their own, without a space in between.
    rows: () =>
      rows().evaluateAll((found) =>
        (found as unknown as PageElement[]).map((row) =>
          ['.label-name', '.label-description']
            .map((part) => row.querySelector(part)?.textContent ?? '')
            .join(' ')
            .trim(),
        ),
      ),
    viewText: async () => tidy((await page().locator(`${pane} .pane-body`).allInnerTexts()).join(' ')),
    notifications: async () => (await page().locator('.notification-list-item-message').allInnerTexts()).map(tidy),
    async click({ row, action }) {
      const found = rows()
        .filter({ hasText: new RegExp(`^\\s*${escape(row)}`) })
        .first();
      if (action === undefined) await found.click();
      else {
        await found.hover();
        await found.locator(`.action-label[aria-label^="${action}"]`).click();
      }
      return null;
    },
    async collapse({ panes }) {
      for (const name of panes) {
        const header = page().locator(`.pane-header.expanded[aria-label^="${name}"]`);
        if ((await header.count()) > 0) await header.first().click({ position: { x: 40, y: 10 } });
      }
      return null;
    },
    async press({ keys = [], text: typed }) {
      if (typed !== undefined) await page().keyboard.type(typed);
      for (const key of keys) await page().keyboard.press(key);
      return null;
    },
    async screenshot({ name }) {
      await page().screenshot({ path: join(screenshots, `${name}.png`) });
      return null;
    },
    report({ name, ms, error }) {
      if (error === undefined) passed++;
      else failed++;
      process.stdout.write(`${error === undefined ? 'ok  ' : 'FAIL'} ${name} (${Math.round(ms)} ms)\n`);
      if (error !== undefined) process.stdout.write(`${error}\n`);
      return Promise.resolve(null);
    },
  };
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

async function bundleSuite(): Promise<string> {
  const outfile = join(runFolder, 'suite', 'index.cjs');
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

mkdirSync(screenshots, { recursive: true });
const suite = await bundleSuite();
let page: Page | undefined;
const served = await serveDesk(
  desk(() => {
    if (!page) throw new Error('VS Code is not open yet');
    return page;
  }),
);
const filter = process.argv[2] ?? '';
const server = await startServer(runFolder, { [deskVariable]: served.url, TENSOR_DEBUGGER_TEST_FILTER: filter });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
let exitCode: number;
try {
  page = await browser.newPage({ viewport: { width: 1360, height: 1000 } });
  const ended = new Promise<number>((resolve) => {
    void page?.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      if (type === 'error' || process.env['VERBOSE'])
        process.stdout.write(`  [${type}] ${args.map(String).join(' ')}\n`);
    });
    void page?.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
    setTimeout(() => {
      process.stdout.write(`The tests were not over after ${timeoutMs / 1000} s.\n`);
      resolve(1);
    }, timeoutMs).unref();
  });
  const remote = (path: string) => `vscode-remote://remote${path}`;
  const payload = JSON.stringify([
    ['extensionDevelopmentPath', remote(projectRoot.replace(/\/$/, ''))],
    ['extensionTestsPath', remote(suite)],
  ]);
  const folder = join(projectRoot, 'test/vscode/workspace');
  await page.goto(`${server.url}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`);
  exitCode = await ended;
  await page.screenshot({ path: join(screenshots, 'at-the-end.png') });
} finally {
  await browser.close();
  server.stop();
  served.close();
  rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 });
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(exitCode === 0 && failed === 0 && passed > 0 ? 0 : 1);
