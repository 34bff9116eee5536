/**
 * Colour maps, linear between control points that were published at equal distances.
 *
 * - viridis (S. van der Walt and N. Smith, 2015) and cividis (J. R. Nuñez et al., 2018,
 *   https://doi.org/10.1371/journal.pone.0199239): every 17th of the 256 colours of matplotlib's tables
 *   (`_cm_listed.py`, CC0). Perceptually uniform; cividis also for colour-blind eyes.
 * - diverging: every second of the 33 colours of K. Moreland's "smooth cool warm" (`CoolWarmFloat33.csv`, "Diverging
 *   Color Maps for Scientific Visualization", 2009, https://www.kennethmoreland.com/color-maps/).
 * - gray: from black to white.
 */
import type { Colormap } from '../protocol/viewer.ts';

export type NamedColormap = Exclude<Colormap, 'auto'>;

const controlPoints: Record<NamedColormap, readonly number[]> = {
  viridis: [
    0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e, 0x1f988b, 0x22a884, 0x35b779,
    0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725,
  ],
  cividis: [
    0x00224e, 0x002e6c, 0x1e3a6f, 0x35456c, 0x47516c, 0x575d6d, 0x666970, 0x757575, 0x848279, 0x948e77, 0xa59c74,
    0xb7a96e, 0xc8b866, 0xdbc75a, 0xeed649, 0xfee838,
  ],
  diverging: [
    0x3b4cc0, 0x4d68d7, 0x6282ea, 0x779af7, 0x8db0fe, 0xa3c2ff, 0xb8d0f9, 0xccd9ee, 0xdddddd, 0xecd3c5, 0xf5c4ad,
    0xf7b194, 0xf49a7b, 0xec7f63, 0xde604d, 0xcb3e38, 0xb40426,
  ],
  gray: [0x000000, 0xffffff],
};

/** Red, green and blue of 256 levels, one after another. */
type ColorTable = Uint8ClampedArray;

const tables = new Map<NamedColormap, ColorTable>();

export function colorTable(map: NamedColormap): ColorTable {
  let table = tables.get(map);
  if (!table) {
    table = interpolate(controlPoints[map]);
    tables.set(map, table);
  }
  return table;
}

function interpolate(points: readonly number[]): ColorTable {
  const table = new Uint8ClampedArray(256 * 3);
  for (let level = 0; level < 256; level++) {
    const place = (level / 255) * (points.length - 1);
    const below = Math.min(Math.floor(place), points.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const shift = 16 - 8 * channel;
      const from = ((points[below] as number) >> shift) & 255;
      const to = ((points[below + 1] as number) >> shift) & 255;
      table[level * 3 + channel] = from + (to - from) * (place - below);
    }
  }
  return table;
}
