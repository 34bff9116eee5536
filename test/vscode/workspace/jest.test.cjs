// Jest runs this in a context of its own.
const { expect, test } = require('@jest/globals');

test('a batch', () => {
  const batch = new Float32Array([1.5, Number.NaN, -2]);
  expect(batch.length).toBe(3); // #jest
});
