/**
 * The histogram: bars over an axis of values, beside an axis of counts. Equal-width bars need none of what a plotting
 * library brings (uPlot: 50 KB, a third of the whole page): axes in time, series, cursors.
 */
import { html, svg } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { Histogram } from '../../src/protocol/tensor.ts';
import { axisTexts, logarithmicTicks, ticksBetween } from '../ticks.ts';
import { barHeights, binAt, binRange } from './bars.ts';

/** In pixels, of the bars. */
const height = 220;

interface HistogramOptions {
  logarithmic: boolean;
  /** The one that is read; null for none. */
  bin: number | null;
  onBin: (bin: number | null) => void;
}

export function histogramView(histogram: Histogram, { logarithmic, bin, onBin }: HistogramOptions): TemplateResult {
  const { min, max, counts } = histogram;
  const highest = Math.max(...counts);
  const countTicks = logarithmic ? logarithmicTicks(highest, 5) : ticksBetween(0, highest, 4, 1);
  const countTexts = axisTexts(countTicks);
  const heights = barHeights(counts, height, logarithmic);
  const tickHeights = barHeights([...countTicks, highest], height, logarithmic);
  const values = ticksBetween(min, max, 5);
  const valueTexts = axisTexts(values);
  const across = (value: number) => `${(100 * (value / 2 - min / 2)) / (max / 2 - min / 2)}%`;
  const onMove = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = (currentTarget as Element).getBoundingClientRect();
    onBin(binAt(clientX - left, width, counts.length));
  };
  const onKey = (event: KeyboardEvent) => {
    const last = counts.length - 1;
    const steps: Record<string, number> = {
      ArrowRight: (bin ?? -1) + 1,
      ArrowLeft: (bin ?? 1) - 1,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onBin(Math.max(0, Math.min(last, next)));
  };
  return html`<div class="histogram">
    <svg class="axis counts" width="${Math.max(...countTexts.map(({ length }) => length)) + 1}ch" aria-hidden="true">
      ${countTexts.map(
        (text, tick) => svg`<text x="100%" y=${height - (tickHeights[tick] as number)} dx="-6" dy="4">${text}</text>`,
      )}
    </svg>
    <svg
      class="axis values"
      role="img"
      tabindex="0"
      aria-label=${labelOf(histogram)}
      @pointermove=${onMove}
      @pointerleave=${() => onBin(null)}
      @keydown=${onKey}
    >
      ${countTicks.map((_, tick) => line('rule', height - (tickHeights[tick] as number)))}
      ${heights.map(
        (tall, index) => svg`<rect class=${index === bin ? 'bar active' : 'bar'}
          x="${(100 * index) / counts.length}%" width="${100 / counts.length}%" y=${height - tall} height=${tall} />`,
      )}
      ${min < 0 && max > 0 ? svg`<line class="zero" x1=${across(0)} x2=${across(0)} y1="0" y2=${height} />` : ''}
      ${line('base', height)}
      ${values.map(
        (value, tick) => svg`
          <line class="base" x1=${across(value)} x2=${across(value)} y1=${height} y2=${height + 4} />
          <text x=${across(value)} y=${height + 18}>${valueTexts[tick]}</text>`,
      )}
    </svg>
  </div>`;
}

/** From side to side. */
function line(className: string, y: number) {
  return svg`<line class=${className} x1="0" x2="100%" y1=${y} y2=${y} />`;
}

function labelOf(histogram: Histogram): string {
  const { min, max, counts } = histogram;
  const fullest = counts.indexOf(Math.max(...counts));
  const [from, to] = binRange(histogram, fullest);
  return `Histogram of ${counts.length} bins from ${min} to ${max}; most elements, ${counts[fullest]}, lie between ${from} and ${to}. The arrow keys go from bin to bin.`;
}
