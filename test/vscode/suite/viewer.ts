/** The viewer on the tensors of stopped programs. */
import { deepStrictEqual, match, ok } from 'node:assert';
import * as vscode from 'vscode';
import {
  breakAt,
  continueToNextStop,
  desk,
  endSessions,
  openView,
  places,
  rowsWith,
  screenshots,
  start,
  stoppedFrame,
  test,
  testAt,
  until,
  untilSessions,
  untilStopped,
  workspaceFile,
} from './harness.ts';
import { closeEditors, gridRows, pageSays } from './viewerPage.ts';

const kinds = {
  tensor: { type: 'tensor', program: '${workspaceFolder}/steps.ts' },
  companion: { type: 'node', program: '${workspaceFolder}/steps.ts', runtimeArgs: ['--import', 'tsx'] },
};

for (const [kind, config] of Object.entries(kinds)) {
  test(`${kind}: the viewer shows a tensor, its cost and what a stop has changed, and keeps it at the end`, async () => {
    await closeEditors();
    breakAt('steps.ts', 'pass');
    await start(config);
    await openView();
    await rowsWith('state');
    await desk('click', { row: 'state', action: 'Open in Viewer' });
    await gridRows('0 0 1 2 3', '1 64 65 67 67', '2 128 129');
    await pageSays('header', /state float32\[64, 64\] webgpu 16 KB/);
    const icons = await desk('values', { selector: '.tab .monaco-icon-label-iconpath', name: 'outerHTML' });
    match(icons.join(), /viewer-(light|dark)\.svg/);
    // A window moves, not the tensor.
    const cost = await pageSays('footer', /This view [\d.]+ (B|KB) in .*Whole tensor 16 KB.*Session/);
    const [, amount = '', unit] = /This view ([\d.]+) (B|KB)/.exec(cost) ?? [];
    ok(Number(amount) * (unit === 'KB' ? 1024 : 1) < 16 * 1024, cost);
    deepStrictEqual(await desk('webviewTexts', { selector: '.grid-cell.changed' }), []);

    await continueToNextStop();
    await gridRows('1 64 65 68 67');
    deepStrictEqual(await desk('webviewTexts', { selector: '.grid-cell.changed' }), ['68']);
    await screenshots(`${kind}-viewer`);

    await desk('webviewClick', { selector: '#tab-heatmap' });
    // From 0, at the top left, to 4095: from one end of viridis to the other.
    await until('the heatmap is drawn', async () => {
      const pixels = await heatmapPixels();
      const [first, last] = [pixels.at(0), pixels.at(-1)];
      return first && last && isNear(first, [68, 1, 84]) && isNear(last, [253, 231, 37]);
    });
    await screenshots(`${kind}-heatmap`);
    await desk('webviewClick', { selector: '#tab-statistics' });
    await pageSays('table', /Elements 4096 Minimum 0 Maximum 4095/);
    await screenshots(`${kind}-statistics`, ['dark']);
    await desk('webviewClick', { selector: '#tab-grid' });

    await endSessions();
    await pageSays('.banner.stale', /has ended/);
    await gridRows('1 64 65 68 67');
    const costs = await pageSays('footer', /This view .* Session [\d.]+ KB in/);
    // VS Code throws a webview away that is behind another editor.
    const column = vscode.window.tabGroups.activeTabGroup.viewColumn;
    const file = vscode.Uri.file(workspaceFile('plain.mjs'));
    await vscode.window.showTextDocument(file, { viewColumn: column, preview: false });
    await until('the viewer is hidden', async () => (await desk('webviewTexts', { selector: 'body' })).length === 0);
    await vscode.commands.executeCommand('workbench.action.previousEditorInGroup');
    await gridRows('1 64 65 68 67');
    await pageSays('.banner.stale', /has ended/);
    deepStrictEqual(await desk('webviewTexts', { selector: 'footer' }), [costs]);
  });
}

