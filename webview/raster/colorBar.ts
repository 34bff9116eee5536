/** The colour bar under a heatmap: its ends, and what they mean. */
import { html } from 'lit/html.js';
import { ref } from 'lit/directives/ref.js';
import { briefNumber } from '../briefNumber.ts';
import { colorTable } from '../../src/tensor/colormaps.ts';
import { levelOf } from './colorScale.ts';
import type { ColorScale } from './colorScale.ts';

/** @param note what the range is of */
export function colorBar(scale: ColorScale, note: string) {
  const { min, max } = scale;
  const [from, to] = [briefNumber(min), briefNumber(max)];
  return html`<span class="bound">${from}</span>
    <canvas
      class=${min === max ? 'single' : ''}
      width="256"
      height="1"
      role="img"
      aria-label=${min === max ? `Only ${from}` : `From ${from} to ${to}`}
      ${ref((canvas) => fill(canvas as HTMLCanvasElement | undefined, scale))}
    ></canvas>
    ${min === max ? '' : html`<span class="bound">${to}</span>`} <span class="quiet">${note}</span>`;
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
