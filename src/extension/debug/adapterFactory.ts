/** Starts the debug adapter on the Node that VS Code itself runs on: users need not have one for it. */
import * as vscode from 'vscode';

export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  readonly #adapter: string;

  constructor(extensionUri: vscode.Uri) {
    this.#adapter = vscode.Uri.joinPath(extensionUri, 'dist', 'adapter.cjs').fsPath;
  }

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    return new vscode.DebugAdapterExecutable(process.execPath, [this.#adapter], { env: { ELECTRON_RUN_AS_NODE: '1' } });
  }
}
