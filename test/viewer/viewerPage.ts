/**
 * The real viewer bundle in headless Chromium, with an extension's side that answers from real tensors: everything but
 * VS Code itself, under the content security policy of its panel.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { reportOf, TensorError } from '../../src/protocol/errors.ts';
import type { CopyCost, TensorDescriptor } from '../../src/protocol/tensor.ts';
import type {
  SessionCost,
  ViewedOrigin,
  ViewerEvent,
  ViewerMessage,
  ViewerRequestName,
  ViewerRequests,
  ViewerSettings,
} from '../../src/protocol/viewer.ts';
import { itemSize } from '../../src/tensor/dtypes.ts';
import { parseSlice, resultShape, sliceSize } from '../../src/tensor/slice.ts';
import { toJsonValues } from '../../src/tensor/jsonValue.ts';
import { projectRoot } from '../support/environment.ts';
import type { Source } from './sources.ts';

const nonce = 'viewer-test';
const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src http://127.0.0.1:*`;
/** The classes that VS Code gives the body. */
const bodyClasses: Record<string, string> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
  'high-contrast-light': 'vscode-high-contrast-light vscode-high-contrast',
};
const html = (theme: string) => `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Tensor</title>
  <link rel="stylesheet" href="/theme.css?${theme}">
  <link rel="stylesheet" href="/viewer.css">
</head>
<body class="${bodyClasses[theme]}"><script nonce="${nonce}" src="/viewer.js"></script></body>
</html>`;

