/** What references mean that call a method which reads: the tensor, in both kinds of session. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TensorWarning } from '../../src/protocol/tensor.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { assertRefused, refused } from '../support/refused.ts';

let program: PausedProgram;
before(async () => {
  program = await PausedProgram.start('evaluate/graphMode.mjs');
});
after(() => program.end());

for (const [expression, values] of [
  ['ones', [1, 1, 1]],
  ['ones.dataSync()', [1, 1, 1]],
  ['await constant.numpyAsync()', [1, 2]],
  ['(await derived.js());', [4, 5]],
] as const) {
  test(`${expression} means a tensor with values`, async () => {
    const { inspector, top } = program;
    const { id } = await inspector.resolve(top, expression);
    assert.deepEqual((await inspector.read(id, { slice: '...' })).values, values);
  });
}

test('of a tensor in graph mode it is refused, and told to who wants to hear', async () => {
  const { inspector, top } = program;
  const warnings: TensorWarning[] = [];
  const expected = /^numpy\(\) needs eager mode, and placeholder is in graph mode/;
  for (const warn of [undefined, (warning: TensorWarning) => void warnings.push(warning)]) {
    const error = await refused(() => inspector.resolve(top, 'placeholder.numpy()', warn));
    assert.equal(error.code, 'not-readable');
    assert.match(error.message, expected);
  }
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['graph-mode'],
  );
});

test('a shape of which not even the rank is known says so', async () => {
  const { inspector, top } = program;
  const error = await refused(() => inspector.resolve(top, 'unranked.numpy()'));
  assert.match(error.message, /a symbolic float32\[\.\.\.\] of tensor-debugger/);
});

test('of what is no tensor it is evaluated as it stands, without side effects', async () => {
  const { inspector, top } = program;
  const expression = '({ data() { globalThis.wasRun = 1; return ones; } }).data()';
  await assertRefused('side-effect', /would change the program/, () => inspector.resolve(top, expression));
});
