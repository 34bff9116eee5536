/** Graph tensors: their command is offered only where there is one, and its result opens in the viewer. */
import { deepStrictEqual, ok } from 'node:assert';
import * as vscode from 'vscode';
import {
  breakAt,
  choices,
  continueToNextStop,
  desk,
  inPalette,
  openView,
  rowsWith,
  start,
  test,
  untilStopped,
} from './harness.ts';
import { closeEditors, gridRows, pageSays } from './viewerPage.ts';

for (const type of ['tensor', 'node']) {
  test(`graph tensors in a session of type ${type}: evaluated with feeds, shown in the viewer`, async () => {
    await closeEditors();
    breakAt('graph.mjs', 'graph');
    await start({ type, program: '${workspaceFolder}/graph.mjs' });
    await openView();
    const rows = await rowsWith('sums');
    ok(
      rows.some((row) => row.startsWith('sums')),
      rows.join('\n'),
    );
    await vscode.commands.executeCommand('tensorDebugger.evaluateGraph', {
      expression: 'sums',
      feeds: { x: 'batch' },
    });
    await gridRows('0 3 3', '1 7 7');
    await pageSays('header', /sums float32\[2, 2\]/);
    // By hand: the row's action, then the tensor that fits.
    await closeEditors();
    await desk('click', { row: 'sums', action: 'Evaluate Graph Tensor…' });
    await desk('clickOn', { selector: choices, text: 'batch' });
    await gridRows('0 3 3', '1 7 7');
    // Or from the viewer, which has no values of it to show.
    await closeEditors();
    await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'sums' });
    await pageSays('.notice', /no value/);
    await desk('webviewClick', { selector: 'header button', text: 'Evaluate…' });
    await desk('clickOn', { selector: choices, text: 'batch' });
    await gridRows('0 3 3', '1 7 7');
  });

  test(`graph tensors in a session of type ${type}: a value that is computed later opens at the stop after it`, async () => {
    await closeEditors();
    // Nobody need look at the tree for it.
    await desk('collapse', { panes: ['Tensors'] });
    breakAt('later.mjs', 'pass');
    await start({ type, program: '${workspaceFolder}/later.mjs' });
    await untilStopped();
    await vscode.commands.executeCommand('tensorDebugger.evaluateGraph', {
      expression: 'model.outputs[0]',
      feeds: { c: '[false, true, true]' },
    });
    await continueToNextStop();
    await gridRows('0 1', '1 2');
    await pageSays('header', /int32\[2, 1\]/);
  });
}

// Evaluated once, it can be read.
for (const [type, from] of [
  ['tensor', 'its row'],
  ['node', 'the viewer'],
] as const) {
  test(`graph tensors in a session of type ${type}: a lazy array of jax-js is evaluated from ${from}`, async () => {
    await closeEditors();
    breakAt('lazy.mjs', 'lazy');
    await start({ type, program: '${workspaceFolder}/lazy.mjs' });
    await openView();
    await rowsWith('lazy');
    deepStrictEqual(await inPalette('Evaluate'), ['Evaluate Graph Tensor…']);
    if (from === 'its row') {
      await desk('click', { row: 'lazy', action: 'Evaluate Graph Tensor…' });
    } else {
      await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'lazy' });
      await pageSays('.notice', /is lazy/);
      await desk('webviewClick', { selector: 'header button', text: 'Evaluate…' });
    }
    await gridRows('0 4', '1 6', '2 8');
  });
}
