/** Long work can be cancelled, and leaves nothing behind. */
import { deepStrictEqual } from 'node:assert';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';
import { desk, type Place, screenshots, testAt, until } from './harness.ts';
import { closeEditors, gridRows, pageSays } from './viewerPage.ts';

const program = '${workspaceFolder}/large.mjs';
const largePlaces: Record<string, Place> = {
  tensor: { config: { type: 'tensor', program }, file: 'large.mjs', mark: 'large' },
  companion: { config: { type: 'node', program }, file: 'large.mjs', mark: 'large' },
};

for (const [kind, place] of Object.entries(largePlaces)) {
  testAt(place, `${kind}: statistics in the viewer show their progress, and can be cancelled`, async () => {
    // 2 GiB that nothing stands behind: many seconds.
    await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'new Float32Array(2 ** 29)' });
    await pageSays('header', /float32\[536870912\]/);
    await desk('webviewClick', { selector: '#tab-statistics' });
    await until('it shows its progress', async () => (await desk('webviewTexts', { selector: 'progress' })).length > 0);
    await screenshots(`${kind}-statistics-progress`, ['dark']);
    await desk('webviewClick', { selector: '.progress button' });
    await pageSays('.notice', /The statistics were not computed to their end/);
    // The program is asked for other things again at once.
    await desk('webviewClick', { selector: '#tab-grid' });
    await gridRows('0 0');
    await closeEditors();
  });

  testAt(place, `${kind}: a save shows its progress, and leaves no half file when it is cancelled`, async () => {
    await inTemporaryFolder(async (folder) => {
      // Below what earlier tests were told, it may be out of the list's window.
      await vscode.commands.executeCommand('notifications.clearAll');
      await vscode.commands.executeCommand('notifications.showList');
      const saving = vscode.commands.executeCommand('tensorDebugger.saveCsv', {
        expression: 'array',
        file: join(folder, 'large.csv'),
      });
      const over = saving.then(async () => {
        throw new Error(`it was over before it said how far it is: ${(await desk('notifications', {})).join('; ')}`);
      });
      const progress = until('it says how far it is', async () =>
        (await desk('notifications', {})).some((text) => /Saving large\.csv.*: [\d.]+ [KMG]?B/.test(text)),
      );
      await Promise.race([progress, over]);
      await desk('clickOn', { selector: '.notification-list-item .monaco-button', text: 'Cancel' });
      await saving;
      // The debug adapter answers at once, and removes what it has begun then.
      await until('nothing is left of it', () => readdirSync(folder).length === 0);
      const said = async () => (await desk('notifications', {})).filter((text) => text.includes('large.csv'));
      await until('its progress is gone', async () => !(await said()).some((text) => text.includes('Saving')));
      // Whoever cancels knows it: nothing is said about it. What the window was told before this command is on screen.
      await vscode.commands.executeCommand('notifications.showList');
      deepStrictEqual(await said(), []);
    });
  });
}
