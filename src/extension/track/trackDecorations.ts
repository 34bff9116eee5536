/** In the editor: what a line tracks, and its last value, behind the line and in the gutter's overview. */
import * as vscode from 'vscode';
import { formatTracked } from '../../tensor/trackText.ts';
import type { TrackedLines } from './trackedLines.ts';
import type { Tracks } from './tracks.ts';

/** Often enough to be live, seldom enough to be read. */
const redrawMs = 250;

export class TrackDecorations implements vscode.Disposable {
  readonly #lines: TrackedLines;
  readonly #tracks: Tracks;
  readonly #type: vscode.TextEditorDecorationType;
  readonly #subscriptions: vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor(lines: TrackedLines, tracks: Tracks, extensionUri: vscode.Uri) {
    this.#lines = lines;
    this.#tracks = tracks;
    const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `track-${theme}.svg`);
    this.#type = vscode.window.createTextEditorDecorationType({
      light: { gutterIconPath: icon('light') },
      dark: { gutterIconPath: icon('dark') },
      gutterIconSize: 'contain',
      overviewRulerColor: new vscode.ThemeColor('charts.blue'),
      overviewRulerLane: vscode.OverviewRulerLane.Left,
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 2em' },
    });
    this.#subscriptions = [
      this.#type,
      lines.onDidChange(() => this.#draw()),
      tracks.onDidUpdate(() => (this.#timer ??= setTimeout(() => this.#draw(), redrawMs))),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#draw()),
    ];
    this.#draw();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = this.#lines.all;
    for (const editor of vscode.window.visibleTextEditors) {
      const here = all.filter(({ uri }) => uri.toString() === editor.document.uri.toString());
      const byLine = new Map<number, string[]>();
      for (const { id, line, expression } of here) {
        const found = this.#tracks.latest(id);
        const last = found?.series.buckets.at(-1);
        const text = last
          ? `${expression} ${formatTracked(last)} at pass ${found?.track.passes}`
          : `tracks ${expression}`;
        byLine.set(line, [...(byLine.get(line) ?? []), text]);
      }
      editor.setDecorations(
        this.#type,
        [...byLine].flatMap(([line, texts]) =>
          line < editor.document.lineCount
            ? [
                {
                  range: editor.document.lineAt(line).range,
                  renderOptions: { after: { contentText: texts.join(' · ') } },
                },
              ]
            : [],
        ),
      );
    }
  }
}
