/**
 * An expression of a debug session, looked up again in the focused frame at every stop: what the viewer shows follows
 * the program. When the session is over, its values stay, and the next session of the same program takes its place.
 */
import * as vscode from 'vscode';
import { reportOf, reportText, TensorError } from '../../protocol/errors.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import type { SessionCost } from '../../protocol/viewer.ts';
import type { Focus } from '../sources/focus.ts';
import { noCost } from '../sources/sessionCosts.ts';
import { programOf, type TensorReader, type TensorSource } from '../sources/tensorSource.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import type { ContentState, ViewedContent } from './viewedContent.ts';

/** A step takes less, mostly: it should not flicker. */
const stepMs = 300;

const movedOn: TensorReader = {
  request: () =>
    Promise.reject(new TensorError({ code: 'not-paused', message: 'The program has moved on from this stop.' })),
};

export interface SessionTarget {
  expression: string;
  /** As `programOf` tells it. */
  program: string;
  /** The tensor of the present stop, where it is known already. */
  found?: { source: TensorSource; tensor: TensorDescriptor };
}

export class SessionContent implements ViewedContent {
  readonly #sources: TensorSources;
  readonly #focus: Focus;
  readonly #follows: boolean;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #costChanged = new vscode.EventEmitter<SessionCost>();
  readonly #subscriptions: vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeCost = this.#costChanged.event;
  #target: SessionTarget | undefined;
  #source: TensorSource | undefined;
  #costs: vscode.Disposable | undefined;
  #cost: SessionCost = noCost;
  #state: ContentState;
  #stop = 0;
  /** Of the last question to the program: answers to earlier ones come too late. */
  #asked = 0;
  #running: NodeJS.Timeout | undefined;

  /** @param follows it is told what to show as something else is selected */
  constructor(sources: TensorSources, focus: Focus, follows: boolean, target?: SessionTarget) {
    this.#sources = sources;
    this.#focus = focus;
    this.#follows = follows;
    this.#state = follows
      ? { kind: 'empty', reason: 'Select a tensor in the Tensors view.' }
      : { kind: 'stale', reason: 'The debug session is over.' };
    this.#subscriptions = [
      this.#changed,
      this.#costChanged,
      focus.onDidChange(() => void this.#lookUp()),
      sources.onDidChange((session) => this.#sessionChanged(session)),
    ];
    if (target) this.show(target);
  }

  get title(): string {
    return this.#target?.expression ?? 'Tensor';
  }

  get expression(): string | undefined {
    return this.#target?.expression;
  }

  /** Whether it is about this session, or one that ended and that this one takes the place of. */
  isOf({ session }: TensorSource): boolean {
    return this.#source ? session === this.#source.session : this.#target?.program === programOf(session);
  }

  get state(): ContentState {
    return this.#state;
  }

  get sessionCost(): SessionCost {
    return this.#cost;
  }

  /** Another expression from now on. */
  show(target: SessionTarget): void {
    this.#target = target;
    if (target.found) {
      this.#asked++;
      this.#setSource(target.found.source);
      this.#live(target.found.tensor);
    } else {
      void this.#lookUp();
    }
  }

  dispose(): void {
    clearTimeout(this.#running);
    this.#costs?.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #sessionChanged(session: vscode.DebugSession): void {
    if (session.id !== this.#source?.session.id) return;
    clearTimeout(this.#running);
    if (!this.#sources.sourceOf(session)) {
      this.#setSource(undefined);
      const { name } = session;
      const why = this.#sources.isOpen(session) ? 'is not read any more, as the settings say' : 'has ended';
      this.#stale(`The session "${name}" ${why}. These are its last values.`);
    } else if (!this.#sources.isStopped(session)) {
      // Handles hold for one stop; the next one's tensor is looked up when the stop is there.
      if (this.#state.kind === 'live') this.#state = { ...this.#state, reader: movedOn };
      const reason = 'The program is running. These are the values of its last stop.';
      this.#running = setTimeout(() => this.#stale(reason), stepMs);
    }
  }

  /** Asks the focused frame, if it is of the session that this is about. */
  async #lookUp(): Promise<void> {
    const { state } = this.#focus;
    const target = this.#target;
    if (!target || state.kind !== 'stopped') return;
    const { source, frameId } = state;
    if (!this.isOf(source)) return;
    const asked = ++this.#asked;
    try {
      const { tensor } = await source.request('tensor/describe', {
        tensor: { expression: target.expression, frameId },
      });
      if (asked !== this.#asked) return;
      this.#setSource(source);
      this.#live(tensor);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#stale(reportText(reportOf(error, 'not-available')));
    }
  }

  #live(tensor: TensorDescriptor): void {
    const target = this.#target;
    const source = this.#source;
    if (!target || !source) return;
    clearTimeout(this.#running);
    this.#stop++;
    const { expression, program } = target;
    const origin = { kind: 'session', expression, program, follows: this.#follows } as const;
    this.#set({ kind: 'live', viewed: { origin, tensor, stop: this.#stop }, reader: source });
  }

  #stale(reason: string): void {
    this.#asked++;
    clearTimeout(this.#running);
    this.#set({ kind: this.#stop === 0 && this.#follows ? 'empty' : 'stale', reason });
  }

  #set(state: ContentState): void {
    this.#state = state;
    this.#changed.fire();
  }

  #setSource(source: TensorSource | undefined): void {
    if (source === this.#source) return;
    this.#source = source;
    this.#costs?.dispose();
    this.#costs = source?.costs.onDidChange((total) => {
      this.#cost = total;
      this.#costChanged.fire(total);
    });
    // What an ended session has cost stays to be read.
    if (source) this.#cost = source.costs.total;
  }
}
