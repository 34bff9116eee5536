/** Expressions without side effects, where V8 sees some; and those of private fields, which only the debugger sees. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TensorError } from '../../src/protocol/errors.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

test('exports are read through a namespace; getters of an object that looks like one are not run', async () => {
  const program = await PausedProgram.start('readers/namespace.mjs');
  try {
    const evaluate = (expression: string) =>
      program.inspector.evaluate(program.top, expression, { throwOnSideEffect: true });
    assert.deepEqual((await evaluate('model.weights')).shape, [3]);
    assert.deepEqual((await evaluate('model.layers[index].kernel')).shape, [2]);
    assert.deepEqual((await evaluate('model["weights"]')).shape, [3]);
    await assert.rejects(
      evaluate('impostor.weights'),
      (error) => error instanceof TensorError && error.code === 'side-effect',
    );
    await assert.rejects(
      evaluate('impostor.#kept'),
      (error) => error instanceof TensorError && /#kept is private/.test(error.message),
    );
    await assert.rejects(
      evaluate('model.nothing'),
      (error) => error instanceof TensorError && error.code === 'not-a-tensor',
    );
    for (const [expression, message] of [
      ['model.weights as float33[3]', /^"float33" is not a dtype/],
      ['model.weights as string', /^"string" is not a dtype/],
      ['model.weights as float32[-1]', /^"\[-1\]" is not a shape/],
    ] as const) {
      await assert.rejects(
        evaluate(expression),
        (error) => error instanceof TensorError && error.code === 'invalid-argument' && message.test(error.message),
      );
    }
    assert.equal(await program.resume(), false);
    assert.equal((await program.closedOutput()).stdout, '0 3 true 0\n');
  } finally {
    await program.end();
  }
});

test('the private fields of `this` are listed as they are read, and nothing is run for it', async () => {
  const program = await PausedProgram.start('readers/privateFields.mjs');
  try {
    const { inspector, top } = program;
    const { tensors } = await inspector.list(top);
    const own = tensors.filter(({ expression }) => expression.startsWith('this'));
    assert.deepEqual(
      own.map(({ expression }) => expression),
      ['this.#bias', 'this.#weights[0]', 'this.#weights[1]', 'this.#options.rate'],
    );
    for (const { expression, tensor } of own.slice(1)) {
      assert.equal((await inspector.evaluate(top, expression, { throwOnSideEffect: true })).id, tensor.id);
    }
    assert.deepEqual((await inspector.read(own[1]!.tensor.id, {})).values, [1, 2]);
    await assert.rejects(inspector.evaluate(top, 'this.#weights', { throwOnSideEffect: true }), {
      code: 'not-a-tensor',
      help: 'Name one of the tensors in it: this.#weights[0], this.#weights[1].',
    });
    assert.equal(await program.resume(), false);
    assert.equal((await program.closedOutput()).stdout, '0 looks\n');
  } finally {
    await program.end();
  }
});
