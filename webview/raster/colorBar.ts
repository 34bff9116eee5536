/** The colour bar under a heatmap: its ends, and what they mean. */
import { html, svg } from 'lit/html.js';
import { ref } from 'lit/directives/ref.js';
import { colorTable } from '../../src/tensor/colormaps.ts';
import { axisTexts, ticksBetween } from '../ticks.ts';
import { levelOf } from './colorScale.ts';
import type { ColorScale } from './colorScale.ts';

/** Ticks nearer to an end, as shares of the bar, would only repeat it. */
const leastFromEnd = 0.06;

/** @param note what the range is of */
export function colorBar(scale: ColorScale, note: string) {
  const { min, max } = scale;
  const [from, to] = axisTexts([min, max]);
  return html`<span class="range">
      <span class="bound">${from}</span>
      <span class="scale ${min === max ? 'single' : ''}">
        <canvas
          width="256"
          height="1"
          role="img"
          aria-label=${min === max ? `Only ${from}` : `From ${from} to ${to}`}
          ${ref((canvas) => fill(canvas as HTMLCanvasElement | undefined, scale))}
        ></canvas>
        ${min === max ? '' : ticks(min, max)}
      </span>
      ${min === max ? '' : html`<span class="bound">${to}</span>`}
    </span>
    <span class="quiet">${note}</span>`;
}

function ticks(min: number, max: number) {
  const values = ticksBetween(min, max, 5);
  const texts = axisTexts(values);
  return html`<svg class="axis" aria-hidden="true">
    ${values.map((value, tick) => {
      const share = (value / 2 - min / 2) / (max / 2 - min / 2);
      if (share < leastFromEnd || share > 1 - leastFromEnd) return '';
      const x = `${100 * share}%`;
      return svg`<line x1=${x} x2=${x} y1="0" y2="3" /><text x=${x} y="15">${texts[tick]}</text>`;
    })}
  </svg>`;
}

function fill(canvas: HTMLCanvasElement | undefined, scale: ColorScale): void {
  const context = canvas?.getContext('2d');
  if (!context) return;
  const table = colorTable(scale.map);
  const pixels = new Uint8ClampedArray(256 * 4).fill(255);
  for (let x = 0; x < 256; x++) {
    const level = scale.min === scale.max ? levelOf(scale.min, scale) : x;
    pixels.set(table.subarray(level * 3, level * 3 + 3), x * 4);
  }
  context.putImageData(new ImageData(pixels, 256, 1), 0, 0);
}
