/** Launch configurations of type `tensor`: what is missing is filled in, up to a configuration that is not there at all. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { withCopyBudget } from '../sources/budgets.ts';
import { tensorType } from '../sources/tensorSources.ts';

const languages = new Set(['javascript', 'javascriptreact', 'typescript', 'typescriptreact']);

export class DebugConfigurations implements vscode.DebugConfigurationProvider {
  /** For a new launch.json. */
  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    return [
      { type: tensorType, request: 'launch', name: 'Debug Tensors in Open File', program: '${file}' },
      { type: tensorType, request: 'attach', name: 'Attach to Tensors', port: 9229 },
    ];
  }

  resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    config: Partial<vscode.DebugConfiguration>,
  ): vscode.DebugConfiguration | undefined {
    if (config.type !== undefined && config.request !== undefined) return config as vscode.DebugConfiguration;
    const opened = openFileConfiguration();
    if (!opened) void vscode.window.showErrorMessage('Open the JavaScript or TypeScript file that is to be debugged.');
    return opened && { ...opened, ...config, type: tensorType, request: 'launch', name: opened.name };
  }

  resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    config: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration {
    const cwd: unknown = config['cwd'] ?? config['localRoot'] ?? folder?.uri.fsPath;
    const completed: vscode.DebugConfiguration = { ...withCopyBudget(config) };
    if (cwd !== undefined) completed['cwd'] = cwd;
    if (config.request === 'launch') {
      // The adapter runs on VS Code's own Node, which needs this variable; what the program starts may be an Electron.
      completed['env'] = { ELECTRON_RUN_AS_NODE: null, ...(config['env'] as object | undefined) };
    }
    return completed;
  }
}

/** Starts the program in the editor, without a launch.json. */
export async function debugOpenFile(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const config = openFileConfiguration();
  if (!document || !config) {
    void vscode.window.showErrorMessage('Open the JavaScript or TypeScript file that is to be debugged.');
    return;
  }
  await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(document.uri), config);
}

function openFileConfiguration(): vscode.DebugConfiguration | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || !languages.has(document.languageId) || document.uri.scheme !== 'file') return undefined;
  const program = document.uri.fsPath;
  return { type: tensorType, request: 'launch', name: `Debug Tensors in ${basename(program)}`, program };
}
