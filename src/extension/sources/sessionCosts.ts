/** What the debugger's own reads have copied from a session's devices so far, whoever asked for them. */
import * as vscode from 'vscode';
import type { CopyCost } from '../../protocol/tensor.ts';
import type { SessionCost } from '../../protocol/viewer.ts';

export const noCost: SessionCost = { bytes: 0, ms: 0, readbacks: 0 };

export class SessionCosts implements vscode.Disposable {
  #total: SessionCost = noCost;
  readonly #changed = new vscode.EventEmitter<SessionCost>();
  readonly onDidChange = this.#changed.event;

  get total(): SessionCost {
    return this.#total;
  }

  /** @param result of a request: what it cost is in it, under one of these names */
  addCostsOf(result: { cost?: CopyCost; stats?: { cost: CopyCost }; costs?: CopyCost[] } | object): void {
    const { cost, stats, costs = [] } = result as { cost?: CopyCost; stats?: { cost: CopyCost }; costs?: CopyCost[] };
    // What lives on the host is looked at where it is: no copy from a device.
    const copies = [cost, stats?.cost, ...costs].filter((each) => each !== undefined && each.readbacks > 0);
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
