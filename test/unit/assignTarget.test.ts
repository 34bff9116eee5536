/** What can be assigned to, as it is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlace, parseTarget } from '../../src/inspector/assign/target.ts';

test('a private field is no target, and it is said why', () => {
  assert.throws(() => parseTarget('this.#own'), { code: 'invalid-argument', message: /it is a private field/ });
  assert.equal(isPlace('this.#own'), false);
  assert.deepEqual(parseTarget('this.own'), { kind: 'property', object: 'this', key: '"own"' });
});
