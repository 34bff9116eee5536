/** Break on NaN or Inf by the command, in sessions of both kinds. */
import { match, ok, strictEqual } from 'node:assert';
import * as vscode from 'vscode';
import {
  desk,
  endSessions,
  kinds,
  openView,
  rowsWith,
  start,
  untilStopped,
  test,
  until,
  workspaceFile,
} from './harness.ts';

const row = '.quick-input-list .monaco-list-row';

async function choose(label: string): Promise<void> {
  const closed = vscode.commands.executeCommand('tensorDebugger.breakOnNotFinite');
  await desk('clickOn', { selector: row, text: label });
  await closed;
}

for (const [kind, config] of Object.entries(kinds)) {
  test(`${kind}: it breaks on a NaN at the op that makes it, and says so at the line`, async () => {
    await choose('Deferred');
    try {
      await start({ ...config, program: '${workspaceFolder}/notFinite.mjs' });
      await untilStopped();
      const uri = vscode.Uri.file(workspaceFile('notFinite.mjs'));
      const text = (await vscode.workspace.openTextDocument(uri)).getText();
      const line = text.split('\n').findIndex((each) => each.includes('#ROOT'));
      const warning = await until('the line has a warning', () =>
        vscode.languages.getDiagnostics(uri).find(({ code }) => code === 'not-finite'),
      );
      strictEqual(warning.range.start.line, line);
      match(warning.message, /^Sqrt made 1 NaN in float32\[3\], the first at \[2\], from x float32\[3\] \(finite\)\./);
      await openView();
      const rows = await rowsWith('logits float32[3] cpu 12 B');
      // And no table of the debugger's own script, which VS Code's debugger has stopped in.
      ok(rows.includes('Module 2 tensors'), rows.join('\n'));
    } finally {
      await endSessions();
      await choose('Off');
    }
  });
}

test('companion: at a NaN that is found when no function of the program runs, the view says so', async () => {
  await choose('Deferred');
  try {
    await start({ ...kinds.companion, program: '${workspaceFolder}/notFiniteLater.ts' });
    await untilStopped();
    await openView();
    const rows = await rowsWith('tfjs');
    ok(!rows.some((row) => /^(Local|Closure|Module|Block) /.test(row)), rows.join('\n'));
    match(await desk('viewText', {}), /None of the functions of the program is on the call stack here/);
    await rowsWith('Warnings');
    match((await desk('rows', {})).join('\n'), /Sqrt made 1 NaN in float32\[4096\]/);
  } finally {
    await endSessions();
    await choose('Off');
  }
});
