/**
 * The histogram as bars on a canvas. Equal-width bars over a line need none of what a plotting library brings (uPlot:
 * 50 KB, a third of the whole page): axes in time, series, cursors.
 */
import type { Histogram } from '../../src/protocol/tensor.ts';
import { barHeights, binAt, binRange } from './bars.ts';

export class HistogramView {
  readonly element = document.createElement('div');
  readonly #canvas = document.createElement('canvas');
  readonly #onBin: (bin: number | null) => void;
  #histogram: Histogram | null = null;
  #logarithmic = false;
  #bin: number | null = null;

  constructor(onBin: (bin: number | null) => void) {
    this.#onBin = onBin;
    this.element.className = 'histogram';
    const canvas = this.#canvas;
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'img');
    this.element.append(canvas);
    canvas.addEventListener('pointermove', ({ offsetX }) => {
      const { counts } = this.#histogram ?? { counts: [] };
      this.#setBin(binAt(offsetX, this.element.clientWidth, counts.length));
    });
    canvas.addEventListener('pointerleave', () => this.#setBin(null));
    canvas.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  show(histogram: Histogram, logarithmic: boolean): void {
    if (histogram === this.#histogram && logarithmic === this.#logarithmic) return;
    this.#histogram = histogram;
    this.#logarithmic = logarithmic;
    this.draw();
    const { min, max, counts } = histogram;
    const fullest = counts.indexOf(Math.max(...counts));
    const [from, to] = binRange(histogram, fullest);
    this.#canvas.setAttribute(
      'aria-label',
      `Histogram of ${counts.length} bins from ${min} to ${max}; most elements, ${counts[fullest]}, lie between ${from} and ${to}. The arrow keys go from bin to bin.`,
    );
  }

  #setBin(bin: number | null): void {
    if (bin === this.#bin) return;
    this.#bin = bin;
    this.draw();
    this.#onBin(bin);
  }

  #key(event: KeyboardEvent): void {
    const last = (this.#histogram?.counts.length ?? 0) - 1;
    const steps: Record<string, number> = {
      ArrowRight: (this.#bin ?? -1) + 1,
      ArrowLeft: (this.#bin ?? 1) - 1,
      Home: 0,
      End: last,
    };
    const bin = steps[event.key];
    if (bin === undefined || last < 0) return;
    event.preventDefault();
    this.#setBin(Math.max(0, Math.min(last, bin)));
  }

  draw(): void {
    const { clientWidth, clientHeight } = this.element;
    if (!this.#histogram || clientWidth === 0 || clientHeight === 0) return;
    const canvas = this.#canvas;
    canvas.width = Math.round(clientWidth * devicePixelRatio);
    canvas.height = Math.round(clientHeight * devicePixelRatio);
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.scale(devicePixelRatio, devicePixelRatio);
    const style = getComputedStyle(this.element);
    const heights = barHeights(this.#histogram.counts, clientHeight, this.#logarithmic);
    const width = clientWidth / heights.length;
    const gap = width > 4 ? 1 : 0;
    heights.forEach((height, bin) => {
      context.fillStyle = style.getPropertyValue(bin === this.#bin ? '--bar-active' : '--bar');
      context.fillRect(bin * width, clientHeight - height, width - gap, height);
    });
  }
}
