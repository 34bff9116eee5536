/** Tracked expressions in the editor: their lines, what runs find of them, the chart, and the commands. */
import * as vscode from 'vscode';
import { reportOf, TensorError } from '../../protocol/errors.ts';
import { parseTrackPath } from '../../protocol/trackCondition.ts';
import { expressionAtCursor } from '../editor/expressionAtCursor.ts';
import { setContext } from '../sources/contextKeys.ts';
import type { TensorSource } from '../sources/tensorSource.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import { TrackDecorations } from './trackDecorations.ts';
import { placeOf, TrackedLines, type TrackedLine } from './trackedLines.ts';
import { trackedLine } from './trackedPlace.ts';
import { TrackPanel } from './trackPanel.ts';
import { Tracks } from './tracks.ts';

const languages = /^(?:java|type)script(?:react)?$/;

export class Tracking implements vscode.Disposable {
  readonly #lines = new TrackedLines();
  readonly #tracks: Tracks;
  readonly #panel: TrackPanel;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable[];

  constructor(extensionUri: vscode.Uri, sources: TensorSources, log: vscode.LogOutputChannel) {
    this.#log = log;
    this.#tracks = new Tracks(this.#lines, sources);
    this.#panel = new TrackPanel(extensionUri, this.#tracks, this.#lines);
    const prepareAll = () => {
      setContext('tracksLines', this.#lines.all.length > 0);
      for (const source of sources.all) void this.#prepare(source);
    };
    const offerChart = () => setContext('hasTracks', this.#tracks.all.length > 0);
    this.#subscriptions = [
      this.#lines,
      this.#tracks,
      this.#panel,
      new TrackDecorations(this.#lines, this.#tracks, extensionUri),
      sources.onDidAdd((source) => void this.#prepare(source)),
      this.#lines.onDidChange(prepareAll),
      this.#tracks.onDidChange(offerChart),
    ];
    prepareAll();
    offerChart();
  }

  /** @param given of a keybinding; otherwise it is about the cursor */
  async trackHere(given: string | undefined): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || !languages.test(editor.document.languageId)) {
      throw new TensorError({
        code: 'invalid-argument',
        message: 'There is no line of a JavaScript or TypeScript file to track.',
        help: 'Put the cursor on an expression in the file.',
      });
    }
    const { document, selection } = editor;
    const expression = given || expressionAtCursor() || (await askForExpression());
    if (expression === undefined) return;
    const lines = document.getText().split(/\r?\n/);
    const line = trackedLine(lines, selection.active.line, parseTrackPath(expression).root);
    const column = document.lineAt(line).firstNonWhitespaceCharacterIndex;
    this.#lines.add(document.uri, line, column, expression);
    this.#panel.show();
  }

  async untrack(): Promise<void> {
    const tracked = await this.#choose();
    if (tracked) this.#lines.remove(tracked.id);
  }

  showChart(): void {
    this.#panel.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** One at the cursor needs no choice. */
  async #choose(): Promise<TrackedLine | undefined> {
    const all = this.#lines.all;
    const editor = vscode.window.activeTextEditor;
    const here = all.filter(
      ({ uri, line }) => uri.toString() === editor?.document.uri.toString() && line === editor.selection.active.line,
    );
    if (here.length === 1) return here[0];
    if (all.length === 0) {
      throw new TensorError({
        code: 'invalid-argument',
        message: 'No line is tracked.',
        help: 'Put the cursor on an expression and run "Tensor: Track Here".',
      });
    }
    const items = (here.length > 0 ? here : all).map((tracked) => ({
      label: tracked.expression,
      description: placeOf(tracked),
      tracked,
    }));
    return (await vscode.window.showQuickPick(items, { placeHolder: 'Untrack an expression' }))?.tracked;
  }

  /** Programs are left alone until there is a line to track. */
  async #prepare(source: TensorSource): Promise<void> {
    if (this.#lines.all.length === 0) return;
    try {
      await source.prepareTracking();
    } catch (error) {
      // A session that ends while it is prepared, or one without access: the chart stays empty, and the log says why.
      const { message } = reportOf(error, 'not-available');
      this.#log.warn(`Lines are not tracked in "${source.session.name}": ${message}`);
    }
  }
}

function askForExpression(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Track Here',
    prompt: 'Names, members and indices: loss, or model.layers[0].kernel',
    validateInput: (text) => {
      try {
        parseTrackPath(text);
        return undefined;
      } catch (error) {
        return reportOf(error).message;
      }
    },
  });
}
