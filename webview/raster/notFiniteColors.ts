/** The theme's colours of NaN and the infinities, as numbers for a canvas. */
import type { NotFiniteColors, Rgb } from './paint.ts';

export function notFiniteColors(): NotFiniteColors {
  return {
    nan: color('--nan'),
    positiveInfinity: color('--positive-infinity'),
    negativeInfinity: color('--negative-infinity'),
  };
}

/** A canvas turns every notation of a colour into `#rrggbb`. */
function color(variable: string): Rgb {
  const context = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
