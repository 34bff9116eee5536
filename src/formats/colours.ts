/** The colour scale "viridis" of matplotlib (CC0), linear between ten of its colours. */
const anchors = [0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725];

const scale: (readonly [number, number, number])[] = Array.from({ length: 256 }, (_, level) => {
  const place = (level / 255) * (anchors.length - 1);
  const below = Math.min(Math.floor(place), anchors.length - 2);
  const mix = (shift: number): number => {
    const from = ((anchors[below] as number) >> shift) & 255;
    const to = ((anchors[below + 1] as number) >> shift) & 255;
    return Math.round(from + (to - from) * (place - below));
  };
  return [mix(16), mix(8), mix(0)];
});

/** Red, green and blue of a level from 0 to 255. */
export function viridis(level: number): readonly [number, number, number] {
  return scale[level] as readonly [number, number, number];
}
