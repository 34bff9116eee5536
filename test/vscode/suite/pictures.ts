/**
 * The pictures of the marketplace page: what a person sees who debugs, in a window without what is not of the matter.
 * Made where pictures are wanted in every theme; `scripts/pictures.mjs` chooses among them.
 */
import * as vscode from 'vscode';
import { themesVariable } from '../desk.ts';
import {
  breakAt,
  continueToNextStop,
  desk,
  endSessions,
  kinds,
  openView,
  rowsWith,
  screenshots,
  sessionsEnd,
  start,
  test,
  until,
  workspaceFile,
} from './harness.ts';
import { closeEditors, gridRows, pageSays } from './viewerPage.ts';

/** Wide enough that nothing is cut, the viewer's last column neither; no larger, for the page shows it smaller. */
const size = { width: 1612, height: 800, sidebar: 410 };
/** Without what takes room, and without what other programs say. */
const quiet: Record<string, unknown> = {
  'breadcrumbs.enabled': false,
  'debug.toolBarLocation': 'docked',
  'editor.fontSize': 13,
  'editor.minimap.enabled': false,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'workbench.statusBar.visible': false,
};

function picture(name: string, run: () => Promise<void>): void {
  if (process.env[themesVariable] === undefined) return;
  test(`pictures: ${name}`, async () => {
    await closeEditors();
    await vscode.commands.executeCommand('workbench.view.debug');
    const before = await desk('resize', size);
    await arrange(quiet);
    try {
      await run();
    } finally {
      await endSessions();
      await arrange(Object.fromEntries(Object.keys(quiet).map((key) => [key, undefined])));
      await desk('resize', before);
    }
  });
}

async function arrange(settings: Record<string, unknown>): Promise<void> {
  for (const [key, value] of Object.entries(settings)) {
    await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
  }
}

/** Starts the program, and leaves its file and the Tensors view on screen. */
async function debug(file: string): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile(file)));
  await start({ ...kinds.tensor, program: `\${workspaceFolder}/${file}` });
}

picture('the viewer', async () => {
  await arrange({ 'tensorDebugger.inlineValues.enabled': false });
  breakAt('attention.ts', 'pass');
  await debug('attention.ts');
  await openView();
  await rowsWith('scores');
  await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'scores' });
  await gridRows('0 4 -Infinity');
  await continueToNextStop();
  await gridRows('9 NaN');
  await until('the change is marked', async () => {
    return (await desk('webviewTexts', { selector: '.grid-cell.changed' })).length > 3;
  });
  await screenshots('picture-viewer');
  await desk('webviewClick', { selector: '#tab-heatmap' });
  await pageSays('.color-bar', /NaN/);
  await screenshots('picture-heatmap');
  await desk('webviewClick', { selector: '#tab-statistics' });
  await pageSays('table', /Elements 4096/);
  await screenshots('picture-statistics');
  await desk('webviewClick', { selector: '#tab-grid' });
  await arrange({ 'tensorDebugger.inlineValues.enabled': undefined });
});

picture('the Tensors view and the ends of lines', async () => {
  breakAt('attention.ts', 'pass');
  await debug('attention.ts');
  await openView();
  await rowsWith('scores');
  await desk('click', { row: 'Module' });
  await desk('click', { row: 'scores' });
  await rowsWith('values [[');
  await desk('click', { row: 'statistics' });
  await rowsWith('NaN 64');
  // What stands at the ends of lines is long.
  await arrange({ 'editor.fontSize': 12, 'tensorDebugger.preview.length': 48 });
  await desk('resize', { ...size, width: 1600, sidebar: 450 });
  await until('no row is cut', async () => {
    const [row = ''] = (await desk('rows', {})).filter((text) => text.startsWith('values'));
    return row.length < 60;
  });
  await screenshots('picture-tensors');
  await arrange({ 'tensorDebugger.preview.length': undefined });
});

picture('a tracked tensor', async () => {
  const title = 'Tracked Tensors';
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  const editor = await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile('training.ts')));
  const text = editor.document.getText();
  for (const [expression, line] of [
    ['update', 'tf.dispose([loss, update])'],
    ['loss', 'loss.data()'],
  ] as const) {
    const position = editor.document.positionAt(text.indexOf(line) + line.indexOf(expression));
    await vscode.window.showTextDocument(editor.document, { viewColumn: vscode.ViewColumn.One });
    editor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand('tensorDebugger.trackHere');
  }
  await debug('training.ts');
  await until('it has run', async () => {
    const prices = await desk('webviewTexts', { selector: '.price', title });
    return prices.length === 2 && prices.every((price) => price.startsWith('60 passes, ended'));
  });
  await sessionsEnd();
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
  // What stands at the end of a tracked line is long.
  await arrange({ 'editor.fontSize': 12 });
  await desk('webviewClick', { selector: 'h2', title });
  await screenshots('picture-track');
  await vscode.commands.executeCommand('workbench.view.debug');
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
});
