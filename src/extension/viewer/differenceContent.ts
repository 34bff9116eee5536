/** The difference of two tensors in a viewer. It holds for the stop it was made at: afterwards its values stay, as old. */
import * as vscode from 'vscode';
import type { ElementSource } from '../../tensor/compareSources.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import { DifferenceReader, differenceOf } from './differenceReader.ts';
import type { ContentState, ViewedContent } from './viewedContent.ts';

export interface ComparedSide {
  source: ElementSource;
  /** The id of the session that it belongs to. */
  session?: string;
  /** Closes the file, where there is one. */
  dispose(): Promise<void>;
}

export class DifferenceContent implements ViewedContent {
  readonly title: string;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #sides: ComparedSide[];
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  readonly sessionCost = null;
  readonly onDidChangeCost = () => new vscode.Disposable(() => undefined);
  #state: ContentState;

  constructor(left: ComparedSide, right: ComparedSide, sources: TensorSources) {
    this.title = `${left.source.name} − ${right.source.name}`;
    this.#sides = [left, right];
    const reader = new DifferenceReader(differenceOf(left.source, right.source));
    const origin = { kind: 'difference' as const, left: left.source.name, right: right.source.name };
    this.#state = { kind: 'live', viewed: { origin, tensor: reader.tensor, stop: 0 }, reader };
    this.#subscription = sources.onDidChange((session) => {
      if (this.#sides.some((side) => side.session === session.id) && this.#state.kind === 'live') {
        this.#state = { kind: 'stale', reason: 'The program has moved on since these two were compared.' };
        this.#changed.fire();
      }
    });
  }

  get state(): ContentState {
    return this.#state;
  }

  dispose(): void {
    this.#changed.dispose();
    this.#subscription.dispose();
    for (const side of this.#sides) void side.dispose();
  }
}
