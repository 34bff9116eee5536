/** What is said to a person about something that failed. */
import * as vscode from 'vscode';
import { reportOf, reportText } from '../../protocol/errors.ts';

/** The one place where an error of a command ends. */
export function showFailure(error: unknown, log: vscode.LogOutputChannel): void {
  const report = reportOf(error, 'not-available');
  if (report.code === 'cancelled') return;
  log.error(reportText(report));
  // The command is over, whenever the message is put away.
  void vscode.window.showErrorMessage(reportText(report));
}
