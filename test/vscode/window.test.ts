/** What tests in the extension host can't see, for it ends or is not theirs: a person at the window, and nobody else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { FrameLocator, Page } from 'playwright-core';
import { vsCodeCache } from '../../scripts/vsCodeServer.mjs';
import { projectRoot } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { openWindow } from './windows.ts';

/** @param virtual the URI of a folder that is open instead of one of its own */
async function open(
  context: TestContext,
  files: Record<string, string | Uint8Array>,
  makeVsix?: (file: string) => void,
  virtual?: string,
): Promise<{ page: Page; workspace: string }> {
  const folder = temporaryFolder();
  const workspace = join(folder, 'workspace');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), content);
  }
  const vsix = join(folder, 'extension.vsix');
  makeVsix?.(vsix);
  const window = await openWindow({ folder, workspace: virtual ?? workspace, ...(makeVsix && { vsix }) });
  context.after(async () => {
    const name = context.name.replace(/:.*/, '').replace(/\W+/g, '-');
    await window.page.screenshot({ path: join(vsCodeCache, 'screenshots', `${name}.png`) });
    await window.close();
  });
  window.page.setDefaultTimeout(60_000);
  return { page: window.page, workspace };
}

function packageExtension(vsix: string): void {
  execFileSync(process.execPath, [join(projectRoot, 'scripts/package.mjs'), vsix], { stdio: 'pipe' });
}

async function openFile(page: Page, name: string): Promise<void> {
  await page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name }).dblclick();
  await page.locator('.tab.active').filter({ hasText: name }).waitFor();
}

/** With the cursor in it: it is what commands are about. */
async function openProgram(page: Page, name: string): Promise<void> {
  await openFile(page, name);
  await page.locator('.monaco-editor.focused .view-line').first().waitFor();
  await page.locator('.statusbar-item').filter({ hasText: 'JavaScript' }).waitFor();
}

async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-box input').fill(`>${title}`);
  await page.locator(rows).filter({ hasText: title }).first().click();
}

const rows = '.quick-input-list .monaco-list-row';

function viewerOf(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
}

test('a reload of the window while a program is stopped: the viewer has its last cells, slice and place, as old', async (context) => {
  const program = `const state = Float32Array.from({ length: 10_000 }, (_, i) => i / 2);
function look() {
  debugger;
  return state.length;
}
look();
`;
  const { page } = await open(context, { 'program.mjs': program });
  await openProgram(page, 'program.mjs');
  await command(page, 'Tensor: Debug Open File');
  await page.locator('.debug-top-stack-frame-line').first().waitFor();
  await command(page, 'View: Show Run and Debug');
  const row = page
    .locator('.pane:has(.pane-header[aria-label^="Tensors"]) .monaco-list-row')
    .filter({ hasText: 'state' });
  await row.hover();
  await row.locator('.action-label[aria-label^="Open in Viewer"]').click();
  const viewer = viewerOf(page);
  const active = viewer.locator('#active-cell');
  await active.filter({ hasText: '0' }).waitFor();
  const slice = viewer.getByLabel('Slice', { exact: true });
  await slice.fill('1::2');
  await slice.press('Enter');
  await active.filter({ hasText: '0.5' }).waitFor();
  const place = viewer.getByLabel('Go to');
  await place.fill('3001');
  await place.press('Enter');
  await active.filter({ hasText: '1500.5' }).waitFor();
  // It keeps at once what another tab is left with.
  await viewer.getByRole('tab', { name: 'Statistics' }).click();
  await viewer.getByRole('tab', { name: 'Grid' }).click();
  const cells = () => viewer.locator('[role=rowgroup] [role=row]').allInnerTexts();
  await active.waitFor();
  const before = await cells();
  assert.equal(await viewer.locator('.banner.stale').count(), 0);

  const loaded = page.waitForEvent('load');
  await command(page, 'Developer: Reload Window');
  await loaded;
  await viewer.locator('.banner.stale').filter({ hasText: 'Old values: The debug session is over.' }).waitFor();
  const after = await cells();
  // The banner is where the last row was.
  assert.ok(after.length > 2);
  assert.deepEqual(after, before.slice(0, after.length));
  assert.equal(await slice.inputValue(), '1:10000:2');
  assert.equal(await active.innerText(), '1500.5');
});

