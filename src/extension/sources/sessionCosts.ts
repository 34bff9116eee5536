/** What the debugger's own reads have copied from a session's devices so far, whoever asked for them. */
import * as vscode from 'vscode';
import type { NoPreview, TensorPreview } from '../../protocol/requests.ts';
import type { CopyCost } from '../../protocol/tensor.ts';
import type { SessionCost } from '../../protocol/viewer.ts';

export const noCost: SessionCost = { bytes: 0, ms: 0, readbacks: 0 };

interface Costly {
  cost?: CopyCost;
  stats?: { cost: CopyCost };
  costs?: CopyCost[];
  previews?: (TensorPreview | NoPreview)[];
}

export class SessionCosts implements vscode.Disposable {
  #total: SessionCost = noCost;
  readonly #changed = new vscode.EventEmitter<SessionCost>();
  readonly onDidChange = this.#changed.event;

  get total(): SessionCost {
    return this.#total;
  }

  /** @param result of a request: what it cost is in it, under one of these names */
  addCostsOf(result: Costly | object): void {
    const { cost, stats, costs = [], previews = [] } = result as Costly;
    // What lives on the host is looked at where it is: no copy from a device.
    const copies = [cost, stats?.cost, ...costs, ...ofReadbacks(previews)].filter(
      (each) => each !== undefined && each.readbacks > 0,
    );
    if (copies.length === 0) return;
    const { bytes, ms, readbacks } = this.#total;
    const sum = (of: (cost: CopyCost) => number) => copies.reduce((total, each) => total + (each ? of(each) : 0), 0);
    this.#total = {
      bytes: bytes + sum((each) => each.bytes),
      ms: ms + sum((each) => each.queueMs + each.transferMs),
      readbacks: readbacks + sum((each) => each.readbacks),
    };
    this.#changed.fire(this.#total);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** Tensors that were read together have one cost between them, which each of them tells. */
function ofReadbacks(previews: readonly (TensorPreview | NoPreview)[]): Iterable<CopyCost> {
  const costs = previews.flatMap((preview) => (preview.tensor && preview.cost ? [preview.cost] : []));
  return new Map(costs.map((cost) => [JSON.stringify([cost.bytes, cost.queueMs, cost.transferMs]), cost])).values();
}
