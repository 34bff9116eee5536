/** A tensor of a file, and another one of the same archive when asked. It is opened again whenever the file changes. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { openTensorFile, type TensorFile } from '../../formats/openTensorFile.ts';
import { reportOf, reportText } from '../../protocol/errors.ts';
import type { SessionCost } from '../../protocol/viewer.ts';
import { SourceReader } from './sourceReader.ts';
import type { ContentState, ViewedContent } from './viewedContent.ts';

export class FileContent implements ViewedContent {
  readonly #path: string;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  readonly sessionCost = null;
  /** Files cost no session anything. */
  readonly onDidChangeCost: vscode.Event<SessionCost> = () => new vscode.Disposable(() => undefined);
  #member: string | undefined;
  #file: TensorFile | undefined;
  /** Tells the content that was opened last from a later one. */
  #opened = '';
  #state: ContentState = { kind: 'empty', reason: 'The file is being opened.' };
  #shown = 0;
  #opening: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(uri: vscode.Uri) {
    this.#path = uri.fsPath;
    const folder = vscode.Uri.joinPath(uri, '..');
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, basename(this.#path)));
    this.#subscriptions = [
      this.#changed,
      watcher,
      watcher.onDidChange(() => this.#open()),
      watcher.onDidCreate(() => this.#open()),
      watcher.onDidDelete(() => this.#set({ kind: 'stale', reason: `${this.title} has been deleted.` })),
    ];
    this.#open();
  }

  get title(): string {
    return basename(this.#path);
  }

  get state(): ContentState {
    return this.#state;
  }

  openMember(member: string): void {
    this.#member = member;
    this.#showMember();
  }

  dispose(): void {
    this.#isDisposed = true;
    vscode.Disposable.from(...this.#subscriptions).dispose();
    void this.#opening.then(() => this.#close());
  }

  #open(): void {
    this.#opening = this.#opening.then(async () => {
      if (this.#isDisposed) return;
      try {
        // A file that is written in several steps is told of several times.
        const { mtimeNs, size } = await stat(this.#path, { bigint: true });
        const content = `${mtimeNs} ${size}`;
        if (this.#state.kind === 'live' && content === this.#opened) return;
        const file = await openTensorFile(this.#path);
        await this.#close();
        this.#opened = content;
        this.#file = file;
        this.#showMember();
      } catch (error) {
        const reason = reportText(reportOf(error, 'invalid-file'));
        this.#set({ kind: this.#file ? 'stale' : 'empty', reason });
      }
    });
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.dispose();
  }

  #showMember(): void {
    const file = this.#file;
    if (!file) return;
    const { tensors } = file;
    const listed = tensors.find(({ expression }) => expression === this.#member) ?? tensors[0];
    if (!listed) {
      this.#set({ kind: 'empty', reason: `${this.title} holds no tensors.` });
      return;
    }
    const { expression, tensor } = listed;
    const members = file.format.several ? tensors.map((each) => each.expression) : [];
    const origin = {
      kind: 'file' as const,
      file: this.#path,
      ...(file.format.several && { member: expression }),
      members,
    };
    // A file that was written again is what another stop is for a program.
    this.#set({
      kind: 'live',
      viewed: { origin, tensor, stop: this.#shown++ },
      reader: new SourceReader(file),
    });
  }

  #set(state: ContentState): void {
    if (this.#isDisposed) return;
    this.#state = state;
    this.#changed.fire();
  }
}
