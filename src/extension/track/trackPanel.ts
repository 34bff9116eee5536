/** The webview with the charts. What it shows is kept here, so a hidden or a new one shows the same. */
import * as vscode from 'vscode';
import type { TrackEvent, TrackMessage } from '../../protocol/trackView.ts';
import { webviewColumn, webviewHtml, webviewIcon, webviewOptions } from '../viewer/viewerHtml.ts';
import type { TrackedLines } from './trackedLines.ts';
import type { Tracks } from './tracks.ts';

const title = 'Tracked Tensors';

export class TrackPanel implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #tracks: Tracks;
  readonly #lines: TrackedLines;
  readonly #subscriptions: vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  #isListening = false;

  constructor(extensionUri: vscode.Uri, tracks: Tracks, lines: TrackedLines) {
    this.#extensionUri = extensionUri;
    this.#tracks = tracks;
    this.#lines = lines;
    this.#subscriptions = [
      tracks.onDidUpdate(({ track, points }) => this.#post({ type: 'points', track, points })),
      tracks.onDidChange(() => this.#postAll()),
    ];
  }

  /** Beside the editor, which keeps the focus. */
  show(): void {
    if (this.#panel) return this.#panel.reveal(undefined, true);
    const showOptions = { viewColumn: webviewColumn(), preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(
      'tensorDebugger.track',
      title,
      showOptions,
      webviewOptions(this.#extensionUri),
    );
    this.#panel = panel;
    panel.iconPath = webviewIcon(this.#extensionUri, 'track');
    panel.webview.onDidReceiveMessage((message: TrackMessage) => this.#onMessage(message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#isListening = false;
    });
    panel.webview.html = webviewHtml(panel.webview, this.#extensionUri, 'track', title);
  }

  dispose(): void {
    this.#panel?.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #onMessage(message: TrackMessage): void {
    switch (message.type) {
      case 'ready':
        this.#isListening = true;
        this.#postAll();
        break;
      case 'stopAt':
        void this.#stopAt(message.key, message.pass);
        break;
      case 'untrack':
        this.#tracks.remove(message.key);
        break;
      case 'reveal': {
        const line = this.#tracks.lineOf(message.key);
        const selection = line && new vscode.Range(line.line, 0, line.line, 0);
        if (line && selection) {
          void vscode.window.showTextDocument(line.uri, { selection, viewColumn: vscode.ViewColumn.One });
        }
      }
    }
  }

  /** Passes that are over come again in the next run. */
  async #stopAt(key: string, pass: number): Promise<void> {
    const line = this.#tracks.lineOf(key);
    if (!line) return;
    this.#lines.stopAt(line.id, pass);
    const session = vscode.debug.activeDebugSession;
    if (pass === 0 || !session) return;
    const restart = 'Restart';
    const chosen = await vscode.window.showInformationMessage(
      `The program stops at pass ${pass} of the next run.`,
      restart,
    );
    if (chosen === restart) await vscode.commands.executeCommand('workbench.action.debug.restart');
  }

  #postAll(): void {
    const tracks = this.#tracks.all;
    const series = Object.fromEntries(tracks.map(({ key }) => [key, this.#tracks.seriesOf(key)?.state]));
    this.#post({ type: 'tracks', tracks, series });
  }

  #post(event: TrackEvent): void {
    if (this.#isListening) void this.#panel?.webview.postMessage(event);
  }
}
