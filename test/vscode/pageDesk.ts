/** The desk, on the page that shows VS Code: a browser's, or a desktop window's. */
import { join } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import type { Desk } from './desk.ts';

const pane = '.pane:has(.pane-header[aria-label^="Tensors"])';
const themes = {
  light: { window: '.monaco-workbench.vs', webview: 'body.vscode-light' },
  dark: { window: '.monaco-workbench.vs-dark', webview: 'body.vscode-dark' },
  contrast: { window: '.monaco-workbench.hc-black', webview: 'body.vscode-high-contrast' },
};

/** What is needed of the browser's types, which Node's don't have. */
interface PageElement {
  querySelector(selector: string): { textContent: string | null } | null;
  getAttribute(name: string): string | null;
  scrollTo(options: { left?: number; top?: number }): void;
}
interface PageGlobal {
  document: {
    querySelectorAll(
      selector: string,
    ): Iterable<{ textContent: string | null; querySelector(selector: string): { textContent: string | null } | null }>;
  };
}
interface PageRoot {
  querySelectorAll(
    selector: string,
  ): Iterable<{ textContent: string | null; shadowRoot: PageRoot | null; matches(selector: string): boolean }>;
}
interface PageCanvas {
  width: number;
  height: number;
  getContext(
    kind: '2d',
  ): { getImageData(x: number, y: number, w: number, h: number): { data: Iterable<number> } } | null;
}

/** Everything but telling how tests go. */
export function pageDesk(page: () => Page, screenshots: string): Omit<Desk, 'begin' | 'report'> {
  const rows = () => page().locator(`${pane} .monaco-list-row`);
  let hovers = 0;
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
    async paintedRow({ row }) {
      const painted = await page().waitForFunction(
        ({ rows, row }) => {
          const { document } = globalThis as unknown as PageGlobal;
          for (const found of document.querySelectorAll(rows)) {
            const parts = ['.label-name', '.label-description'].map((part) => found.querySelector(part)?.textContent);
            if (parts.join(' ').startsWith(row)) return performance.timeOrigin + performance.now();
          }
          return undefined;
        },
        { rows: `${pane} .monaco-list-row`, row },
        { polling: 'raf' },
      );
      return (await painted.jsonValue())!;
    },
    async paintedCells() {
      // VS Code may take a frame for another one before it shows its page: each picture is looked at anew.
      for (const end = Date.now() + 30_000; Date.now() < end; await nextPicture(page())) {
        for (const frame of await webviews(page())) {
          const painted = await frame.evaluate(whenCellsArePainted).catch((error: unknown) => {
            if (frame.isDetached()) return undefined;
            throw error;
          });
          if (painted !== undefined) return painted;
        }
      }
      throw new Error('No viewer painted a number within 30 s.');
    },
    viewText: async () => tidy((await page().locator(`${pane} .pane-body`).allInnerTexts()).join(' ')),
    notifications: async () => (await page().locator('.notification-list-item-message').allInnerTexts()).map(tidy),
    texts: async ({ selector }) => (await page().locator(selector).allInnerTexts()).map(tidy),
    async click({ row, action, button = 'left' }) {
      const found = rows()
        .filter({ hasText: new RegExp(`^\\s*${escape(row)}`) })
        .first();
      if (action === undefined) await found.click({ button });
      else {
        await found.hover();
        await found.locator(`.action-label[aria-label^="${action}"]`).click();
      }
      return null;
    },
    async clickOn({ selector, text, last = false, button = 'left' }) {
      const all = page().locator(selector);
      const found = text === undefined ? all : all.filter({ hasText: text });
      await (last ? found.last() : found.first()).click({ button });
      return null;
    },
    async rowTooltip({ row }) {
      const name = rows().filter({ hasText: new RegExp(`^\\s*${escape(row)}`) });
      await name.first().locator('.label-name').hover();
      const tooltip = page().locator('.workbench-hover .hover-contents');
      await tooltip.first().waitFor();
      const code = await tooltip.locator('p code').allInnerTexts();
      return { text: await tooltip.first().innerText(), code };
    },
    async hover({ word }) {
      const found = page().locator('.monaco-editor .view-line span span').getByText(word, { exact: true });
      // On another letter each time: where the mouse was before, VS Code does not look again.
      hovers = (hovers + 1) % word.length;
      const { width = 0, height = 0 } = (await found.first().boundingBox()) ?? {};
      await found.first().hover({ position: { x: ((hovers + 0.5) * width) / word.length, y: height / 2 } });
      return null;
    },
    values: ({ selector, name }) => valuesOf(page().locator(selector), name),
    async fill({ selector, text }) {
      await page().locator(selector).first().fill(text);
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
    async webviewTexts({ selector, title }) {
      const frame = await visibleWebview(page(), title);
      if (!frame) return [];
      try {
        return (await frame.locator(selector).allInnerTexts()).map(tidy);
      } catch (error) {
        // It went away while it was read.
        if (frame.isDetached()) return [];
        throw error;
      }
    },
    async webviewValues({ selector, name, title }) {
      const frame = await visibleWebview(page(), title);
      if (!frame) return [];
      return valuesOf(frame.locator(selector), name);
    },
    async webviewClick({ selector, text, at, title }) {
      const found = (await webview(page(), title)).locator(selector);
      const chosen = (text === undefined ? found : found.filter({ hasText: text })).first();
      await chosen.click({ ...(at && { position: at }) });
      return null;
    },
    async webviewFill({ selector, text, title }) {
      const field = (await webview(page(), title)).locator(selector).first();
      await field.fill(text);
      await field.press('Enter');
      return null;
    },
    async webviewSelect({ selector, option, title }) {
      await (await webview(page(), title)).locator(selector).first().selectOption(option);
      return null;
    },
    async webviewScroll({ selector, left, top, title }) {
      const to = { ...(left !== undefined && { left }), ...(top !== undefined && { top }) };
      const element: Locator = (await webview(page(), title)).locator(selector).first();
      await element.evaluate((found, to) => (found as unknown as PageElement).scrollTo(to), to);
      return null;
    },
    async webviewPixels({ selector, at, title }) {
      const canvas = (await webview(page(), title)).locator(selector).first();
      return canvas.evaluate((found, at) => {
        const canvas = found as unknown as PageCanvas;
        const { width, height } = canvas;
        const context = canvas.getContext('2d');
        return at.map(({ x, y }) => {
          const left = Math.min(width - 1, Math.floor(x * width));
          const top = Math.min(height - 1, Math.floor(y * height));
          const [red = 0, green = 0, blue = 0, alpha = 0] = context?.getImageData(left, top, 1, 1).data ?? [];
          return [red, green, blue, alpha] as [number, number, number, number];
        });
      }, at);
    },
    async resize({ width, height, sidebar }) {
      const before = page().viewportSize() ?? { width, height };
      await page().setViewportSize({ width, height });
      const edge = await page().locator('.part.sidebar').boundingBox();
      if (!edge) throw new Error('There is no sidebar on screen.');
      await page().mouse.move(edge.x + edge.width, height / 2);
      await page().mouse.down();
      await page().mouse.move(edge.x + sidebar, height / 2, { steps: 4 });
      await page().mouse.up();
      // Elsewhere: the edge lights up under the pointer.
      await page().mouse.move(width / 2, height - 20);
      return { ...before, sidebar: edge.width };
    },
    async screenshot({ name, theme }) {
      if (theme) {
        await page().locator(themes[theme].window).waitFor();
        for (const frame of await webviews(page())) await frame.locator(themes[theme].webview).waitFor();
      }
      await page().screenshot({ path: join(screenshots, `${name}.png`), animations: 'disabled' });
      return null;
    },
  };
}

