/** The extension's settings, read when they are needed: a change takes effect without a reload. */
import * as vscode from 'vscode';
import { defaultCopyBudget, type CopyBudget } from '../protocol/tensor.ts';
import { colormaps, numberFormats, type ViewerSettings } from '../protocol/viewer.ts';

const section = 'tensorDebugger';

export function copyBudget(): CopyBudget {
  const settings = vscode.workspace.getConfiguration(section);
  // The defaults are in package.json; these are only for a setting of the wrong type.
  return {
    bytes: settings.get('copyBudget.bytes') ?? defaultCopyBudget.bytes,
    ms: settings.get('copyBudget.ms') ?? defaultCopyBudget.ms,
  };
}

export function onDidChangeCopyBudget(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${section}.copyBudget`)) listener();
  });
}

export function companionEnabled(): boolean {
  return vscode.workspace.getConfiguration(section).get('companion.enabled') ?? true;
}

export function onDidChangeCompanionEnabled(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${section}.companion.enabled`)) listener();
  });
}

export function viewerSettings(): ViewerSettings {
  const settings = vscode.workspace.getConfiguration(`${section}.viewer`);
  const oneOf = <T extends string>(name: string, values: readonly T[], otherwise: T): T =>
    values.find((value) => value === settings.get(name)) ?? otherwise;
  return {
    numberFormat: oneOf('numberFormat', numberFormats, 'shortest'),
    digits: settings.get('digits') ?? 6,
    colormap: oneOf('colormap', colormaps, 'auto'),
    robustRange: settings.get('robustRange') ?? true,
    copyBudget: copyBudget(),
  };
}

export function onDidChangeViewerSettings(listener: (settings: ViewerSettings) => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${section}.viewer`) || change.affectsConfiguration(`${section}.copyBudget`)) {
      listener(viewerSettings());
    }
  });
}

/** Characters of values in a row of the Tensors view; a row is narrow, but can be hovered. */
export function previewLength(): number {
  return vscode.workspace.getConfiguration(section).get('preview.length') ?? 200;
}

export function inlineValuesEnabled(): boolean {
  return vscode.workspace.getConfiguration(section).get('inlineValues.enabled') ?? true;
}

/** VS Code's own setting: `auto` shows values where an extension provides them, `on` also those of its own. */
export function inlineValuesOfVsCode(): 'on' | 'off' | 'auto' {
  const setting = vscode.workspace.getConfiguration('debug').get<boolean | string>('inlineValues');
  if (setting === true || setting === 'on') return 'on';
  return setting === false || setting === 'off' ? 'off' : 'auto';
}
