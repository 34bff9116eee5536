/** Tells a hot loop of copies from looking at a value now and then: by the second, against the user's budget. */
import type { RecordedSite } from '../../protocol/recorder.ts';
import type { TensorWarning } from '../../protocol/tensor.ts';
import { copyInLoop } from '../warnings/copyInLoop.ts';

const windowMs = 1000;
/** Fewer in a second are no loop: one large copy is told of by its own price. */
const fewestCopies = 3;

interface Spent {
  count: number;
  bytes: number;
  ms: number;
}

export interface HotSite {
  /** What to warn of only once. */
  key: string;
  site: RecordedSite;
  warning(): TensorWarning;
}

export class CopyBudget {
  readonly #budget: { bytes: number; ms: number };
  #start = -Infinity;
  readonly #bySite = new Map<RecordedSite, Spent>();
  #all: Spent = { count: 0, bytes: 0, ms: 0 };

  constructor(budget: { bytes: number; ms: number }) {
    this.#budget = budget;
  }

  /**
   * The wait for a scalar is the wait for the step that computes it: a loss costs four bytes, however long its step
   * takes. So its milliseconds count for nothing.
   */
  spend(site: RecordedSite, { bytes, ms, isScalar }: { bytes: number; ms: number; isScalar: boolean }): HotSite | null {
    const now = performance.now();
    if (now - this.#start > windowMs) {
      this.#start = now;
      this.#bySite.clear();
      this.#all = { count: 0, bytes: 0, ms: 0 };
    }
    const own = this.#bySite.get(site) ?? { count: 0, bytes: 0, ms: 0 };
    this.#bySite.set(site, own);
    for (const spent of [own, this.#all]) {
      spent.count++;
      spent.bytes += bytes;
      if (!isScalar) spent.ms += ms;
    }
    if (this.#isHot(own)) return { key: `loop ${identify(site)}`, site, warning: () => copyInLoop(site.call, own, 1) };
    if (!this.#isHot(this.#all)) return null;
    const all = { ...this.#all };
    const sites = this.#bySite.size;
    const [[most] = [site]] = [...this.#bySite].sort(([, a], [, b]) => b.bytes - a.bytes || b.ms - a.ms);
    return { key: 'loop over many', site: most, warning: () => copyInLoop(most.call, all, sites) };
  }

  #isHot({ count, bytes, ms }: Spent): boolean {
    return count >= fewestCopies && (bytes > this.#budget.bytes || ms > this.#budget.ms);
  }
}

function identify({ call, frames: [place] }: RecordedSite): string {
  return `${call} ${place?.url}:${place?.line}:${place?.column}`;
}
