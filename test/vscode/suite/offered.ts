/** What menus and the palette offer: what can work where the program stands, and nothing of ours where there are no tensors. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import * as vscode from 'vscode';
import {
  chooseInMenu,
  choices,
  desk,
  inPalette,
  openView,
  type Place,
  places,
  rowsWith,
  testAt,
  unfoldScope,
  until,
  variableRows,
} from './harness.ts';
import { closeEditors, gridRows, pageSays } from './viewerPage.ts';

async function inMenu(open: () => Promise<unknown>): Promise<string[]> {
  await open();
  const items = await until('the menu is open', async () => {
    const found = await desk('texts', { selector: '.monaco-menu .action-label' });
    return found.length > 0 && found;
  });
  await desk('press', { keys: ['Escape'] });
  return items;
}

const thingsPlace: Place = {
  config: { type: 'node', program: '${workspaceFolder}/things.mjs' },
  file: 'things.mjs',
  mark: 'things',
};

testAt(thingsPlace, 'offered: without tensors the menus of variables are as they were', async () => {
  await openView();
  await until('it was looked at', async () => (await desk('viewText', {})).includes('No tensors'));
  await vscode.commands.executeCommand('workbench.debug.action.focusVariablesView');
  await desk('collapse', { panes: ['Tensors'] });
  await unfoldScope('Local: show', 'point');
  // The first is how the debugger shows `point`.
  for (const text of ['(1, 2)', 'tagged']) {
    const items = await inMenu(() => desk('clickOn', { selector: variableRows, text, button: 'right' }));
    ok(items.includes('Copy Value'), items.join());
    deepStrictEqual(
      items.filter((item) => ['Open in Viewer', 'Tensor'].includes(item)),
      [],
    );
  }
  deepStrictEqual(await inPalette('Copy'), []);
});

/** TensorFlow.js on cpu, in both kinds of session. */
const wordsPlaces = ['tensor', 'node'].map((type): Place => ({
  config: { type, program: '${workspaceFolder}/words.mjs' },
  file: 'words.mjs',
  mark: 'words',
}));
for (const place of wordsPlaces) {
  testAt(
    place,
    `offered: in a session of type ${place.config.type}, what the dtype and the backend allow`,
    async () => {
      await openView();
      await rowsWith('words string[2]');
      const menuOf = async (row: string) => {
        const items = await inMenu(() => desk('click', { row, button: 'right' }));
        return ['Copy as NumPy Code', 'Copy as jax-js Code', 'Compare Backends…', 'Pin'].filter((item) =>
          items.includes(item),
        );
      };
      deepStrictEqual(await menuOf('words'), ['Copy as NumPy Code', 'Pin']);
      deepStrictEqual(await menuOf('numbers'), ['Copy as NumPy Code', 'Copy as jax-js Code', 'Pin']);
      deepStrictEqual(await inPalette('Compare'), ['Compare with…']);
      const copying = vscode.commands.executeCommand('tensorDebugger.copyJaxJs');
      const offered = await until('it asks', async () => {
        const found = await desk('texts', { selector: choices });
        // The palette may still be on its way out of the same box.
        return found.some((row) => row.startsWith('numbers')) && found;
      });
      ok(!offered.some((row) => row.startsWith('words')), offered.join());
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await copying;
      await closeEditors();
      await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'words' });
      await gridRows('0 "one"');
      await desk('webviewClick', { selector: 'header button', text: 'Copy As…' });
      const expected = ['NumPy code', 'TypeScript', 'TF.js code', 'JSON'];
      await until(
        'it asks as what',
        async () => (await desk('texts', { selector: choices })).join() === expected.join(),
      );
      await vscode.env.clipboard.writeText('');
      await desk('clickOn', { selector: choices, text: 'JSON' });
      await until('it is copied', async () => (await vscode.env.clipboard.readText()).includes('"one"'));
    },
  );
}

/** What the `Tensor` menu of a variable has. */
async function tensorMenuOf(variable: string): Promise<string[]> {
  const selector = '.monaco-menu .action-label';
  await desk('clickOn', { selector: variableRows, text: variable, button: 'right' });
  const items = await until('its own menu is open', async () => {
    const found = await desk('texts', { selector });
    if (found.includes('Copy as NumPy Code')) return found;
    if (found.includes('Tensor')) await desk('clickOn', { selector, text: 'Tensor' });
    return false;
  });
  await desk('press', { keys: ['Escape', 'Escape'] });
  await until('it is shut', async () => (await desk('texts', { selector })).length === 0);
  return items;
}

for (const place of wordsPlaces) {
  testAt(
    place,
    `offered: the menus of variables of a session of type ${place.config.type}, by what is known of them`,
    async () => {
      await openView();
      await rowsWith('words string[2]');
      await vscode.commands.executeCommand('workbench.debug.action.focusVariablesView');
      await desk('collapse', { panes: ['Tensors'] });
      await unfoldScope(place === wordsPlaces[0] ? 'Local' : 'Local: look', 'words');
      const code = 'Copy as jax-js Code';
      ok((await tensorMenuOf('numbers')).includes(code));
      // VS Code's own JavaScript debugger tells menus no more of a value than its class.
      strictEqual((await tensorMenuOf('words')).includes(code), place.config.type === 'node');
      await desk('clickOn', { selector: variableRows, text: 'plain', button: 'right' });
      await chooseInMenu('Open in Viewer');
      await gridRows('0 1 2', '1 3 4');
    },
  );
}

testAt(places.tensor, 'offered: comparing backends, where another one than cpu computes', async () => {
  await openView();
  await rowsWith('product');
  deepStrictEqual((await inPalette('Compare')).sort(), ['Compare Backends…', 'Compare with…']);
  deepStrictEqual(await inPalette('Show Tracked'), []);
});

testAt(places.companion, 'offered: companion mode is switched off and on again in a session that runs', async () => {
  await closeEditors();
  await openView();
  await rowsWith('product');
  await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'product' });
  await pageSays('header', /product float32\[64, 64\]/);
  const settings = vscode.workspace.getConfiguration('tensorDebugger');
  await settings.update('companion.enabled', false, vscode.ConfigurationTarget.Global);
  try {
    await until('the view says why it is empty', async () => (await desk('viewText', {})).includes('switched off'));
    await pageSays('.banner.stale', /not read any more/);
    for (const text of ['Open in', 'Copy', 'Save', 'Refresh', 'Break on']) deepStrictEqual(await inPalette(text), []);
    await desk('clickOn', { selector: '.welcome-view-content .monaco-button', text: 'Open Setting' });
    await until('the setting is there', async () =>
      (await desk('texts', { selector: '.settings-editor .setting-item-label' })).some((text) => text === 'Enabled'),
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  } finally {
    await settings.update('companion.enabled', undefined, vscode.ConfigurationTarget.Global);
  }
  await rowsWith('product float32[64, 64] webgpu 16 KB');
  await until(
    'the viewer is live again',
    async () => (await desk('webviewTexts', { selector: '.banner.stale' })).length === 0,
  );
  deepStrictEqual(await inPalette('Open in'), ['Open in Viewer']);
});
