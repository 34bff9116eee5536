/** The tensors of the focused frame: asked for once per stop and frame, and only while somebody looks. */
import * as vscode from 'vscode';
import { reportOf, reportText, type ErrorReport } from '../../protocol/errors.ts';
import type { TensorListing } from '../../protocol/requests.ts';
import { isEvaluable } from '../../tensor/isEvaluable.ts';
import { setContext } from './contextKeys.ts';
import type { Focus, FocusState } from './focus.ts';
import type { TensorSource } from './tensorSource.ts';

/** What the view shows. */
export type FrameState =
  | { kind: 'none' | 'running' | 'looking' }
  | { kind: 'tensors' | 'noTensors' | 'noRuntime'; source: TensorSource; frameId: number; listing: TensorListing }
  | { kind: 'failed'; report: ErrorReport };

/** A step takes less, mostly; what is shown stays for so long. */
const stepMs = 300;

const typesWithoutTensors =
  'string number boolean undefined null function bigint symbol Object Map Set Promise Date RegExp Error'.split(' ');

export class FrameTensors implements vscode.Disposable {
  readonly #focus: Focus;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<FrameState>();
  readonly #subscription: vscode.Disposable;
  #state: FrameState = { kind: 'none' };
  #isWanted = false;
  /** The focus that was last asked about. */
  #asked: FocusState | undefined;
  #asking: Promise<void> = Promise.resolve();
  #clearing: NodeJS.Timeout | undefined;
  readonly onDidChange = this.#changed.event;
  /** Whether somebody looks or not. */
  readonly onDidChangeFocus: vscode.Event<FocusState>;

  constructor(focus: Focus, log: vscode.LogOutputChannel) {
    this.#focus = focus;
    this.#log = log;
    this.onDidChangeFocus = focus.onDidChange;
    this.#subscription = focus.onDidChange(() => this.#update());
    setContext('typesWithoutTensors', typesWithoutTensors);
  }

  get state(): FrameState {
    return this.#state;
  }

  /** Whether anybody sees the answer: while nobody does, nothing is asked. */
  set isWanted(value: boolean) {
    this.#isWanted = value;
    void this.#update();
  }

  /** Asks again about the same frame. */
  async refresh(): Promise<void> {
    this.#asked = undefined;
    await this.#update();
  }

  /** For commands and the editor: the listing, also if nobody looked before. */
  async current(): Promise<FrameState> {
    if (this.#asked !== this.#focus.state || this.#state.kind === 'none') void this.#ask();
    const asking = this.#asking;
    await asking;
    // Meanwhile another frame may have got the focus.
    const isAnswer = asking === this.#asking && this.#asked === this.#focus.state;
    return isAnswer ? this.#state : this.current();
  }

  /** The frame that the view and commands are about. */
  get focus(): FocusState {
    return this.#focus.state;
  }

  dispose(): void {
    clearTimeout(this.#clearing);
    this.#changed.dispose();
    this.#subscription.dispose();
  }

  async #update(): Promise<void> {
    const focus = this.#focus.state;
    clearTimeout(this.#clearing);
    this.#offer();
    if (focus.kind === 'none') {
      this.#set({ kind: 'none' });
    } else if (focus.kind === 'running') {
      this.#asked = focus;
      this.#clearing = setTimeout(() => this.#set({ kind: 'running' }), stepMs);
    } else if (this.#isWanted && this.#asked !== focus) {
      await this.#ask();
    }
  }

  #ask(): Promise<void> {
    return (this.#asking = this.#list());
  }

  async #list(): Promise<void> {
    const focus = this.#focus.state;
    this.#asked = focus;
    if (focus.kind !== 'stopped') return;
    const { source, frameId } = focus;
    if (!('listing' in this.#state)) this.#set({ kind: 'looking' });
    const start = performance.now();
    let next: FrameState;
    try {
      const listing = await source.request('tensor/list', { frameId });
      next = { kind: kindOf(listing), source, frameId, listing };
      const ms = (performance.now() - start).toFixed(1);
      this.#log.debug(`${source.session.name}: ${listing.tensors.length} tensors in frame ${frameId}, ${ms} ms`);
    } catch (error) {
      const report = reportOf(error, 'not-available');
      this.#log.error(`${source.session.name}: ${reportText(report)}`);
      next = { kind: 'failed', report };
    }
    // The answer to a question that nobody asks any more.
    if (this.#focus.state !== focus) return;
    this.#set(next);
  }

  /** For menus and the palette. */
  #offer(): void {
    setContext('mayHaveTensors', this.#focus.state.kind === 'stopped' && this.#state.kind !== 'noRuntime');
  }

  #set(state: FrameState): void {
    this.#state = state;
    const { tensors, runtimes } = 'listing' in state ? state.listing : { tensors: [], runtimes: [] };
    setContext('state', state.kind);
    this.#offer();
    setContext(
      'hasEvaluableTensors',
      tensors.some(({ tensor }) => isEvaluable(tensor)),
    );
    setContext(
      'hasOtherBackend',
      runtimes.some(({ name, backend }) => name === 'tfjs' && backend !== undefined && backend !== 'cpu'),
    );
    this.#changed.fire(state);
  }
}

function kindOf({ tensors, containers, runtimes }: TensorListing): 'tensors' | 'noTensors' | 'noRuntime' {
  if (tensors.length > 0 || containers.length > 0) return 'tensors';
  return runtimes.length > 0 ? 'noTensors' : 'noRuntime';
}
