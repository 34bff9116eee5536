// Vitest runs this in a process of its own, from modules that Vite has compiled.
import { expect, test } from 'vitest';

test('a batch', () => {
  const batch: Float32Array = new Float32Array([1.5, Number.NaN, -2]);
  expect(batch.length).toBe(3); // #vitest
});
