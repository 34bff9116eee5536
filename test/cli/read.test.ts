/** What is read: the default, expressions, slices, statistics; and exit status 4 where something can't be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect, lineOf, runCli, tensorOf } from '../support/cli.ts';

test('the default: scopes from the innermost out, containers one level deep, no globals, no plain arrays', async () => {
  const { status, document } = await inspect(['arrays.js']);
  assert.equal(status, 0);
  assert.deepEqual(
    document.tensors.map(({ expression }) => expression),
    ['block', 'argument', 'local', 'outer', 'bytes', 'big', 'model.weights[0]', 'model.weights[1]'],
  );
  assert.deepEqual(tensorOf(document, 'block').values, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(tensorOf(document, 'outer').values, [3.7, 'NaN', '-0', 'Infinity', 1e-45, 6]);
  assert.deepEqual(tensorOf(document, 'big').values, ['9007199254740993', 5]);
  assert.deepEqual(tensorOf(document, 'bytes').values, [1, 2, 255]);
  assert.deepEqual(tensorOf(document, 'bytes').dtype, 'uint8');
  assert.deepEqual(tensorOf(document, 'model.weights[1]').values, [-128, 127]);
  assert.deepEqual(document.program, { exitCode: 3, signal: null });
});

test('--expr: in its order, as often as it is given', async () => {
  const args = ['--expr', 'model.weights[1]', '--expr', 'outer', '--expr', 'block', 'arrays.js'];
  const { status, document } = await inspect(args);
  assert.equal(status, 0);
  assert.deepEqual(
    document.tensors.map(({ expression, scope }) => [expression, scope]),
    [
      ['model.weights[1]', null],
      ['outer', null],
      ['block', null],
    ],
  );
});

test('--expr reads a plain number array that is asked for by name', async () => {
  const { status, document } = await inspect(['--expr', 'matrix', '--expr', 'matrix[1]', 'expressions.js']);
  assert.equal(status, 0);
  assert.deepEqual(
    document.tensors.map(({ shape, values }) => [shape, values]),
    [
      [
        [2, 3],
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      [[3], [4, 5, 6]],
    ],
  );
});

test('--expr with a conversion is answered by our own reader; in graph mode it is warned of at the line', async () => {
  const expressions = ['--expr', 'ones.dataSync()', '--expr', 'input.dataSync()'];
  const { status, document } = await inspect([...expressions, '../evaluate/graphMode.mjs']);
  assert.equal(status, 4);
  assert.deepEqual(tensorOf(document, 'ones.dataSync()').values, [1, 1, 1]);
  assert.match(tensorOf(document, 'input.dataSync()').error ?? '', /needs eager mode, and input is in graph mode/);
  const told = document.warnings.filter(({ code }) => code === 'graph-mode');
  assert.deepEqual(
    told.map(({ file, line }) => [file?.split('/').pop(), line]),
    [['graphMode.mjs', lineOf('../evaluate/graphMode.mjs', 'debugger')]],
  );
});

test('status 4: every expression that gives no tensor says why, and the others are read', async () => {
  const expressions = ['missing', 'nothing', 'object', 'object.throwing', 'change()', '1 +', 'values'];
  const { status, document, stderr } = await inspect([...expressions.flatMap((e) => ['--expr', e]), 'expressions.js']);
  assert.equal(status, 4);
  assert.deepEqual(
    document.tensors.map(({ expression }) => expression),
    expressions,
  );
  for (const tensor of document.tensors.slice(0, -1)) {
    assert.equal(tensor.values, null, tensor.expression);
    assert.equal(tensor.dtype, null, tensor.expression);
    assert.ok((tensor.error ?? '').length > 10, `${tensor.expression}: ${tensor.error}`);
  }
  assert.match(tensorOf(document, 'missing').error ?? '', /missing/);
  assert.match(tensorOf(document, 'nothing').error ?? '', /"nothing" is undefined here, not a tensor\. Stop behind/);
  assert.match(tensorOf(document, 'object').error ?? '', /"object" is an Object, not a tensor/);
  assert.match(tensorOf(document, 'object.throwing').error ?? '', /from a getter/);
  assert.deepEqual(tensorOf(document, 'values').values, [1, 2, 3, 4]);
  assert.equal(tensorOf(document, 'values').error, null);
  assert.match(stderr, /changed 0/, 'an expression with side effects was not run');
  assert.match(
    stderr,
    /^tensor-debugger: "1 \+" is no expression of JavaScript: /,
    'it is told before the program runs',
  );
});

test('what can be said only at a stop is not told before: private fields, memory, super, await', async () => {
  const expressions = ['this.#w', 'x as int8[2]', 'x as what', 'super.x', 'new.target', 'await x'];
  const args = [...expressions.flatMap((text) => ['--expr', text]), 'expressions.js'];
  const { status, document, stderr } = await inspect(args);
  assert.equal(status, 4);
  assert.doesNotMatch(stderr, /is no expression/);
  const awaited = tensorOf(document, 'await x').error;
  assert.match(awaited ?? '', /^"await x" threw SyntaxError: .*\. Nothing can be awaited while the program is paused/);
});

test('a container that is no tensor says which are in it', async () => {
  const expressions = ['activations', 'many', 'cache', 'empty'];
  const { status, document } = await inspect([...expressions.flatMap((e) => ['--expr', e]), 'containers.js']);
  assert.equal(status, 4);
  const errors = expressions.map((expression) => tensorOf(document, expression).error ?? '');
  assert.match(errors[0]!, /is an Array, not a tensor\. .*: activations\[0\], activations\[1\], activations\[2\]\.$/);
  assert.match(
    errors[1]!,
    /is an Object, not a tensor\. .*: many\.list\[0\], many\.list\[1\], many\.list\[2\], \.\.\. \(5\)\.$/,
  );
  assert.match(errors[2]!, /: cache\.get\("keys"\)\.$/);
  assert.match(errors[3]!, /is an Array, not a tensor\. Tensors of TF\.js, .* can be read/);
});

test('--slice of every tensor that is read', async () => {
  const { status, document } = await inspect(['--expr', 'matrix', '--slice', '::-1, 1:', 'expressions.js']);
  assert.equal(status, 0);
  assert.deepEqual(document.tensors[0]?.values, [
    [5, 6],
    [2, 3],
  ]);
  assert.deepEqual(document.tensors[0]?.shape, [2, 3]);
  assert.equal(document.tensors[0]?.slice, '::-1, 1:3');
});

test('--slice that drops every axis gives a bare value', async () => {
  const { document } = await inspect(['--expr', 'matrix', '--slice', '1, -1', 'expressions.js']);
  assert.equal(document.tensors[0]?.values, 6);
});

test('status 4: a slice that one tensor is too small for', async () => {
  const { status, document } = await inspect([
    '--expr',
    'matrix',
    '--expr',
    'values',
    '--slice',
    '0, 0',
    'expressions.js',
  ]);
  assert.equal(status, 4);
  assert.equal(tensorOf(document, 'matrix').values, 1);
  assert.match(tensorOf(document, 'values').error ?? '', /position 3.*too many/);
  assert.equal(tensorOf(document, 'values').dtype, 'float32', 'it is described nevertheless');
});

test('status 4: a slice out of range', async () => {
  const { status, document } = await inspect(['--expr', 'values', '--slice', '9', 'expressions.js']);
  assert.equal(status, 4);
  assert.match(document.tensors[0]?.error ?? '', /index 9 is out of range/);
});

test('--stats over finite elements, with the others counted', async () => {
  const { status, document } = await inspect(['--stats', '--expr', 'outer', 'arrays.js']);
  assert.equal(status, 0);
  const { mean, std, ...stats } = tensorOf(document, 'outer').stats ?? assert.fail('no statistics');
  assert.deepEqual(stats, { count: 6, min: '-0', max: 6, zeros: 1, nan: 1, posInf: 1, negInf: 0, where: 'host' });
  // Of 3.7, -0, 1e-45 and 6; the float32 next to 3.7 is 3.7000000477.
  assert.ok(Math.abs(Number(mean) - 2.42500001192) < 1e-9, String(mean));
  assert.ok(Math.abs(Number(std) - Math.sqrt((3.7 ** 2 + 36) / 4 - 2.425 ** 2)) < 1e-6, String(std));
});

test('--stats of 64-bit integers are exact', async () => {
  const { status, document } = await inspect(['--stats', '--expr', 'big', '--timeout', '20', 'arrays.js']);
  assert.equal(status, 0);
  assert.deepEqual([document.tensors[0]?.stats?.min, document.tensors[0]?.stats?.max], [5, '9007199254740993']);
});

test('--stats of all that is listed leaves out strings, which have none', async () => {
  const { status, document } = await inspect(['--stats', 'lossy.js']);
  assert.equal(status, 0);
  const [words, numbers] = document.tensors;
  assert.deepEqual([words?.values, words?.stats, words?.error], [['a', 'b\0'], null, null]);
  assert.equal(numbers?.stats?.nan, 1);
  const named = await inspect(['--stats', '--expr', 'words', 'lossy.js']);
  assert.deepEqual([named.status, named.document.tensors[0]?.values], [4, ['a', 'b\0']]);
});

test('without --stats there are none', async () => {
  const { document } = await inspect(['--expr', 'outer', 'arrays.js']);
  assert.equal(document.tensors[0]?.stats, null);
});

test('in a terminal, what was asked for is printed in full', async () => {
  const { status, stdout } = await runCli(['inspect', '--expr', 'matrix', '--stats', 'expressions.js']);
  assert.equal(status, 0);
  assert.match(stdout, /\[\[1, 2, 3\],\n +\[4, 5, 6\]\]/);
  assert.match(stdout, /count 6 +min 1 +max 6 +mean 3\.5/);
});

test('in a terminal, an error stands below the table', async () => {
  const { status, stdout } = await runCli(['inspect', '--expr', 'missing', '--expr', 'values', 'expressions.js']);
  assert.equal(status, 4);
  assert.match(stdout, /^missing +- .* not read, see below$/m);
  assert.match(stdout, /^missing\n {2}"missing" is not available/m);
});

test('--expr reads raw memory as a type and a shape', async () => {
  const { status, document } = await inspect(['--expr', 'values.buffer as uint32[2, 2]', 'expressions.js']);
  assert.equal(status, 0);
  assert.deepEqual(document.tensors[0]?.dtype, 'uint32');
  assert.deepEqual(document.tensors[0]?.values, [
    [0x3f800000, 0x40000000],
    [0x40400000, 0x40800000],
  ]);
});
