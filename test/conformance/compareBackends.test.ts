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
            ['(tensors.product)', 'not-available', /ran no kernel/],
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

test('tensors of a backend that nobody knows are neither moved nor compared', async () => {
  const program = await PausedProgram.start('evaluate/unknownBackend.mjs');
  try {
    for (const [expression, message] of [
      [
        'tf.add(foreign, here)',
        /^a of Add is on ours, and the program's backend is wasm: running the op would move it/,
      ],
      ['tf.square(foreign)', /^TensorFlow\.js runs on its backend "ours" here, whose tensors can't be read/],
    ] as const) {
      const refused = await refusal(program, expression);
      assert.deepEqual([refused.code, message.test(refused.message)], ['not-available', true], refused.message);
      await program.resume();
    }
    assert.equal((await program.closedOutput()).stdout, 'ours [ 2 ]\nours 2\n');
  } finally {
    await program.end();
  }
});

for (const TFJS_BACKEND of ['wasm', 'webgpu']) {
  test(`${TFJS_BACKEND}: of a tensor alone, the op that made it is run again`, async () => {
    const program = await PausedProgram.start('evaluate/remade.mjs', { env: { TFJS_BACKEND } });
    try {
      const compare = (expression: string) =>
        program.inspector.compareBackends(program.top, expression, { rtol: 1e-3, atol: 1e-3 });
      const found: Record<string, string[]> = {
        scaled: ['Sub', 'Multiply', 'Relu'],
        squared: ['Square'],
        'this.hidden': ['Concat', 'Tanh'],
        left: ['SplitV'],
        summed: ['Fill', 'BatchMatMul', 'Add'],
        kernelDoubled: ['Multiply'],
      };
      for (const [expression, kernels] of Object.entries(found)) {
        const compared = await compare(expression);
        assert.deepEqual([expression, names(compared)], [expression, kernels]);
        assert.equal(compared.firstDifferent, null, compared.text);
      }
      assert.deepEqual(names(await compare('variance')), ['Mean', 'Cast', 'Reshape', 'Sub', 'Square', 'Mean']);
      assert.match((await compare('squared')).text, /^squared = square\(product\): each kernel/);
      const refused: Record<string, RegExp> = {
        product: /made this tensor, but gives another one .* has changed since/,
        state: /made this tensor, but gives another one/,
        moved: /made this tensor, but gives another one/,
        noise: /randomNormal gives other values each time/,
        counted: /next is no op of TensorFlow\.js/,
        length: /sets it to lengths\[0\], which calls no op/,
        gone: /is more than ops|is no op/,
        input: /no line before the stop/,
      };
      for (const [expression, message] of Object.entries(refused)) {
        const error = await refusal(program, expression);
        assert.ok(error.code === 'not-available' && message.test(error.message), `${expression}: ${error.message}`);
      }
      assert.equal(await program.resume(), false);
      assert.equal((await program.closedOutput()).stdout, 'the same 1\n11\n');
    } finally {
      await program.end();
    }
  });
}
