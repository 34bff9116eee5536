/** The parts of the Tensors view beside the variables, its commands, and settings that take effect at once. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { existsSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';
import type { TensorDescriptor } from '../../../src/protocol/tensor.ts';
import {
  breakAt,
  continueToNextStop,
  desk,
  endSessions,
  places,
  plainPlace,
  openView,
  rowsWith,
  screenshots,
  sessionsEnd,
  start,
  step,
  test,
  testAt,
  until,
  workspaceFile,
} from './harness.ts';

for (const [kind, place] of Object.entries(places)) {
  testAt(place, `view, ${kind}: pinned expressions stay, and memory is told by device`, async () => {
    await openView();
    await rowsWith('product');
    const pins = ['product', 'product.dataSync()', 'nowhere.at.all'];
    for (const expression of pins) await vscode.commands.executeCommand('tensorDebugger.pin', { expression });
    await until('all are there', async () => {
      const rows = await desk('rows', {});
      const [product, read, nowhere] = rows.slice(rows.indexOf('Pinned') + 1);
      const type = 'float32[64, 64] webgpu 16 KB';
      return (
        product === `product ${type}` &&
        read === `product.dataSync() ${type}` &&
        nowhere?.startsWith('nowhere.at.all ') === true
      );
    });
    await desk('click', { row: 'Memory' });
    await until('memory is told by device', async () => {
      const rows = await desk('rows', {});
      const memory = rows.slice(rows.indexOf('Memory') + 1);
      const isHeld = memory.some((row) => /^webgpu \d+ tensors, .* held by tfjs$/.test(row));
      return isHeld && memory.includes('webgpu 2 tensors, 32 KB in this frame');
    });
    await screenshots(`view-${kind}`);
    await step();
    await rowsWith('Pinned');
    for (const expression of pins) await vscode.commands.executeCommand('tensorDebugger.unpin', { expression });
    await until('they are gone', async () => !(await desk('rows', {})).includes('Pinned'));
  });
}

test('view, tensor: copies by line, and their warning at the line until that is edited', async () => {
  breakAt('copies.ts', 'copied');
  const uri = vscode.Uri.file(workspaceFile('copies.ts'));
  const document = await vscode.workspace.openTextDocument(uri);
  await start({ type: 'tensor', program: '${workspaceFolder}/copies.ts', copyBudget: { bytes: 1000, ms: 1 } });
  await openView();
  await rowsWith('product');
  await vscode.commands.executeCommand('tensorDebugger.showCopies');
  await rowsWith('copies.ts:7 data × 200 · 3.1 MB');
  const diagnostics = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Tensor Debugger');
  const [warning] = await until('the line is marked', () => diagnostics().length > 0 && diagnostics());
  strictEqual(warning?.code, 'copy-in-loop');
  strictEqual(warning.range.start.line, 6);
  await screenshots('view-copies', ['light', 'dark']);
  const editor = await vscode.window.showTextDocument(document);
  await editor.edit((edit) => edit.insert(new vscode.Position(6, 0), ' '));
  deepStrictEqual(diagnostics(), []);
  await vscode.commands.executeCommand('workbench.action.files.revert');
});

test('view, tensor: a warning at a line outlives its session, and goes when another one begins', async () => {
  breakAt('copies.ts', 'copied');
  const uri = vscode.Uri.file(workspaceFile('copies.ts'));
  const marked = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Tensor Debugger').length;
  await start({ type: 'tensor', program: '${workspaceFolder}/copies.ts', copyBudget: { bytes: 1000, ms: 1 } });
  await openView();
  await until('the line is marked', () => marked() === 1);
  await endSessions();
  strictEqual(marked(), 1);
  await start(plainPlace.config);
  await until('it is not marked any more', () => marked() === 0);
});

test("view, companion: copies since the first stop, at their author's lines", async () => {
  breakAt('copies.ts', 'begun', 'copied');
  const runtimeArgs = ['--import', 'tsx'];
  await start({ type: 'node', program: '${workspaceFolder}/copies.ts', runtimeArgs });
  await openView();
  // The recorder comes with what looks at the first stop.
  await rowsWith('tfjs 4.22.0');
  await continueToNextStop();
  await rowsWith('product');
  await vscode.commands.executeCommand('tensorDebugger.showCopies');
  await rowsWith('copies.ts:7 data × 200 · 3.1 MB');
});

testAt(
  places.tensor,
  'view, tensor: a new budget holds at once; above it a copy is offered with its price',
  async (frame) => {
    await openView();
    await rowsWith('product');
    const warned = async () => {
      const reference = { tensor: { expression: 'product', frameId: frame.frameId } };
      const { tensor } = (await frame.session.customRequest('tensor/describe', reference)) as {
        tensor: TensorDescriptor;
      };
      return tensor.warnings.some(({ code }) => code === 'large-copy');
    };
    strictEqual(await warned(), false);
    const settings = vscode.workspace.getConfiguration('tensorDebugger');
    await settings.update('copyBudget.bytes', 1_000, vscode.ConfigurationTarget.Global);
    try {
      await until('the session has it', warned);
      await vscode.env.clipboard.writeText('');
      const copying = vscode.commands.executeCommand('tensorDebugger.copyJson', { expression: 'product' });
      await vscode.commands.executeCommand('notifications.showList');
      const buttons = await until('it asks', async () => {
        const texts = await desk('texts', { selector: '.notification-list-item .monaco-button' });
        return texts.some((text) => text.startsWith('Copy Anyway')) && texts;
      });
      match(buttons.join('\n'), /Copy Anyway \(16 KB, about [\d.]+ ms\)/);
      await desk('clickOn', { selector: '.notification-list-item .monaco-button', text: 'Copy Anyway' });
      await copying;
      ok((await vscode.env.clipboard.readText()).startsWith('{"dtype"'));
    } finally {
      await settings.update('copyBudget.bytes', undefined, vscode.ConfigurationTarget.Global);
    }
  },
);

for (const [kind, { config }] of Object.entries(places)) {
  test(`view, ${kind}: a new budget holds at once for the warnings about the program's own copies`, async () => {
    breakAt('copies.ts', 'begun', 'copied');
    const uri = vscode.Uri.file(workspaceFile('copies.ts'));
    await start({ ...config, program: uri.fsPath });
    await openView();
    await rowsWith('tfjs 4.22.0');
    const settings = vscode.workspace.getConfiguration('tensorDebugger');
    await settings.update('copyBudget.bytes', 1_000, vscode.ConfigurationTarget.Global);
    try {
      await continueToNextStop();
      await rowsWith('Warnings 1');
      ok(vscode.languages.getDiagnostics(uri).some(({ code }) => code === 'copy-in-loop'));
    } finally {
      await settings.update('copyBudget.bytes', undefined, vscode.ConfigurationTarget.Global);
    }
  });
}

test("view, companion: what the program's own copies are warned of is told while it runs", async () => {
  breakAt('copies.ts', 'begun');
  const uri = vscode.Uri.file(workspaceFile('copies.ts'));
  const settings = vscode.workspace.getConfiguration('tensorDebugger');
  await settings.update('copyBudget.bytes', 1_000, vscode.ConfigurationTarget.Global);
  try {
    await start({ ...places.companion.config, program: uri.fsPath });
    await openView();
    await rowsWith('tfjs 4.22.0');
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    await sessionsEnd();
    ok(vscode.languages.getDiagnostics(uri).some(({ code }) => code === 'copy-in-loop'));
  } finally {
    await settings.update('copyBudget.bytes', undefined, vscode.ConfigurationTarget.Global);
  }
});

for (const type of ['tensor', 'node']) {
  const place = { config: { type, program: '${workspaceFolder}/graph.mjs' }, file: 'graph.mjs', mark: 'graph' };
  testAt(place, `view, ${type}: a conversion that needs eager mode is warned of at the line`, async () => {
    const uri = vscode.Uri.file(workspaceFile('graph.mjs'));
    await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'sums.dataSync()' });
    const warning = await until('it is marked', () =>
      vscode.languages.getDiagnostics(uri).find(({ code }) => code === 'graph-mode'),
    );
    strictEqual(
      (await vscode.workspace.openTextDocument(uri)).lineAt(warning.range.start.line).text.trim(),
      'return [sums, batch]; // #graph',
    );
  });
}

test('sample: needs no install, and stops where its tensors are', async () => {
  const file = workspaceFile('tensor-sample.mjs');
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  try {
    await vscode.commands.executeCommand('tensorDebugger.openSample');
    ok(existsSync(file));
    strictEqual(vscode.debug.breakpoints.length, 1);
    await vscode.commands.executeCommand('tensorDebugger.debugFile');
    await vscode.commands.executeCommand('workbench.view.debug');
    await openView();
    const rows = await rowsWith('gradient float32[512] cpu 2 KB');
    ok(
      rows.some((row) => row.startsWith('pixels float32[256] cpu 1 KB')),
      rows.join('\n'),
    );
    await screenshots('sample', ['light']);
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    rmSync(file, { force: true });
  }
});

test('walkthrough: has four steps and the pages that they name', async () => {
  await vscode.commands.executeCommand(
    'workbench.action.openWalkthrough',
    'tensor-debugger.tensor-debugger#firstTensor',
    false,
  );
  const steps = await until('it is open', async () => {
    const texts = await desk('texts', { selector: '.getting-started-step .step-title' });
    return texts.length === 4 && texts;
  });
  deepStrictEqual(steps, ['Open a program', 'Start it', 'See the first tensor', 'Open it in the viewer']);
  await screenshots('walkthrough', ['light', 'dark']);
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
});
