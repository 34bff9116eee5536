/** Images to learn from: one shape each, at a random place and size, with noise. */

export const shapeNames = ['circle', 'square', 'cross', 'stripes'] as const;

/** Whether a point, relative to the shape's middle, belongs to a shape that reaches `size` far. */
const inside: Record<(typeof shapeNames)[number], (x: number, y: number, size: number) => boolean> = {
  circle: (x, y, size) => Math.hypot(x, y) <= size,
  square: (x, y, size) => Math.max(Math.abs(x), Math.abs(y)) <= size * 0.9,
  cross: (x, y, size) => Math.min(Math.abs(x), Math.abs(y)) <= 1 && Math.max(Math.abs(x), Math.abs(y)) <= size,
  stripes: (x, y, size) => Math.max(Math.abs(x), Math.abs(y)) <= size && (y + 100) % 4 < 2,
};

/**
 * @param seed the same seed draws the same images
 * @returns pixels from 0 to 1 as [count, size, size], and per image the index of its shape's name
 */
export function drawBatch(count: number, size: number, seed: number): { pixels: Float32Array; answers: number[] } {
  const random = randomNumbers(seed);
  const pixels = new Float32Array(count * size * size);
  const answers: number[] = [];
  for (let image = 0; image < count; image++) {
    const answer = Math.floor(random() * shapeNames.length);
    const isInside = inside[shapeNames[answer] ?? 'circle'];
    const radius = size * (0.22 + 0.15 * random());
    const [middleX, middleY] = [size * (0.4 + 0.2 * random()), size * (0.4 + 0.2 * random())];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const brightness = isInside(Math.round(x - middleX), Math.round(y - middleY), radius) ? 0.8 : 0;
        pixels[(image * size + y) * size + x] = brightness + 0.2 * random();
      }
    }
    answers.push(answer);
  }
  return { pixels, answers };
}

/** Numbers from 0 to 1, the same for the same seed (the generator mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
