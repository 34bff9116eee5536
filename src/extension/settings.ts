/** The extension's settings, read when they are needed: a change takes effect without a reload. */
import * as vscode from 'vscode';

const section = 'tensorDebugger';

export function copyBudget(): { bytes: number; ms: number } {
  const settings = vscode.workspace.getConfiguration(section);
  // The defaults are in package.json; these are only for a setting of the wrong type.
  return { bytes: settings.get('copyBudget.bytes') ?? 2 ** 24, ms: settings.get('copyBudget.ms') ?? 100 };
}

export function companionEnabled(): boolean {
  return vscode.workspace.getConfiguration(section).get('companion.enabled') ?? true;
}