/** The variables that VS Code's webviews have on their root, of one of its default themes. */
function themeStyle(theme: string): string {
  const themes = JSON.parse(readFileSync(join(projectRoot, 'test/viewer/themes.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const { contributes } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    contributes: { colors: { id: string; defaults: Record<string, string> }[] };
  };
  const kind = theme.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const name = (id: string) => `--vscode-${id.replace('.', '-')}`;
  /** A colour, or the id of another one. */
  const value = (text = '') => (text.startsWith('#') ? text : `var(${name(text)})`);
  const own = contributes.colors.map(({ id, defaults }) => [name(id), value(defaults[kind])]);
  const variables = { ...themes[theme], ...(Object.fromEntries(own) as Record<string, string>) };
  if (!themes[theme]) throw new Error(`No theme ${theme}; there are ${Object.keys(themes).join(', ')}`);
  return `:root { ${Object.entries(variables)
    .map(([name, value]) => `${name}: ${value};`)
    .join('\n')} }
  @layer vscode-default {
    html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
    body { padding: 0 20px; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
    code { padding: 1px 3px; color: var(--vscode-textPreformat-foreground); }
  }`;
}

export const defaultSettings: ViewerSettings = {
  numberFormat: 'shortest',
  digits: 4,
  colormap: 'auto',
  robustRange: true,
  copyBudget: { bytes: 2 ** 24, ms: 100 },
};

export interface PageOptions {
  theme?: 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';
  width?: number;
  height?: number;
  settings?: Partial<ViewerSettings>;
  /** What an earlier webview of the same panel kept. */
  state?: unknown;
}

/** What the extension's side has been asked, in order. */
export interface Asked {
  id: number;
  name: ViewerRequestName;
  arguments: ViewerRequests[ViewerRequestName]['arguments'];
  cancelled: boolean;
  bytes: number;
}

export class ViewerPage {
  readonly page: Page;
  readonly asked: Asked[] = [];
  readonly messages: ViewerMessage[] = [];
  readonly #settings: ViewerSettings;
  readonly #url: string;
  state: unknown;
  source: Source | null = null;
  #tensor: Partial<TensorDescriptor> = {};
  stop = 0;
  /** What is not paused yet answers; a test holds answers back to look at what is between. */
  hold: Promise<void> | null = null;
  failure: TensorError | null = null;
  readonly cost: SessionCost = { bytes: 0, ms: 0, readbacks: 0 };
  #ready!: () => void;
  readonly ready = new Promise<void>((resolve) => (this.#ready = resolve));
  readonly errors: string[] = [];

  constructor(page: Page, url: string, { settings, state }: PageOptions) {
    this.page = page;
    this.#url = url;
    this.#settings = { ...defaultSettings, ...settings };
    this.state = state ?? null;
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  async load(): Promise<void> {
    await this.page.exposeFunction('toExtension', (message: ViewerMessage) => this.#onMessage(message));
    await this.page.exposeFunction('keepState', (state: unknown) => void (this.state = state));
    // Code in the page is text here: this side's types know no DOM. Bytes arrive as VS Code transfers them, as bytes.
    await this.page.addInitScript(`{
      globalThis.fromExtension = (data, base64) => {
        if (base64 !== null) data.result.bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        window.postMessage(data);
      };
      let state = ${JSON.stringify(this.state)};
      globalThis.acquireVsCodeApi = () => ({
        postMessage: (message) => void toExtension(message),
        getState: () => state ?? undefined,
        setState: (next) => { state = next; void keepState(JSON.parse(JSON.stringify(next))); },
      });
    }`);
    await this.page.goto(this.#url);
    await this.ready;
  }

  async send(event: ViewerEvent): Promise<void> {
    const answer = event.type === 'answer' && event.ok ? event.result : null;
    const bytes = answer && 'bytes' in answer ? answer.bytes : undefined;
    const plain = bytes ? { ...event, result: { ...answer, bytes: undefined } } : event;
    const base64 = bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') : null;
    await this.page.evaluate(`fromExtension(${JSON.stringify(plain)}, ${JSON.stringify(base64)})`);
  }

  /** Shows a tensor, as of the next stop. */
  async show(source: Source, tensor: Partial<TensorDescriptor> = {}, origin?: ViewedOrigin): Promise<void> {
    this.source = source;
    this.#tensor = tensor;
    this.stop++;
    await this.send({
      type: 'show',
      viewed: {
        origin: origin ?? { kind: 'session', expression: source.name, program: 'one', follows: false },
        tensor: { ...describe(source), ...tensor },
        stop: this.stop,
      },
      settings: this.#settings,
      sessionCost: this.cost,
    });
  }

  async #onMessage(message: ViewerMessage): Promise<void> {
    this.messages.push(message);
    if (message.type === 'ready') this.#ready();
    if (message.type === 'cancel') {
      const asked = this.asked.find(({ id }) => id === message.id);
      if (asked) asked.cancelled = true;
    }
    if (message.type !== 'request') return;
    const { id, name, stop } = message;
    const asked: Asked = { id, name, arguments: message.arguments, cancelled: false, bytes: 0 };
    this.asked.push(asked);
    await this.hold;
    if (asked.cancelled) return;
    try {
      if (stop !== this.stop) throw new TensorError({ code: 'not-paused', message: 'The program has run on.' });
      if (this.failure) throw this.failure;
      const result = await this.#answer(message);
      await this.send({ type: 'answer', id, ok: true, result });
      if (!('cost' in result)) return;
      asked.bytes = result.cost.bytes;
      if (result.cost.readbacks === 0) return;
      this.cost.bytes += result.cost.bytes;
      this.cost.ms += result.cost.transferMs;
      this.cost.readbacks += result.cost.readbacks;
      await this.send({ type: 'sessionCost', sessionCost: this.cost });
    } catch (error) {
      await this.send({ type: 'answer', id, ok: false, error: reportOf(error) });
    }
  }

  async #answer(
    request: Extract<ViewerMessage, { type: 'request' }>,
  ): Promise<ViewerRequests[ViewerRequestName]['result']> {
    const source = this.source as Source;
    const start = performance.now();
    const cost = (bytes: number): CopyCost => {
      const transferMs = performance.now() - start;
      const wholeBytes = source.byteLength;
      const wholeMsEstimate = (wholeBytes / 2 ** 30) * 1000 + 1;
      // What is not copied from a device is the program's own memory.
      const readbacks = this.#tensor.access?.how === 'view' ? 0 : 1;
      return { bytes, queueMs: 0, transferMs, readbacks, stagingBytes: 0, wholeBytes, wholeMsEstimate };
    };
    if (request.name === 'stats') return { ...(await source.statistics(request.arguments.bins)), cost: cost(4096) };
    if (request.name === 'findNotFinite') {
      const { from, direction } = request.arguments;
      return { index: await source.findNotFinite(from, direction) };
    }
    const ranges = parseSlice(request.arguments.slice, source.shape);
    const values = await source.read(ranges);
    const shape = resultShape(ranges);
    if (values instanceof Uint8Array) return { bytes: values, shape, cost: cost(values.byteLength) };
    return { values: toJsonValues(values, 'string', shape), shape, cost: cost(sliceSize(ranges) * 8) };
  }

  /** The text of the cell at a place of the view, once it is there. */
  async cell(row: number, column: number): Promise<string> {
    const cell = this.page.locator(
      `[role=row][aria-rowindex="${row + 2}"] [aria-colindex="${column + 2}"]:not(.loading)`,
    );
    return (await cell.textContent()) ?? '';
  }

  /** When everything that is on screen has been answered and drawn. */
  async settled(): Promise<void> {
    const frames = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';
    await this.page.evaluate(frames);
    await this.page.locator('.grid-cell.loading, .grid-cell.old, .busy').first().waitFor({ state: 'detached' });
    await this.page.evaluate(frames);
  }

  /** When the page has kept what is on screen now, as it does when VS Code hides it. */
  async kept(): Promise<void> {
    await this.settled();
    await this.page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  }

  /** What the strip at the bottom says. */
  async costs(): Promise<string> {
    return ((await this.page.locator('footer.cost').textContent()) ?? '').replace(/\s+/g, ' ').trim();
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(projectRoot, '.cache/screenshots', `viewer-${name}.png`) });
  }

  reads(): Asked[] {
    return this.asked.filter(({ name }) => name === 'read');
  }
}

function describe(source: Source): TensorDescriptor {
  return {
    id: '1',
    runtime: 'tfjs',
    kind: 'eager',
    className: 'Tensor',
    dtype: source.dtype,
    shape: source.shape,
    byteLength: source.byteLength || source.shape.reduce((a, b) => a * b, itemSize(source.dtype)),
    device: { type: 'webgpu', name: 'SwiftShader' },
    location: 'device',
    state: 'live',
    access: { how: 'copy' },
    warnings: [],
  };
}

export interface ViewerBrowser {
  browser: Browser;
  open(options?: PageOptions): Promise<ViewerPage>;
  close(): Promise<void>;
}

export async function startViewerBrowser(): Promise<ViewerBrowser> {
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const serve = (type: string, body: string | Buffer) => {
      response.setHeader('Content-Type', type);
      response.end(body);
    };
    if (pathname === '/theme.css') return serve('text/css', themeStyle(search.slice(1)));
    if (pathname === '/viewer.css') return serve('text/css', readFileSync(join(projectRoot, 'dist/viewer.css')));
    if (pathname === '/viewer.js') return serve('text/javascript', readFileSync(join(projectRoot, 'dist/viewer.js')));
    response.setHeader('Content-Security-Policy', policy);
    serve('text/html', html(search.slice(1)));
  });
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    browser,
    async open(options = {}) {
      const page = await browser.newPage({
        viewport: { width: options.width ?? 1000, height: options.height ?? 640 },
      });
      page.setDefaultTimeout(60_000);
      const viewer = new ViewerPage(page, `${url}?${options.theme ?? 'dark'}`, options);
      await viewer.load();
      return viewer;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** One browser for the tests of a file. */
export function viewerPages(): (options?: PageOptions) => Promise<ViewerPage> {
  let started: ViewerBrowser | undefined;
  before(async () => {
    started = await startViewerBrowser();
  });
  after(() => started?.close());
  return (options) => (started as ViewerBrowser).open(options);
}
