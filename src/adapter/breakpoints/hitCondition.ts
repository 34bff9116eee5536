/** The hit condition of a breakpoint: at which passes it stops. */
type Comparison = (pass: number) => boolean;

export class HitCounter {
  readonly #stopsAt: Comparison;
  #passes = 0;

  private constructor(stopsAt: Comparison) {
    this.#stopsAt = stopsAt;
  }

  /** `5` and `= 5` stop at the fifth pass, `> 5` after it, `% 5` at every fifth. Undefined for anything else. */
  static parse(text: string): HitCounter | undefined {
    const match = /^\s*(>=|<=|===?|=|>|<|%)?\s*(\d+)\s*$/.exec(text);
    if (!match) return undefined;
    const count = Number(match[2]);
    const comparisons: Record<string, Comparison> = {
      '>': (pass) => pass > count,
      '>=': (pass) => pass >= count,
      '<': (pass) => pass < count,
      '<=': (pass) => pass <= count,
      '%': (pass) => count > 0 && pass % count === 0,
    };
    return new HitCounter(comparisons[match[1] ?? ''] ?? ((pass) => pass === count));
  }

  /** Counts a pass; true if it is one to stop at. */
  pass(): boolean {
    return this.#stopsAt(++this.#passes);
  }

  reset(): void {
    this.#passes = 0;
  }
}
