/** The colour bar under a heatmap: its ends, what they mean, and the colours of what is not finite. */
import { html, nothing } from 'lit/html.js';
import { ref } from 'lit/directives/ref.js';
import { briefNumber } from '../briefNumber.ts';
import { colorTable } from '../../src/tensor/colormaps.ts';
import type { NamedColormap } from '../../src/tensor/colormaps.ts';
import type { ColorScale } from './colorScale.ts';

/** Which of them are among the values that are shown. */
export interface NotFinitePresent {
  nan: boolean;
  positiveInfinity: boolean;
  negativeInfinity: boolean;
}

export function colorBar(scale: ColorScale, present: NotFinitePresent, note: string) {
  const swatch = (shown: boolean, className: string, name: string) =>
    shown ? html`<span class="legend"><span class="swatch ${className}"></span>${name}</span>` : nothing;
  return html`<div class="color-bar" role="group" aria-label="Colours">
    <span class="bound">${briefNumber(scale.min)}</span>
    <canvas
      width="256"
      height="1"
      role="img"
      aria-label="From ${briefNumber(scale.min)} to ${briefNumber(scale.max)}"
      ${ref((canvas) => fill(canvas as HTMLCanvasElement | undefined, scale.map))}
    ></canvas>
    <span class="bound">${briefNumber(scale.max)}</span>
    <span class="quiet">${note}</span>
    ${swatch(present.nan, 'nan', 'NaN')} ${swatch(present.positiveInfinity, 'positive-infinity', 'Infinity')}
    ${swatch(present.negativeInfinity, 'negative-infinity', '-Infinity')}
  </div>`;
}

function fill(canvas: HTMLCanvasElement | undefined, map: NamedColormap): void {
  const context = canvas?.getContext('2d');
  if (!context) return;
  const table = colorTable(map);
  const pixels = new Uint8ClampedArray(256 * 4).fill(255);
  for (let level = 0; level < 256; level++) pixels.set(table.subarray(level * 3, level * 3 + 3), level * 4);
  context.putImageData(new ImageData(pixels, 256, 1), 0, 0);
}
