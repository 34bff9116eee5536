/** The viewers of debug sessions: a panel per tensor, and one that follows the selection of the Tensors view. */
import * as vscode from 'vscode';
import type { KeptViewer } from '../../protocol/viewer.ts';
import type { Focus } from '../sources/focus.ts';
import { isSessionSource, programOf, type ChosenTensor } from '../sources/tensorSource.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import { SessionContent, type SessionTarget } from './sessionContent.ts';
import { viewerHtml, webviewColumn, webviewIcon, webviewOptions } from './viewerHtml.ts';
import type { ViewedContent } from './viewedContent.ts';
import { ViewerLink, type RunCommand } from './viewerLink.ts';

const viewerType = 'tensorDebugger.viewer';

interface OpenPanel {
  panel: vscode.WebviewPanel;
  content: SessionContent;
  follows: boolean;
}

export class ViewerPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #sources: TensorSources;
  readonly #focus: Focus;
  readonly #run: RunCommand;
  readonly #open = new Set<OpenPanel>();
  readonly #serializer: vscode.Disposable;

  constructor(extensionUri: vscode.Uri, sources: TensorSources, focus: Focus, run: RunCommand) {
    this.#extensionUri = extensionUri;
    this.#sources = sources;
    this.#focus = focus;
    this.#run = run;
    this.#serializer = vscode.window.registerWebviewPanelSerializer(viewerType, this);
  }

  /** One panel per expression and session: it comes to the front where there is one. */
  show(chosen: ChosenTensor): void {
    const target = targetOf(chosen);
    if (!target) return;
    const found = [...this.#open].find(
      ({ content, follows }) =>
        !follows && content.expression === target.expression && content.isOf(target.found.source),
    );
    if (found) {
      found.content.show(target);
      found.panel.reveal(undefined, true);
    } else {
      this.#create(new SessionContent(this.#sources, this.#focus, false, target), false);
    }
  }

  /** Opens the viewer that shows whatever is selected in the Tensors view, at first this. */
  follow(selected: ChosenTensor | undefined): void {
    const found = this.#following();
    if (found) found.panel.reveal(undefined, true);
    else this.#create(new SessionContent(this.#sources, this.#focus, true), true);
    if (selected) this.select(selected);
  }

  /** Another row of the Tensors view was selected. */
  select(selected: ChosenTensor): void {
    const following = this.#following();
    const target = targetOf(selected);
    if (!following || !target) return;
    following.content.show(target);
    following.panel.title = titleOf(following);
  }

  /** A panel of its own for something that follows no program. */
  open(content: ViewedContent): void {
    const panel = this.#panel(content);
    panel.onDidDispose(this.#bind(panel, content));
  }

  /** After a reload of the window there is no session: what the webview kept is shown as old. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const origin = (state as Partial<KeptViewer> | undefined)?.viewed?.origin;
    const target = origin?.kind === 'session' ? { expression: origin.expression, program: origin.program } : undefined;
    const follows = origin?.kind === 'session' && origin.follows;
    this.#adopt(panel, new SessionContent(this.#sources, this.#focus, follows, target), follows);
    return Promise.resolve();
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const { panel } of this.#open) panel.dispose();
  }

  #following(): OpenPanel | undefined {
    return [...this.#open].find(({ follows }) => follows);
  }

  #create(content: SessionContent, follows: boolean): void {
    this.#adopt(this.#panel(content), content, follows);
  }

  #adopt(panel: vscode.WebviewPanel, content: SessionContent, follows: boolean): void {
    const opened = { panel, content, follows };
    this.#open.add(opened);
    panel.title = titleOf(opened);
    const end = this.#bind(panel, content);
    panel.onDidDispose(() => {
      this.#open.delete(opened);
      end();
    });
  }

  /** The code keeps the focus: into the group that has it VS Code opens the file of the next stop, over whatever is there. */
  #panel(content: ViewedContent): vscode.WebviewPanel {
    const place = { viewColumn: webviewColumn(), preserveFocus: true };
    return vscode.window.createWebviewPanel(viewerType, content.title, place, webviewOptions(this.#extensionUri));
  }

  /** @returns what ends it when the panel is shut */
  #bind(panel: vscode.WebviewPanel, content: ViewedContent): () => void {
    panel.webview.options = webviewOptions(this.#extensionUri);
    panel.iconPath = webviewIcon(this.#extensionUri, 'viewer');
    const link = new ViewerLink(panel.webview, content, this.#run);
    panel.webview.html = viewerHtml(panel.webview, this.#extensionUri, content.title);
    return () => {
      vscode.Disposable.from(link, content).dispose();
    };
  }
}

function titleOf({ content, follows }: OpenPanel): string {
  return follows ? `${content.title} (selection)` : content.title;
}

/** Files have an editor of their own. */
function targetOf({ expression, source, tensor }: ChosenTensor): Required<SessionTarget> | undefined {
  if (!isSessionSource(source)) return undefined;
  return { expression, program: programOf(source.session), found: { source, tensor } };
}
