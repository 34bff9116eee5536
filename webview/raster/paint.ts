/** From values to pixels. NaN and the infinities have colours of their own, in no map. */
import { colorTable } from '../../src/tensor/colormaps.ts';
import { levelOf } from './colorScale.ts';
import type { ColorScale, ValueRange } from './colorScale.ts';

export type Rgb = readonly [red: number, green: number, blue: number];
export interface NotFiniteColors {
  nan: Rgb;
  positiveInfinity: Rgb;
  negativeInfinity: Rgb;
}

function notFiniteColor(value: number, colors: NotFiniteColors): Rgb {
  if (value !== value) return colors.nan;
  return value > 0 ? colors.positiveInfinity : colors.negativeInfinity;
}

/** Red, green, blue and opacity of each value, one after another. */
export function paintValues(
  values: Float64Array,
  scale: ColorScale,
  colors: NotFiniteColors,
): Uint8ClampedArray<ArrayBuffer> {
  const table = colorTable(scale.map);
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value - value === 0) {
      const level = levelOf(value, scale) * 3;
      for (let channel = 0; channel < 3; channel++) pixels[i * 4 + channel] = table[level + channel] as number;
    } else pixels.set(notFiniteColor(value, colors), i * 4);
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}

/**
 * Pixels of an image.
 * @param values per pixel `channels` of them: 1 gray, 3 red green blue, 4 with opacity
 * @param range of black and white
 */
export function paintImage(
  values: Float64Array,
  channels: number,
  range: ValueRange,
  colors: NotFiniteColors,
): Uint8ClampedArray<ArrayBuffer> {
  const count = values.length / channels;
  const pixels = new Uint8ClampedArray(count * 4);
  for (let i = 0; i < count; i++) {
    const pixel = values.subarray(i * channels, (i + 1) * channels);
    const strange = pixel.find((value) => value - value !== 0);
    if (strange !== undefined) {
      pixels.set(notFiniteColor(strange, colors), i * 4);
      pixels[i * 4 + 3] = 255;
      continue;
    }
    for (let channel = 0; channel < 3; channel++) {
      pixels[i * 4 + channel] = levelOf(pixel[channels === 1 ? 0 : channel] as number, range);
    }
    pixels[i * 4 + 3] = channels === 4 ? levelOf(pixel[3] as number, range) : 255;
  }
  return pixels;
}
