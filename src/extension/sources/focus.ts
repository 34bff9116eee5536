/** What the user looks at: the focused frame of a session with tensors, or a program that runs. */
import * as vscode from 'vscode';
import { setContext } from './contextKeys.ts';
import type { TensorSource } from './tensorSource.ts';
import type { TensorSources } from './tensorSources.ts';

export type FocusState =
  | { kind: 'none' }
  | { kind: 'running'; source: TensorSource }
  | { kind: 'stopped'; source: TensorSource; frameId: number };

export class Focus implements vscode.Disposable {
  readonly #sources: TensorSources;
  readonly #changed = new vscode.EventEmitter<FocusState>();
  readonly #subscriptions: vscode.Disposable[];
  #state: FocusState = { kind: 'none' };
  /** The frame that had the focus when its program ran on; VS Code may keep it until the next stop. */
  #stale: vscode.DebugStackFrame | undefined;
  readonly onDidChange = this.#changed.event;

  constructor(sources: TensorSources) {
    this.#sources = sources;
    this.#subscriptions = [
      this.#changed,
      vscode.debug.onDidChangeActiveStackItem(() => this.#update()),
      vscode.debug.onDidChangeActiveDebugSession(() => this.#update()),
      sources.onDidChange((session) => {
        const item = vscode.debug.activeStackItem;
        if (item instanceof vscode.DebugStackFrame && item.session.id === session.id && !sources.isStopped(session)) {
          this.#stale = item;
        }
        this.#update();
      }),
    ];
    this.#update();
  }

  get state(): FocusState {
    return this.#state;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #update(): void {
    const next = this.#current();
    const { kind } = this.#state;
    if (next.kind === kind && kind === 'none') return;
    const same =
      next.kind !== 'none' &&
      this.#state.kind !== 'none' &&
      next.kind === kind &&
      next.source === this.#state.source &&
      (next.kind === 'running' || (this.#state.kind === 'stopped' && next.frameId === this.#state.frameId));
    if (same) return;
    this.#state = next;
    setContext('focus', next.kind);
    this.#changed.fire(next);
  }

  #current(): FocusState {
    const item = vscode.debug.activeStackItem;
    const session = item?.session ?? vscode.debug.activeDebugSession;
    const source = session && this.#sources.sourceOf(session);
    if (!session || !source) return { kind: 'none' };
    const isFrame = item instanceof vscode.DebugStackFrame && item !== this.#stale;
    if (isFrame && this.#sources.isStopped(session)) return { kind: 'stopped', source, frameId: item.frameId };
    return { kind: 'running', source };
  }
}
