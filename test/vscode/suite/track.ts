/** Tracked lines: their charts, live and afterwards, and the breakpoint at a pass. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import * as vscode from 'vscode';
import { parseTrackCondition } from '../../../src/protocol/trackCondition.ts';
import {
  desk,
  endSessions,
  inPalette,
  kinds,
  places,
  screenshots,
  sessionsEnd,
  start,
  stoppedFrame,
  untilStopped,
  test,
  testAt,
  until,
  workspaceFile,
} from './harness.ts';
import { closeEditors, pageSays } from './viewerPage.ts';

const title = 'Tracked Tensors';
const uri = () => vscode.Uri.file(workspaceFile('training.ts'));

async function trackHere(expression: string, lineText: string): Promise<void> {
  const editor = await vscode.window.showTextDocument(uri(), { viewColumn: vscode.ViewColumn.One });
  const at = editor.document.getText().indexOf(lineText) + lineText.indexOf(expression);
  ok(at >= 0, lineText);
  const position = editor.document.positionAt(at);
  editor.selection = new vscode.Selection(position, position);
  await vscode.commands.executeCommand('tensorDebugger.trackHere');
}

/** The lines that are tracked, from 1, with what they track. */
function tracked(): { line: number; expression: string; stopAt: number }[] {
  return vscode.debug.breakpoints.flatMap((breakpoint) =>
    breakpoint instanceof vscode.SourceBreakpoint
      ? parseTrackCondition(breakpoint.condition).map(({ expression, stopAt }) => ({
          line: breakpoint.location.range.start.line + 1,
          expression,
          stopAt,
        }))
      : [],
  );
}

const says = (selector: string, pattern: RegExp) => pageSays(selector, pattern, title);

const section = (expression: string) => `section[data-expression="${expression}"]`;

for (const [kind, config] of Object.entries(kinds)) {
  test(`${kind}: a tracked line is charted while its program runs, which stops at the pass that is chosen`, async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await closeEditors();
    // Pointed at where it is declared, it is tracked on the next line.
    await trackHere('loss', 'const loss = step()');
    await trackHere('update', 'tf.dispose([loss, update])');
    await until('two lines are tracked', () => tracked().length === 2);
    deepStrictEqual(await inPalette('Show Tracked'), ['Show Tracked Tensors']);
    deepStrictEqual(
      tracked().map(({ expression }) => expression),
      ['loss', 'update'],
    );
    await says('section', /tracked from now on/);
    const program = '${workspaceFolder}/training.ts';
    await start({ ...config, program });
    await says(`${section('loss')} .price`, /^60 passes, ended · .* ms per pass .* 28 B copied per pass$/);
    strictEqual(await says(`${section('loss')} .type`, /float32/), 'float32[] webgpu');
    strictEqual(await says(`${section('update')} .type`, /float32/), 'float32[64, 8] webgpu');
    strictEqual((await desk('webviewTexts', { selector: '.failure', title })).length, 0);
    const series = (expression: string) => desk('webviewTexts', { selector: `${section(expression)} .series`, title });
    deepStrictEqual(await series('loss'), ['value']);
    deepStrictEqual(await series('update'), ['mean', 'min to max', 'NaN and infinite']);
    strictEqual(stoppedFrame(), undefined);
    await sessionsEnd();

    await desk('webviewClick', { selector: `${section('update')} summary`, title });
    const rows = await until('the table is there', async () => {
      const found = await desk('webviewTexts', { selector: `${section('update')} tbody tr`, title });
      return found.length === 60 && found;
    });
    match(rows[60 - 30] ?? '', /^30\s.*512\s/);
    match(rows[60 - 32] ?? '', /^32\s.*\s0\s+0\s/);
    await screenshots(`${kind}-track`);

    // In the table, or with a click on the chart: two thirds of its way is pass 40.
    await desk('webviewClick', { selector: `${section('update')} tbody tr:nth-child(31) button`, title });
    await until('it stops there', () =>
      tracked().some(({ expression, stopAt }) => expression === 'update' && stopAt === 30),
    );
    await start({ ...config, program });
    const frame = await untilStopped();
    const { result } = (await frame.session.customRequest('evaluate', { expression: 'i', frameId: frame.frameId })) as {
      result: string;
    };
    strictEqual(result, '30');
    await says(`${section('update')} .price`, /^30 passes · /);
    await endSessions();

    for (const expression of ['loss', 'update']) {
      await desk('webviewClick', { selector: `${section(expression)} header button`, text: 'Untrack', title });
    }
    await until('nothing is tracked', () => tracked().length === 0);
    await says('.empty', /No line is tracked/);
    deepStrictEqual(await inPalette('Show Tracked'), []);
    strictEqual(vscode.debug.breakpoints.length, 0);
  });
}

testAt(places.tensor, 'tensor: the charts open where the viewers are, whatever has the focus', async () => {
  await closeEditors();
  await trackHere('loss', 'const loss = step()');
  await until('it is tracked', () => tracked().length === 1);
  await closeEditors();
  await vscode.window.showTextDocument(uri());
  await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'product' });
  await pageSays('header', /product/);
  await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
  await vscode.commands.executeCommand('tensorDebugger.showTracked');
  await says('section', /tracked from now on/);
  strictEqual(vscode.window.tabGroups.all.length, 2);
  await desk('webviewClick', { selector: 'header button', text: 'Untrack', title });
  await until('nothing is tracked', () => tracked().length === 0);
  await closeEditors();
});
