/** The difference of two tensors in a viewer. It holds for the stop it was made at: afterwards its values stay, as old. */
import * as vscode from 'vscode';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { differences } from '../../tensor/differences.ts';
import type { ElementSource } from '../../tensor/elementSource.ts';
import { sizeOf } from '../../tensor/shape.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import { SourceReader } from './sourceReader.ts';
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
    const source = differences(left.source, right.source);
    const tensor = describe(source);
    const reader = new SourceReader({ tensors: [{ expression: this.title, tensor }], source: () => source });
    const origin = { kind: 'difference' as const, left: left.source.name, right: right.source.name };
    this.#state = { kind: 'live', viewed: { origin, tensor, stop: 0 }, reader };
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

function describe({ dtype, shape }: ElementSource): TensorDescriptor {
  return {
    id: 'difference',
    runtime: 'difference',
    kind: 'array',
    className: 'difference',
    dtype,
    shape: [...shape],
    byteLength: 8 * sizeOf(shape),
    device: { type: 'cpu' },
    location: 'host',
    state: 'live',
    access: { how: 'copy' },
    warnings: [],
  };
}
