/** Call sites by the stack that the agent sees: one place has one key, whatever else has been called meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';

/** What the agent is made of has a TypeScript project of its own, without Node's types: so its path is none to the compiler. */
const file: string = new URL('../../src/agent/copies/callSite.ts', import.meta.url).href;
const { callSite } = (await import(file)) as {
  callSite: (below: unknown, name: string, scripts: object) => { key: string } | undefined;
};

/** In a bundle, the innermost frame that is no package's is the runtime's own. */
const bundled = { own: /^nowhere$/, calls: new Set<string>(), callsItself: true };

/** As many frames of a package between the program and the runtime. */
const throughPackage = runInThisContext(
  '(function next(count, then) { return count > 0 ? next(count - 1, then) : then(); })',
  {
    filename: '/program/node_modules/package/index.js',
  },
) as (count: number, then: () => unknown) => unknown;

function keyHere(): string | undefined {
  return callSite(keyHere, 'data', bundled)?.key;
}

/** Deeper than the frames that are looked at in a bundle. */
function below<Value>(depth: number, then: () => Value): Value {
  return depth > 0 ? below(depth - 1, then) : then();
}

test('a bundled call keeps its key when another one has a long way through a package', () => {
  const keys = below(20, () =>
    [0, 1].map((turn) => {
      if (turn === 1) throughPackage(30, keyHere);
      return keyHere();
    }),
  );
  assert.notEqual(keys[0], undefined);
  assert.equal(keys[1], keys[0]);
});
