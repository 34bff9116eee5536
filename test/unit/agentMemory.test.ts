import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertMemory } from '../../src/agent/read/assertMemory.ts';

test('a host copy that would not fit is refused with sizes that people read', () => {
  assertMemory(2 ** 20);
  assert.throws(() => assertMemory(2 ** 50), {
    code: 'not-enough-memory',
    message:
      /^A host copy of 1 PB would not fit: the machine has [\d.]+ [GM]B free, and a copy needs twice its size\.$/,
  });
});
