/** Tells a hot loop of copies from looking at a value now and then: by the second, against the user's budget. */
import type { RecordedSite } from '../../protocol/recorder.ts';
import type { TensorWarning } from '../../protocol/tensor.ts';
import { copyInLoop } from '../warnings/copyInLoop.ts';
import type { ProgramClock } from './programClock.ts';

const windowMs = 1000;
/** Fewer in a second are no loop: one large copy is told of by its own price. */
const fewestCopies = 3;

interface Spent {
  count: number;
  bytes: number;
  ms: number;
  /** Of the milliseconds, those that count against the budget. */
  spentMs: number;
}

const nothing: Spent = { count: 0, bytes: 0, ms: 0, spentMs: 0 };

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
  readonly #clock: ProgramClock;
  #all = { ...nothing };

  constructor(budget: { bytes: number; ms: number }, clock: ProgramClock) {
    this.#budget = budget;
    this.#clock = clock;
  }

  spend(
    site: RecordedSite,
    { bytes, ms, spendsTime }: { bytes: number; ms: number; spendsTime: boolean },
  ): HotSite | null {
    const now = this.#clock.now();
    if (now - this.#start > windowMs) {
      this.#start = now;
      this.#bySite.clear();
      this.#all = { ...nothing };
    }
    const own = this.#bySite.get(site) ?? { ...nothing };
    this.#bySite.set(site, own);
    for (const spent of [own, this.#all]) {
      spent.count++;
      spent.bytes += bytes;
      spent.ms += ms;
      if (spendsTime) spent.spentMs += ms;
    }
    if (this.#isHot(own)) return { key: `loop ${identify(site)}`, site, warning: () => copyInLoop(site.call, own, 1) };
    if (!this.#isHot(this.#all)) return null;
    const all = { ...this.#all };
    const sites = this.#bySite.size;
    const [[most] = [site]] = [...this.#bySite].sort(([, a], [, b]) => b.bytes - a.bytes || b.ms - a.ms);
    return { key: 'loop over many', site: most, warning: () => copyInLoop(most.call, all, sites) };
  }

  #isHot({ count, bytes, spentMs }: Spent): boolean {
    return count >= fewestCopies && (bytes > this.#budget.bytes || spentMs > this.#budget.ms);
  }
}

function identify({ call, frames: [place] }: RecordedSite): string {
  return `${call} ${place?.url}:${place?.line}:${place?.column}`;
}