/** The documents of the webviews that are on screen: each is a frame in a frame. */
async function webviews(page: Page): Promise<Frame[]> {
  const found: Frame[] = [];
  for (const frame of page.frames()) {
    if (!frame.parentFrame()?.url().includes('/webview/browser/pre/') || frame.isDetached()) continue;
    try {
      const outer = await frame.parentFrame()?.frameElement();
      if (await outer?.isVisible()) found.push(frame);
    } catch (error) {
      // It went away while it was looked at.
      if (!frame.isDetached() && frame.parentFrame()?.isDetached() === false) throw error;
    }
  }
  return found;
}

/** @param title what the document's title begins with, where several webviews are on screen */
async function visibleWebview(page: Page, title = ''): Promise<Frame | undefined> {
  for (const frame of await webviews(page)) {
    if ((await frame.title()).startsWith(title)) return frame;
  }
  return undefined;
}

async function webview(page: Page, title?: string): Promise<Frame> {
  const found = await visibleWebview(page, title);
  if (!found) throw new Error(`No webview ${title === undefined ? '' : `"${title}" `}is on screen.`);
  return found;
}

/** In the page: now, in milliseconds since 1970, if there are numbers in the cells of a viewer. */
function whenCellsArePainted(): number | undefined {
  const { document } = globalThis as unknown as { document: PageRoot };
  // The cells are in shadow roots. No function of its own here: tsx would have it call a helper that the page lacks.
  const roots = [document];
  for (let root = roots.pop(); root; root = roots.pop()) {
    for (const element of root.querySelectorAll('*')) {
      if (element.matches('[role=gridcell]') && /\d/.test(element.textContent ?? '')) {
        return performance.timeOrigin + performance.now();
      }
      if (element.shadowRoot) roots.push(element.shadowRoot);
    }
  }
  return undefined;
}

/** When the page is about to be painted. */
function nextPicture(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { requestAnimationFrame } = globalThis as unknown as { requestAnimationFrame: (run: () => void) => void };
    return new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
  });
}

function valuesOf(elements: Locator, name: string): Promise<(string | null)[]> {
  return elements.evaluateAll(
    (found, name) =>
      (found as unknown as (PageElement & Record<string, unknown>)[]).map((element) => {
        const value = element.getAttribute(name) ?? element[name];
        return ['string', 'number', 'boolean'].includes(typeof value) ? `${value as string | number | boolean}` : null;
      }),
    name,
  );
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
