/** Kernels run again on TF.js's cpu backend: what differs is found, and the program can't tell. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tolerance } from '../../src/protocol/comparison.ts';
import { TensorError } from '../../src/protocol/errors.ts';
import type { BackendComparison } from '../../src/protocol/requests.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

const exact: Tolerance = { rtol: 0, atol: 0, equalNan: false };

async function refusal(program: PausedProgram, expression: string): Promise<TensorError> {
  try {
    const { text } = await program.inspector.compareBackends(program.top, expression);
    assert.fail(`${expression} was compared: ${text}`);
  } catch (error) {
    assert.ok(error instanceof TensorError, String(error));
    return error;
  }
}

function names({ kernels }: BackendComparison): string[] {
  return kernels.map(({ kernel }) => kernel);
}

for (const TFJS_BACKEND of ['wasm', 'webgpu']) {
  describe(`kernels on ${TFJS_BACKEND} and on cpu`, () => {
    test('are compared at every stop, and the program sees nothing of it', async () => {
      const program = await PausedProgram.start('evaluate/compareBackends.mjs', { env: { TFJS_BACKEND } });
      const compare = (expression: string, tolerance?: Partial<Tolerance>) =>
        program.inspector.compareBackends(program.top, `(({ tf, ...t }) => (${expression}))(tensors)`, tolerance);
      try {
        let stops = 0;
        do {
          stops++;
          const product = await compare('tf.matMul(t.a, t.b)', { rtol: 1e-3, atol: 1e-3 });
          assert.deepEqual(
            [product.backend, names(product), product.firstDifferent],
            [TFJS_BACKEND, ['BatchMatMul'], null],
          );
          const [matMul] = product.kernels;
          assert.deepEqual(matMul!.outputs, ['float32[64, 32]']);
          assert.deepEqual([matMul!.comparisons[0]!.count, matMul!.comparisons[0]!.close], [2048, true]);

          // The backends sum in other orders, and round otherwise: seen without any tolerance.
          const rounded = await compare('tf.matMul(t.a, t.b).add(1).exp()', exact);
          assert.equal(rounded.firstDifferent, names(rounded).indexOf('BatchMatMul'));
          const differences = rounded.kernels.map(({ comparisons }) => comparisons[0]!);
          const first = differences[rounded.firstDifferent]!;
          const { difference, index } = first.absolute!;
          assert.ok(typeof difference === 'number' && difference > 0 && difference < 1e-2, String(difference));
          assert.equal(index.length, 2);
          // Their inputs are the program's own: what the product got wrong is not theirs.
          assert.equal(differences[names(rounded).indexOf('Add')]!.different, 0);
          assert.match(rounded.text, /The first that differs is BatchMatMul/);

          const summed = await compare('t.x.sum(1)', exact);
          assert.ok(names(summed).includes('Sum'), names(summed).join());
          const whole = await compare('tf.concat([t.x, t.x.abs()], 1).argMax(1)');
          assert.deepEqual([whole.firstDifferent, names(whole)], [null, ['Abs', 'Concat', 'ArgMax']]);
          assert.match(whole.kernels[1]!.attrs, /axis: 1/);
          assert.deepEqual(whole.kernels[1]!.inputs, ['0: float32[10, 100]', '1: float32[10, 100]']);
          const kept = await compare('tf.keep(t.counts.add(t.counts)), tf.variable(t.fresh).mul(2)');
          assert.equal(kept.firstDifferent, null);
          const gradient = await compare('tf.grad((y) => y.square().sum())(t.x)');
          assert.ok(names(gradient).includes('Square'), names(gradient).join());

          const errors = [
            ['tensors.product', 'not-available', /ran no kernel/],
            ['tensors.twice(tensors.x)', 'not-available', /promise/],
            ['tensors.failing()', 'expression-threw', /no such luck/],
            ['tensors.x.add(', 'expression-threw', /SyntaxError/],
            ['nothing.add(1)', 'expression-threw', /nothing is not defined/],
          ] as const;
          for (const [expression, code, message] of errors) {
            const refused = await refusal(program, expression);
            assert.deepEqual([refused.code, message.test(refused.message)], [code, true], refused.message);
          }
        } while (await program.resume());
        assert.equal(stops, 3);
        const { stdout } = await program.closedOutput();
        assert.equal(stdout, `${'the same\n'.repeat(3)}true true true 0 false 0\n`);
      } finally {
        await program.end();
      }
    });
  });
}

test('on the cpu backend there is nothing to compare', async () => {
  const program = await PausedProgram.start('evaluate/compareBackends.mjs', { env: { TFJS_BACKEND: 'cpu' } });
  try {
    const { code, message } = await refusal(program, 'tensors.x.add(1)');
    assert.deepEqual([code, /nothing to compare/.test(message)], ['not-available', true], message);
  } finally {
    await program.end();
  }
});

test('without the cpu backend the program is told what to import', async () => {
  const program = await PausedProgram.start('evaluate/withoutCpu.mjs');
  try {
    const { code, help } = await refusal(program, 'tf.add(x, 1)');
    assert.deepEqual([code, /tfjs-backend-cpu/.test(help ?? '')], ['not-available', true], help);
    assert.equal(await program.resume(), false);
    assert.equal((await program.closedOutput()).stdout, '1 [ 3 ]\n');
  } finally {
    await program.end();
  }
});
