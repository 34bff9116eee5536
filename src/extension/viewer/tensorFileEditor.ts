/** Opens .npy, .npz and .safetensors files in the viewer, without any program. */
import * as vscode from 'vscode';
import { webviewOptions, viewerHtml } from './viewerHtml.ts';
import { ViewerLink, type RunCommand } from './viewerLink.ts';

export const tensorFileEditorType = 'tensorDebugger.file';

class TensorDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;

  constructor(uri: vscode.Uri) {
    this.uri = uri;
  }

  dispose(): void {
    // Each editor holds the file open for itself.
  }
}

export class TensorFileEditor implements vscode.CustomReadonlyEditorProvider<TensorDocument> {
  readonly #extensionUri: vscode.Uri;
  readonly #run: RunCommand;

  constructor(extensionUri: vscode.Uri, run: RunCommand) {
    this.#extensionUri = extensionUri;
    this.#run = run;
  }

  openCustomDocument(uri: vscode.Uri): TensorDocument {
    return new TensorDocument(uri);
  }

  async resolveCustomEditor({ uri }: TensorDocument, panel: vscode.WebviewPanel): Promise<void> {
    // What reads files is loaded with the first of them.
    const { FileContent } = await import('../onDemand.ts');
    const content = new FileContent(uri);
    panel.webview.options = webviewOptions(this.#extensionUri);
    const link = new ViewerLink(panel.webview, content, this.#run);
    panel.onDidDispose(() => {
      vscode.Disposable.from(link, content).dispose();
    });
    panel.webview.html = viewerHtml(panel.webview, this.#extensionUri, content.title);
  }
}
