/** One chart: minimum, maximum and mean of a tracked tensor by pass, and how many elements are not finite. */
import uPlot from 'uplot';
import type { TrackBucket } from '../../src/tensor/trackSeries.ts';

/** The theme's own colours; a theme without them falls back to its text colour. */
const colors = {
  range: '--vscode-charts-blue',
  mean: '--vscode-charts-green',
  bad: '--vscode-charts-red',
  text: '--vscode-foreground',
};

function color(name: keyof typeof colors): string {
  const style = getComputedStyle(document.documentElement);
  return style.getPropertyValue(colors[name]).trim() || style.getPropertyValue('--vscode-foreground').trim();
}

/** Between ticks of the pass axis: there is no half a pass. */
const passSteps = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

interface ChartOptions {
  /** Of a tensor of one element: one line says it all. */
  isScalar: boolean;
  /** A point was chosen, by a click or by Enter. */
  onChoose(bucket: TrackBucket): void;
  /** The pointer or the keyboard is at this one. */
  onCursor(bucket: TrackBucket | null): void;
}

const height = 220;

export class Chart {
  readonly element = document.createElement('div');
  readonly #options: ChartOptions;
  readonly #resize = new ResizeObserver(() => this.#fit());
  #plot: uPlot;
  #buckets: readonly TrackBucket[] = [];
  #stopAt = 0;

  constructor(options: ChartOptions) {
    this.#options = options;
    this.element.className = 'chart';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'application');
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.#plot = this.#make();
    this.#resize.observe(this.element);
  }

  show(buckets: readonly TrackBucket[], stopAt: number): void {
    this.#buckets = buckets;
    this.#stopAt = stopAt;
    this.#plot.setData(dataOf(buckets));
  }

  /** The theme has changed; a canvas takes no notice of style sheets. */
  restyle(): void {
    this.#plot.destroy();
    this.#plot = this.#make();
    this.show(this.#buckets, this.#stopAt);
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#plot.destroy();
    this.element.remove();
  }

  #make(): uPlot {
    const { isScalar } = this.#options;
    // Quieter than any curve in every theme; the border colours of high contrast are as bright as its text.
    const rule = { stroke: `color-mix(in srgb, ${color('text')} 15%, transparent)`, width: 1 };
    const axis = { stroke: color('text'), grid: rule, ticks: rule };
    const line = { width: 1.5, points: { show: false } };
    const plot = new uPlot(
      {
        width: Math.max(200, this.element.clientWidth),
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false } },
        scales: { x: { time: false }, bad: { range: (_plot, _min, max) => [0, Math.max(1, max) * 4] } },
        axes: [
          { ...axis, label: 'pass', labelSize: 20, size: 36, incrs: passSteps },
          { ...axis, size: 70 },
        ],
        series: [
          { label: 'pass' },
          { ...line, label: 'min', stroke: color('range'), show: !isScalar },
          { ...line, label: 'max', stroke: color('range'), show: !isScalar },
          { ...line, label: isScalar ? 'value' : 'mean', stroke: color('mean') },
          {
            label: 'not finite',
            scale: 'bad',
            stroke: color('bad'),
            fill: color('bad'),
            points: { show: false },
            ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.6, 6, 1] }) }),
          },
        ],
        bands: isScalar ? [] : [{ series: [2, 1], fill: `color-mix(in srgb, ${color('range')} 18%, transparent)` }],
        hooks: {
          setCursor: [() => this.#options.onCursor(this.#atCursor())],
          draw: [(self) => this.#drawStop(self)],
        },
      },
      dataOf(this.#buckets),
      this.element,
    );
    plot.over.addEventListener('click', () => this.#choose());
    return plot;
  }

  #fit(): void {
    this.#plot.setSize({ width: Math.max(200, this.element.clientWidth), height });
  }

  /** The pass at which the program stops: a dashed line. */
  #drawStop(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { min = Infinity, max = -Infinity } = plot.scales['x'] ?? {};
    if (this.#stopAt === 0 || this.#stopAt < min || this.#stopAt > max) return;
    const x = Math.round(plot.valToPos(this.#stopAt, 'x', true));
    ctx.save();
    ctx.strokeStyle = color('bad');
    ctx.setLineDash([4, 4]);
    ctx.lineWidth = Math.max(1, devicePixelRatio);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }

  #atCursor(): TrackBucket | null {
    return this.#buckets[this.#plot.cursor.idx ?? -1] ?? null;
  }

  #choose(): void {
    const bucket = this.#atCursor();
    if (bucket) this.#options.onChoose(bucket);
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#buckets.length - 1;
    if (last < 0) return;
    const at = this.#plot.cursor.idx ?? last;
    const page = Math.max(1, Math.round(last / 10));
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageUp: at - page,
      PageDown: at + page,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (event.key === 'Enter' || event.key === ' ') this.#choose();
    else if (target === undefined) return;
    else {
      const bucket = this.#buckets[Math.min(last, Math.max(0, target))]!;
      this.#plot.setCursor({ left: this.#plot.valToPos(bucket.pass, 'x'), top: this.#plot.over.clientHeight / 2 });
    }
    event.preventDefault();
  }
}

function dataOf(buckets: readonly TrackBucket[]): uPlot.AlignedData {
  return [
    buckets.map(({ pass }) => pass),
    buckets.map(({ min }) => min),
    buckets.map(({ max }) => max),
    buckets.map(({ mean }) => mean),
    buckets.map(({ nan, posInf, negInf }) => nan + posInf + negInf || null),
  ];
}
