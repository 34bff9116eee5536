/**
 * Runs in VS Code's extension host; see ../run.ts. A theme is a file of its own beside this one, and a line here.
 */
import * as vscode from 'vscode';
import './commands.ts';
import './companion.ts';
import './cancel.ts';
import './compare.ts';
import './files.ts';
import './evaluateGraph.ts';
import { runTests } from './harness.ts';
import './inlineValues.ts';
import './notFinite.ts';
import './pictures.ts';
import './offered.ts';
import './renamed.ts';
import './settings.ts';
import './texts.ts';
import './track.ts';
import './tree.ts';
import './viewer.ts';
import './view.ts';
// Last: these run on to their ends.
import './endings.ts';

export async function run(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  await runTests(process.env['TENSOR_DEBUGGER_TEST_FILTER'] ?? '');
}
