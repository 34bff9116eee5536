// Node's own test runner starts a process for this file; by itself it runs as a program.
import test from 'node:test';

test('a batch', () => {
  const batch = new Float32Array([1.5, Number.NaN, -2]);
  console.log(batch.length); // #runner
});
