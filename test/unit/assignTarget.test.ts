/** What can be assigned to, as it is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlace, parseTarget } from '../../src/inspector/assign/target.ts';

test('a private field is no target, and it is said why', () => {
  assert.throws(() => parseTarget('this.#own'), { code: 'invalid-argument', message: /it is a private field/ });
  assert.equal(isPlace('this.#own'), true);
  assert.deepEqual(parseTarget('this.own'), { kind: 'property', object: 'this', key: '"own"' });
});

test('an element of a set has no place of its own', () => {
  assert.throws(() => parseTarget('[...layers][0]'), {
    code: 'invalid-argument',
    message: /nothing that can be assigned/,
  });
  assert.deepEqual(parseTarget('[...layers][0].w'), { kind: 'property', object: '[...layers][0]', key: '"w"' });
});
