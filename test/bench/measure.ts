/** What the benchmarks share: medians, and a table of ratios. */

export interface Figure {
  name: string;
  /** What is compared with what. */
  sides: string;
  ratio: number;
  /** The figure is good below (or above) it. */
  target: number;
  goal: 'at most' | 'at least';
  /** Measured values behind the ratio, for people. */
  detail: string;
}

export async function timed<T>(run: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now();
  const value = await run();
  return { ms: performance.now() - start, value };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of the ratios pair by pair: the machine's drift hits both sides of a pair alike. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, index) => value / b[index]!));
}

export function isMet({ ratio, target, goal }: Figure): boolean {
  return goal === 'at most' ? ratio <= target : ratio >= target;
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    figure.sides,
    figure.ratio >= 100 ? figure.ratio.toFixed(0) : figure.ratio.toFixed(2),
    `${figure.goal} ${figure.target}`,
    isMet(figure) ? 'met' : 'missed',
    figure.detail,
  ]);
  const header = ['', 'what', 'ratio', 'target', '', 'measured'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
