/** One webview and what it shows: tells it of every change, and answers what it asks. */
import * as vscode from 'vscode';
import { reportOf } from '../../protocol/errors.ts';
import { commandsWithoutValues } from '../../protocol/viewer.ts';
import type { ViewerCommand, ViewerEvent, ViewerMessage } from '../../protocol/viewer.ts';
import { onDidChangeViewerSettings, viewerSettings } from '../settings.ts';
import { RequestQueue } from './requestQueue.ts';
import { answerRequest, type ContentState, type ViewedContent } from './viewedContent.ts';

type ViewerRequest = Extract<ViewerMessage, { type: 'request' }>;
/** Carries out a command of the viewer, on what is shown where it needs that. */
export type RunCommand = (command: ViewerCommand, live: (ContentState & { kind: 'live' }) | null) => void;

export class ViewerLink implements vscode.Disposable {
  readonly #webview: vscode.Webview;
  readonly #content: ViewedContent;
  readonly #run: RunCommand;
  readonly #queue = new RequestQueue();
  readonly #pending = new Map<number, AbortController>();
  readonly #subscriptions: vscode.Disposable[];
  /** The webview listens; VS Code throws it away while it is hidden. */
  #isReady = false;

  constructor(webview: vscode.Webview, content: ViewedContent, run: RunCommand) {
    this.#webview = webview;
    this.#content = content;
    this.#run = run;
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: ViewerMessage) => this.#receive(message)),
      content.onDidChange(() => this.#show()),
      content.onDidChangeCost((sessionCost) => this.#post({ type: 'sessionCost', sessionCost })),
      onDidChangeViewerSettings((settings) => this.#post({ type: 'settings', settings })),
    ];
  }

  dispose(): void {
    this.#cancelAll();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #receive(message: ViewerMessage): void {
    switch (message.type) {
      case 'ready':
        // Whoever asked before is gone.
        this.#cancelAll();
        this.#isReady = true;
        this.#post({ type: 'settings', settings: viewerSettings() });
        this.#show();
        break;
      case 'request':
        void this.#answer(message);
        break;
      case 'cancel':
        this.#pending.get(message.id)?.abort();
        break;
      case 'command': {
        const { state } = this.#content;
        if (commandsWithoutValues.has(message.command)) this.#run(message.command, null);
        else if (state.kind === 'live') this.#run(message.command, state);
        break;
      }
      case 'openMember':
        this.#content.openMember?.(message.member);
        break;
    }
  }

  #show(): void {
    const { state, sessionCost } = this.#content;
    if (state.kind !== 'live') {
      this.#cancelAll();
      this.#post({ type: state.kind, reason: state.reason });
      return;
    }
    this.#post({ type: 'show', viewed: state.viewed, settings: viewerSettings(), sessionCost });
  }

  async #answer({ id, stop, name, arguments: args }: ViewerRequest): Promise<void> {
    const { state } = this.#content;
    if (state.kind !== 'live' || state.viewed.stop !== stop) {
      const message = state.kind === 'live' ? 'The program has moved on.' : state.reason;
      this.#post({ type: 'answer', id, ok: false, error: { code: 'not-paused', message } });
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    this.#pending.set(id, controller);
    try {
      const onProgress = (fraction: number) => this.#post({ type: 'progress', id, fraction });
      const result = await this.#queue.add(signal, () => answerRequest(state, name, args, { signal, onProgress }));
      this.#post({ type: 'answer', id, ok: true, result });
    } catch (error) {
      this.#post({ type: 'answer', id, ok: false, error: reportOf(error, 'not-available') });
    } finally {
      this.#pending.delete(id);
    }
  }

  #cancelAll(): void {
    for (const controller of this.#pending.values()) controller.abort();
  }

  #post(event: ViewerEvent): void {
    // What is said while it is hidden is said anew when it is ready again; it may have gone meanwhile.
    if (this.#isReady) void this.#webview.postMessage(event);
  }
}
