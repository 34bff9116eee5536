import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeInMemory } from '../../src/formats/format.ts';
import { findNotFinite } from '../../src/tensor/findNotFinite.ts';
import { npy } from '../../src/formats/npy.ts';
import { openTensorFile } from '../../src/formats/openTensorFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TensorError } from '../../src/protocol/errors.ts';

test('the nearest NaN or infinity of a file, in both directions and over blocks', async () => {
  const folder = temporaryFolder();
  // 12 MB: three blocks.
  const values = new Float32Array(3_000_000);
  const bad = [0, 5, 6, 1_100_000, 2_999_999];
  for (const index of bad) values[index] = index % 2 === 0 ? Number.NaN : -Infinity;
  const path = join(folder, 'a.npy');
  const bytes = new Uint8Array(values.buffer);
  writeFileSync(path, await encodeInMemory(npy, [{ name: 'a', dtype: 'float32', shape: [1000, 3000], bytes }]));
  const file = await openTensorFile(path);
  try {
    const found = (from: number, direction: 'next' | 'previous') => findNotFinite(file.source('0'), from, direction);
    const next = [];
    for (let at = await found(-1, 'next'); at !== null; at = await found(at, 'next')) next.push(at);
    assert.deepEqual(next, bad);
    const previous = [];
    for (let at = await found(3_000_000, 'previous'); at !== null; at = await found(at, 'previous')) previous.push(at);
    assert.deepEqual(previous, bad.toReversed());
    const givenUp = (signal: AbortSignal) => findNotFinite(file.source('0'), -1, 'next', signal);
    await assert.rejects(givenUp(AbortSignal.abort()), { code: 'cancelled', message: 'The search was cancelled.' });
    const ended = new TensorError({ code: 'program-ended', message: 'The program has ended.' });
    await assert.rejects(givenUp(AbortSignal.abort(ended)), ended);
  } finally {
    await file.dispose();
  }
});
