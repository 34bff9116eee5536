/** Commands: saving, copying, starting, and what is said when one fails. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';
import {
  breakAt,
  chooseInMenu,
  desk,
  endSessions,
  numpy,
  places,
  rowsWith,
  screenshots,
  test,
  testAt,
  unfoldScope,
  until,
  variableRows,
  workspaceFile,
} from './harness.ts';
import { closeEditors, pageSays } from './viewerPage.ts';

for (const [kind, place] of Object.entries(places)) {
  testAt(place, `${kind}: saves that NumPy loads`, async () => {
    await rowsWith('product');
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, 'product.npy');
      await vscode.commands.executeCommand('tensorDebugger.saveNpy', { expression: 'product', file });
      await until('the file is there', () => existsSync(file));
      strictEqual(
        numpy(`a = np.load(${JSON.stringify(file)}); print(a.dtype, a.shape, a.sum())`),
        'float32 (64, 64) 8386560.0',
      );
      const archive = join(folder, 'all.npz');
      await vscode.commands.executeCommand('tensorDebugger.saveAllNpz', { file: archive });
      const names = numpy(`print(sorted(np.load(${JSON.stringify(archive)}).files))`);
      ok(/'bias', .*'host', .*'product', .*'weights'/.test(names), names);
      const table = join(folder, 'host.csv');
      await vscode.commands.executeCommand('tensorDebugger.saveCsv', { expression: 'host', file: table });
      strictEqual(numpy(`print(np.loadtxt(${JSON.stringify(table)}, delimiter=','))`), '[ 1.5  nan -2. ]');
    });
  });

  testAt(place, `${kind}: puts the values of a file into a variable`, async () => {
    await rowsWith('weights');
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, 'new.npy');
      numpy(`np.save(${JSON.stringify(file)}, np.full((128, 10), 3, np.float32))`);
      await vscode.commands.executeCommand('tensorDebugger.replaceFromFile', { expression: 'weights', file });
      await vscode.commands.executeCommand('tensorDebugger.copyJson', { expression: 'weights' });
      const { values } = JSON.parse(await vscode.env.clipboard.readText()) as { values: number[][] };
      ok(values.flat().every((value) => value === 3));
      // The program is not what it was for the next test.
      await endSessions();
    });
  });

  testAt(place, `${kind}: copies as NumPy code, TypeScript and JSON`, async () => {
    await rowsWith('bias');
    const copied = async (command: string) => {
      await vscode.env.clipboard.writeText('');
      await vscode.commands.executeCommand(`tensorDebugger.${command}`, { expression: 'bias' });
      return vscode.env.clipboard.readText();
    };
    strictEqual(await copied('copyNumpy'), 'np.array([0.1, 0.2, 0.3], dtype=np.float32)');
    ok((await copied('copyTypescript')).includes('[0.1, 0.2, 0.3]'));
    deepStrictEqual(JSON.parse(await copied('copyJson')), { dtype: 'float32', shape: [3], values: [0.1, 0.2, 0.3] });
  });
}

testAt(places.tensor, 'commands: a save through the palette and its dialogs, which NumPy loads', async () => {
  await rowsWith('product');
  const choices = '.quick-input-list .monaco-list-row';
  const busy = '.quick-input-progress.active';
  const choose = async (typed: string, choice: string) => {
    if (typed !== '') await desk('press', { text: typed });
    await until(`${choice} is offered`, async () =>
      (await desk('texts', { selector: choices })).some((text) => text.includes(choice)),
    );
    await desk('clickOn', { selector: choices, text: choice });
  };
  const field = () => desk('values', { selector: '.quick-input-box input', name: 'value' });
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'by-hand.npy');
    await vscode.commands.executeCommand('workbench.action.showCommands');
    await choose('Tensor: Save as .npy', 'Tensor: Save as .npy');
    await until('it asks for a tensor', async () =>
      (await desk('texts', { selector: choices })).some((text) => text.startsWith('product')),
    );
    await choose('', 'product');
    // The dialog proposes a file of the tensor's name in the workspace.
    await until('it asks for a file', async () => (await field()).some((text) => text?.endsWith('product.npy')));
    await desk('fill', { selector: '.quick-input-box input', text: file });
    // It takes no answer before it has looked at the folder: an empty one here.
    await until('it has looked', async () => {
      const listed = await desk('texts', { selector: choices });
      return listed.length === 1 && listed[0] === '..' && (await desk('texts', { selector: busy })).length === 0;
    });
    await desk('press', { keys: ['Enter'] });
    await until('the file is there', () => existsSync(file));
    strictEqual(numpy(`print(np.load(${JSON.stringify(file)}).sum())`), '8386560.0');
  });
});

testAt(places.tensor, 'commands: menus of variables, watches and the editor open the viewer', async () => {
  await rowsWith('product');
  await vscode.commands.executeCommand('workbench.debug.action.focusVariablesView');
  await unfoldScope('Local', 'product');
  await desk('clickOn', { selector: variableRows, text: 'product', button: 'right' });
  await chooseInMenu('Open in Viewer');
  await pageSays('header', /product float32\[64, 64\]/);
  await closeEditors();
  const editor = await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile('network.ts')));
  const at = editor.document.getText().indexOf('bias.shape');
  editor.selection = new vscode.Selection(editor.document.positionAt(at + 2), editor.document.positionAt(at + 2));
  // The menu passes the document; what stands at the cursor is meant.
  await vscode.commands.executeCommand('tensorDebugger.openInViewer', editor.document.uri);
  await pageSays('header', /bias float32\[3\]/);
});

test('tensor: starts the open file with no launch.json', async () => {
  breakAt('network.ts', 'second');
  await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile('network.ts')));
  await vscode.commands.executeCommand('tensorDebugger.debugFile');
  await vscode.commands.executeCommand('workbench.view.debug');
  await desk('collapse', { panes: ['Variables', 'Watch', 'Call Stack', 'Loaded Scripts', 'Breakpoints'] });
  await rowsWith('scaled');
});

testAt(places.tensor, 'tensor: a failure is said once, and says what to do', async () => {
  await rowsWith('product');
  await vscode.commands.executeCommand('tensorDebugger.saveNpy', {
    expression: 'product',
    file: '/no/such/folder/x.npy',
  });
  // While tests run, VS Code keeps messages in its list instead of letting them pop up.
  await vscode.commands.executeCommand('notifications.showList');
  const said = await until('it is said', async () => {
    const texts = (await desk('notifications', {})).filter((text) => text.includes('x.npy could not be written'));
    return texts.length > 0 && texts;
  });
  strictEqual(said.length, 1, said.join('\n'));
  ok(said[0]?.includes('/no/such/folder') && said[0].includes('choose another place'), said[0]);
  await screenshots('tensor-failed-save', ['dark']);
  await vscode.commands.executeCommand('notifications.clearAll');
});
