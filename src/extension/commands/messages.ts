/** What is said to a person about something that failed. */
import * as vscode from 'vscode';
import { reportOf } from '../../protocol/errors.ts';

/** The one place where an error of a command ends. */
export async function showFailure(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const { code, message, help } = reportOf(error, 'not-available');
  if (code === 'cancelled') return;
  log.error(message, error instanceof Error && error.cause instanceof Error ? error.cause : '');
  await vscode.window.showErrorMessage(help === undefined ? message : `${message} ${help}`);
}