/** One run after another, each in a session with a process and a name of its own. */
const runs = {
  'its program, whichever debugger runs it': {
    file: 'steps.ts',
    mark: 'pass',
    expression: 'state',
    rows: ['1 64 65 67 67'],
    configs: [kinds.tensor, kinds.companion, kinds.tensor],
  },
  'an npm script': {
    file: 'script.ts',
    mark: 'script',
    expression: 'batch',
    rows: ['0 1.5', '1 NaN'],
    configs: Array.from({ length: 2 }, () => ({
      type: 'node',
      cwd: '${workspaceFolder}',
      runtimeExecutable: 'npm',
      runtimeArgs: ['run', 'script'],
    })),
  },
};
for (const [what, { file, mark, expression, rows, configs }] of Object.entries(runs)) {
  test(`viewer: follows its tensor into the next run of ${what}`, async () => {
    await closeEditors();
    breakAt(file, mark);
    for (const [index, config] of configs.entries()) {
      await start(config);
      await untilStopped();
      if (index === 0) await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression });
      await gridRows(...rows);
      await until('its values are not old', async () => {
        const said = await desk('webviewTexts', { selector: '.banner.stale' });
        return said.length === 0;
      });
      await endSessions();
      await pageSays('.banner.stale', /has ended/);
    }
  });
}

test('viewer: two sessions at once, each with its own values', async () => {
  await closeEditors();
  breakAt('steps.ts', 'pass');
  await start({ ...kinds.tensor, name: 'first' });
  const { session: first } = await untilStopped();
  await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'state' });
  await gridRows('1 64 65 67 67');
  await start({ ...kinds.companion, name: 'second' });
  // VS Code leaves the focus where it is, as long as that program is stopped.
  await vscode.commands.executeCommand('workbench.debug.action.focusCallStackView');
  const frames = '.debug-call-stack .stack-frame';
  await until('both are stopped', async () => (await desk('texts', { selector: frames })).length > 1);
  await desk('clickOn', { selector: frames, last: true });
  await untilSessions('the second one has the focus', () => stoppedFrame() && stoppedFrame()?.session.id !== first.id);
  await continueToNextStop();
  await continueToNextStop();
  await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'state' });
  await gridRows('1 64 65 69 67');
  // The first one's panel is behind it, and of an earlier pass.
  await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
  await vscode.commands.executeCommand('workbench.action.previousEditorInGroup');
  await gridRows('1 64 65 67 67');
});

for (const [kind, config] of Object.entries(kinds)) {
  test(`viewer, ${kind}: a session that dies while the viewer reads`, async () => {
    await closeEditors();
    breakAt('steps.ts', 'pass');
    await start(config);
    const frame = await untilStopped();
    await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'state' });
    await gridRows('1 64 65 67 67');
    const { result } = (await frame.session.customRequest('evaluate', {
      expression: 'process.pid',
      frameId: frame.frameId,
    })) as { result: string };
    // Scrolling asks for other windows; before they are there the program is gone.
    const scrolled = desk('webviewScroll', { selector: '.grid-scroller', top: 600 });
    process.kill(Number(result), 'SIGKILL');
    await scrolled;
    await pageSays('.banner.stale', /has ended/);
    ok((await desk('webviewTexts', { selector: '.grid-cell' })).length > 0);
    ok((await desk('notifications', {})).length === 0, 'nothing pops up about it');
  });
}

testAt(places.tensor, 'viewer: follows the selection of the Tensors view', async () => {
  await rowsWith('host');
  await desk('click', { row: 'host' });
  await vscode.commands.executeCommand('tensorDebugger.openFollowing');
  await gridRows('0 1.5');
  await pageSays('header', /host float32\[3\]/);
  await desk('click', { row: 'product' });
  await gridRows('0 0 1 2 3');
  await pageSays('header', /product float32\[64, 64\]/);
});

type Pixel = [number, number, number, number];

/** What is drawn down the middle of the heatmap, from top to bottom. */
async function heatmapPixels(): Promise<Pixel[]> {
  const at = Array.from({ length: 200 }, (_, i) => ({ x: 0.5, y: (i + 0.5) / 200 }));
  const pixels = await desk('webviewPixels', { selector: '.raster canvas', at });
  return pixels.filter(([, , , alpha]) => alpha > 0);
}

function isNear([red, green, blue]: Pixel, [r, g, b]: [number, number, number]): boolean {
  return Math.abs(red - r) < 12 && Math.abs(green - g) < 12 && Math.abs(blue - b) < 12;
}
