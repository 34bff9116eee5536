/** Settings take effect on what is on screen, without a reload. */
import { ok } from 'node:assert';
import * as vscode from 'vscode';
import { desk, openView, places, rowsWith, step, testAt, until } from './harness.ts';
import { gridRows } from './viewerPage.ts';

/** Changes a setting for as long as `look` takes. */
async function withSetting(name: string, value: unknown, look: () => Promise<unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('tensorDebugger');
  await settings.update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await look();
  } finally {
    await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
  }
}

testAt(places.tensor, 'settings: number formats of the viewer change what is on screen', async () => {
  await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'bias' });
  await gridRows('0 0.1', '2 0.3');
  await withSetting('viewer.numberFormat', 'hexadecimal', () => gridRows('0 0x3dcccccd', '2 0x3e99999a'));
  await withSetting('viewer.numberFormat', 'scientific', async () => {
    await gridRows('0 1.000000e-1');
    await withSetting('viewer.digits', 2, () => gridRows('0 1.00e-1'));
  });
  await gridRows('0 0.1', '2 0.3');
});

testAt(places.tensor, "settings: the heatmap's colours and range change what is on screen", async () => {
  await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'product' });
  await gridRows('0 0 1 2 3');
  await desk('webviewClick', { selector: '#tab-heatmap' });
  const says = (pattern: RegExp) =>
    until(`the heatmap is ${String(pattern)}`, async () => {
      const labels = await desk('webviewValues', { selector: '.raster canvas', name: 'aria-label' });
      return labels.some((text) => pattern.test(text ?? ''));
    });
  await says(/Viridis/);
  await withSetting('viewer.colormap', 'cividis', () => says(/Cividis/));
  await withSetting('viewer.robustRange', false, () => says(/Viridis from 0 to 4095/));
  await says(/Viridis from (?!0 )/);
});

testAt(places.tensor, 'settings: inline values can be had or not, and rows be longer or shorter', async () => {
  const line = async () =>
    (await desk('texts', { selector: '.view-line' })).find((text) => text.replace(/\s/g, ' ').includes('const bias ='));
  const shows = (values: boolean) =>
    until(
      `the line has ${values ? '' : 'no '}values`,
      async () => (await line())?.replace(/\s/g, ' ').includes('bias = float32') === values,
    );
  await shows(true);
  await openView();
  await rowsWith('bias');
  await desk('click', { row: 'bias' });
  await rowsWith('values [0.1, 0.2, 0.3]');
  await withSetting('preview.length', 8, async () => {
    const rows = await until('the row is shorter', async () => {
      const found = (await desk('rows', {})).filter((row) => row.startsWith('values '));
      return found.length === 1 && !found[0]?.includes('0.3') && found;
    });
    ok((rows[0] ?? '').length < 'values [0.1, 0.2, 0.3]'.length, rows[0]);
  });
  await rowsWith('values [0.1, 0.2, 0.3]');
  await desk('click', { row: 'bias' });
  // VS Code asks for inline values at a stop, and not when a setting has changed.
  await withSetting('inlineValues.enabled', false, async () => {
    await step();
    await shows(false);
  });
  await step();
  await shows(true);
});
