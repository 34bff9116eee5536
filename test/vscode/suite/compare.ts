/** Comparing tensors: with a file, with an earlier stop. */

import { match } from 'node:assert';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';
import {
  breakAt,
  chooseInMenu,
  continueToNextStop,
  desk,
  numpy,
  openView,
  rowsWith,
  start,
  test,
  until,
  untilStopped,
} from './harness.ts';
import { closeEditors, gridRows, pageSays } from './viewerPage.ts';

const config = { type: 'tensor', program: '${workspaceFolder}/steps.ts' };

test('compare: a tensor with a file shows their difference', async () => {
  await closeEditors();
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'expected.npy');
    numpy(`np.save(${JSON.stringify(file)}, np.arange(4096.0).reshape(64, 64))`);
    breakAt('steps.ts', 'pass');
    await start(config);
    await untilStopped();
    await vscode.commands.executeCommand('tensorDebugger.compare', { expression: 'state', file });
    await gridRows('0 0 0 0 0', '1 0 0 1 0');
    await pageSays('header', /state − expected\.npy float64\[64, 64\]/);
    await said(/differ in 1 of 4096 elements .* Largest difference: 1 at \[1, 2\]/);
    await continueToNextStop();
    await pageSays('.banner.stale', /moved on/);
  });
});

test('compare: a tensor with what it was at an earlier stop, chosen in the palette', async () => {
  await closeEditors();
  breakAt('steps.ts', 'pass');
  await start(config);
  await untilStopped();
  await compareWith('Keep these values');
  await until('they are kept', async () =>
    (await desk('texts', { selector: '.statusbar-item' })).some((text) => text.includes('Kept state')),
  );
  await continueToNextStop();
  await continueToNextStop();
  await compareWith('state as it was kept');
  await pageSays('header', /state − state \(kept at /);
  await gridRows('0 0 0 0 0', '1 0 0 2 0');
});

/** Chooses from what the command offers for `state`. */
async function compareWith(item: string): Promise<void> {
  // It ends when something was chosen.
  const command = vscode.commands.executeCommand('tensorDebugger.compare', { expression: 'state' });
  const row = '.quick-input-list .monaco-list-row';
  await until('it asks', async () => (await desk('texts', { selector: row })).some((text) => text.includes(item)));
  await desk('clickOn', { selector: row, text: item });
  await command;
}

async function said(pattern: RegExp): Promise<void> {
  await vscode.commands.executeCommand('notifications.showList');
  await until(`it says ${String(pattern)}`, async () =>
    (await desk('notifications', {})).some((text) => pattern.test(text)),
  );
  await vscode.commands.executeCommand('notifications.clearAll');
}

for (const type of ['tensor', 'node']) {
  test(`compare: in a session of type ${type}, a tensor's kernels with the cpu backend, from its row`, async () => {
    await closeEditors();
    breakAt('copies.ts', 'copied');
    const runtimeArgs = type === 'node' ? { runtimeArgs: ['--import', 'tsx'] } : {};
    await start({ type, program: '${workspaceFolder}/copies.ts', ...runtimeArgs });
    await openView();
    await rowsWith('product');
    await desk('click', { row: 'product', button: 'right' });
    await chooseInMenu('Compare Backends…');
    const text = await until('the comparison opens', () =>
      vscode.workspace.textDocuments.map((document) => document.getText()).find((shown) => /kernel on/.test(shown)),
    );
    match(text, /^product = .*matMul.*: each kernel on \w+, and on cpu with the same inputs/);
  });
}
