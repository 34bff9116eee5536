/** What is said to a person about something that failed. */
import * as vscode from 'vscode';
import { reportOf } from '../../protocol/errors.ts';

/** The one place where an error of a command ends. */
export function showFailure(error: unknown, log: vscode.LogOutputChannel): void {
  const { code, message, help } = reportOf(error, 'not-available');
  if (code === 'cancelled') return;
  log.error(help === undefined ? message : `${message} ${help}`);
  // The command is over, whenever the message is put away.
  void vscode.window.showErrorMessage(help === undefined ? message : `${message} ${help}`);
}