test("VS Code's own debugger: the Tensors view opens at the first stop that has tensors, and for no other program", async (context) => {
  const configuration = { type: 'node', request: 'launch', name: 'Run File', program: '${file}' };
  const tfjs = `createRequire(${JSON.stringify(join(projectRoot, 'package.json'))})('@tensorflow/tfjs')`;
  const { page } = await open(context, {
    '.vscode/launch.json': JSON.stringify({ version: '0.2.0', configurations: [configuration] }),
    'plain.mjs': `const bytes = Buffer.from('abc');\ndebugger;\nconsole.log(bytes);\n`,
    'train.mjs': `import { createRequire } from 'node:module';
const tf = ${tfjs};
const loss = tf.scalar(2);
debugger;
console.log(loss.rank);
`,
  });
  const header = page.locator('.pane-header[aria-label^="Tensors"]');
  const stopped = page.locator('.debug-top-stack-frame-line').first();
  const stopIn = async (name: string, inlineValue: string) => {
    await openProgram(page, name);
    await command(page, 'View: Show Run and Debug');
    await page.locator('.start-debug-action-item').filter({ hasText: configuration.name }).waitFor();
    await page.keyboard.press('F5');
    await stopped.waitFor();
    // Then its frame has been looked at.
    await page.locator('.view-line').filter({ hasText: inlineValue }).first().waitFor();
  };
  await stopIn('plain.mjs', 'bytes = uint8[3]');
  assert.equal(await header.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('Shift+F5');
  await stopped.waitFor({ state: 'detached' });

  await command(page, 'View: Show Explorer');
  await stopIn('train.mjs', 'loss = 2');
  await page
    .locator('.pane:has(.pane-header[aria-label^="Tensors"]) .monaco-list-row')
    .filter({ hasText: 'loss' })
    .waitFor();
  assert.equal(await header.getAttribute('aria-expanded'), 'true');
});

test('Restricted Mode, as packaged: a tensor file opens in the viewer, and no program is started before the folder is trusted', async (context) => {
  const code =
    'import io, sys, numpy as np; f = io.BytesIO(); np.save(f, np.arange(6.0)); sys.stdout.buffer.write(f.getvalue())';
  const array = execFileSync('/usr/bin/python3', ['-c', code]);
  const { page, workspace } = await open(
    context,
    {
      'x.npy': array,
      'program.mjs':
        "import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('ran', import.meta.url), '');\ndebugger;\n",
    },
    packageExtension,
  );
  const dialog = page.locator('.monaco-dialog-box');
  await page.locator('.statusbar-item').filter({ hasText: 'Restricted Mode' }).waitFor();
  // The Welcome page offers its walkthrough: what it contributes is known.
  await page.getByText('Look at a tensor').waitFor();
  await openFile(page, 'x.npy');
  await viewerOf(page)
    .locator('[role=rowgroup] [role=row]')
    .filter({ hasText: /^5\s*5$/ })
    .waitFor();

  await openProgram(page, 'program.mjs');
  await command(page, 'Tensor: Debug Open File');
  await dialog.getByText('Debugging executes build tasks and program code from your workspace.').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.ok(!existsSync(join(workspace, 'ran')));

  await command(page, 'Tensor: Debug Open File');
  await dialog.getByRole('button', { name: 'Trust Folder & Continue' }).click();
  await page.locator('.debug-top-stack-frame-line').first().waitFor();
  assert.ok(existsSync(join(workspace, 'ran')));
});

test('virtual workspace, as packaged: none of its commands, and why', async (context) => {
  const { page } = await open(context, {}, packageExtension, 'memfs:/none');
  await page.getByText('Walkthroughs').waitFor();
  await command(page, 'Extensions: Show Installed Extensions');
  await page.locator('.extension-list-item').filter({ hasText: 'Tensor Debugger' }).click();
  await page.locator('.editor-group-container').getByText('Tensor Debugger is off in a virtual workspace').waitFor();
  await page.keyboard.press('F1');
  await page.locator('.quick-input-box input').fill('>Tensor: Open Sample');
  await page.locator(rows).filter({ hasText: 'similar commands' }).first().waitFor();
  assert.equal(await page.locator(rows).filter({ hasText: 'Tensor: ' }).count(), 0);
});
