/** Every warning of the design: a program that provokes it, and one close to it that does not. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WarningCode } from '../../src/protocol/tensor.ts';
import { inspect, lineOf } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const program = '../warnings/programs.mjs';

interface Expected {
  /** The program's own names and numbers. */
  message: RegExp;
  /** What to type. */
  help: RegExp;
  /** The line that does it, by what stands there; of warnings about what the program did. */
  at?: string;
  args?: readonly string[];
  /** At so many tensors. */
  times?: number;
  /** Arguments with which nothing is to be told of the same program. */
  unless?: readonly string[];
}

/** By the code, and where one code has several programs, what they are about. */
const expected = {
  'symbolic-no-value': { message: /symbolic tensor of the Layers API/, help: /model\.predict\(input\)/ },
  'graph-mode': {
    message: /^numpy\(\) needs eager mode, and logits:0 is in graph mode/,
    help: /await session\.run\('logits:0'\); or in a new one, new Session\(tensor\.graph\)/,
    at: 'logits.numpy()',
  },
  'mixed-modes': { message: /names\.now has a value, names\.later has none/, help: /names\.later/ },
  'mixed-modes, beside a model': { message: /warm, .* a value, later has none until/, help: /later/ },
  'copy-in-loop': {
    message: /^data\(\) copied to the host \d+ times within a second here: \d+ MB/,
    help: /\.data\(\)/,
    at: 'await copied.data()',
  },
  'copy-in-loop, blocking': {
    message: /^dataSync\(\) copied to the host \d+ times within a second here: \d+ B and \d+ ms/,
    help: /\.data\(\)/,
    at: 'few.dataSync()',
  },
  'large-copy': { message: /20 MB/, help: /slice/ },
  'large-copy, of a slice': { message: /20 MB/, help: /slice/, unless: ['--slice', ':4, :4'] },
  'not-enough-memory': { message: /1 PB, and .* are free/, help: /slice/ },
  'leaves-gradient': {
    message: /^dataSync\(\) of this float32\[2\] inside a gradient function/,
    help: /tensor ops/,
    at: '(warn ? squared',
  },
  'leaves-gradient, of what it is asked for': {
    message: /^dataSync\(\) of this float32\[2\] inside a gradient function/,
    help: /tensor ops/,
    at: 'const host = x.dataSync()',
    times: 1,
  },
  'leaves-gradient, of one of several': {
    message: /^dataSync\(\) of this float32\[2\] inside a gradient function/,
    help: /tensor ops/,
    at: '(warn ? x : y).dataSync()',
    times: 1,
  },
  'leaves-gradient, remade beside others': {
    message: /^This float32\[2\] was made of values that dataSync\(\) had copied/,
    help: /that tensor itself/,
    at: '// made of the copy',
    times: 1,
  },
  'leaves-gradient, of one that it does not use': {
    message: /^arraySync\(\) of this float32\[3\] inside a gradient function/,
    help: /tensor ops/,
    at: 'x.arraySync()',
    times: 1,
  },
  'leaves-gradient, of a variable': {
    message: /^dataSync\(\) of this float32\[2\] inside a gradient function/,
    help: /tensor ops/,
    at: '(warn ? weights : frozen).dataSync()',
    times: 1,
  },
  'leaves-gradient, remade outside': {
    message: /^This float32\[2\] was made of values that dataSync\(\) had copied/,
    help: /that tensor itself/,
    at: 'warn ? tf.tensor(host) : computed',
  },
  'leaves-gradient, remade inside': {
    message: /^This float32\[2\] was made of values that data\(\) had copied/,
    help: /that tensor itself/,
    at: 'tf.tensor(warn ? host : own)',
  },
  'leaves-gradient, restored': {
    message: /^This float32\[2\] was made of values/,
    help: /that tensor itself/,
    at: 'const [variable, factor]',
  },
  'shared-memory': {
    message: /names\.values is the memory of the tensor names\.tensor/,
    help: /names\.values\.slice\(\)/,
  },
  'shared-memory, of several tensors': {
    message: /names\.buffer is the memory of the tensors names\.tensor, names\.reshaped themselves/,
    help: /tf\.buffer\(names\.buffer\.shape, names\.buffer\.dtype, names\.buffer\.values\.slice\(\)\)\.toTensor\(\)/,
    times: 3,
  },
  'shared-memory, of the runtime': {
    message: /names\.view is the memory of the tensor names\.tensor itself/,
    help: /^Work on a copy: names\.view\.copy\(\)\.$/,
  },
  'shared-memory, of another runtime': {
    message: /names\.bytes is the memory of the tensor names\.tensor itself/,
    help: /Buffer\.from\(names\.bytes\); .* new Tensor\(names\.tensor\.type, Buffer\.from\(names\.bytes\), names\.tensor\.dims\)/,
  },
  'sync-read': {
    message: /^dataSync\(\) of this float32\[4\] blocks .* webgpu/,
    help: /await tensor\.data\(\)/,
    at: 'tensor.dataSync();',
  },
  'sync-read, of jax-js': {
    message: /^item\(\) of this float32\[\] blocks .* webgpu/,
    help: /await tensor\.jsAsync\(\)/,
    at: 'loss.item()',
    times: 1,
  },
  'consumes-reference': { message: /./, help: /`await names\.array\.ref\.data\(\)`/ },
  disposed: { message: /float32\[2\] was disposed/, help: /dispose\(\)/ },
  'disposed, a variable without a name': { message: /^This float32\[3\] was disposed/, help: /dispose\(\)/ },
  'lossy-dtype': {
    message: /NumPy has no bfloat16: names\.halves/,
    help: /\.view\(ml_dtypes\.bfloat16\)/,
    args: ['--export'],
  },
  'sparse-to-dense': { message: /24 B; its dense form would take 3\.8 MB/, help: /\.npz/ },
  'not-finite': { message: /1 of 2 elements are NaN .* first is at \[1\]/, help: /./, args: ['--stats'] },
  'debugger-fault': {
    message: /^Tensor Debugger failed while it watched the program: Error: a defect at /,
    help: /report this/,
    times: 1,
  },
} satisfies Record<WarningCode, Expected> & Record<string, Expected>;

async function warningsOf(name: string, wanted: Expected, warn: boolean) {
  const folder = temporaryFolder();
  const args = ((warn ? undefined : wanted.unless) ?? wanted.args ?? []).flatMap((arg) =>
    arg === '--export' ? [arg, join(folder, 'values.npy')] : [arg],
  );
  const { document, stderr } = await inspect([program, ...args], { env: { CODE: name, WARN: warn ? '1' : '0' } });
  assert.notEqual(document.stop, null, stderr);
  const ofTensors = document.tensors.flatMap(({ warnings }) =>
    warnings.map((warning) => ({ ...warning, file: null, line: null })),
  );
  return [...document.warnings, ...ofTensors].filter(({ code }) => code === name.split(',')[0]);
}

for (const [name, wanted] of Object.entries<Expected>(expected)) {
  test(name, async () => {
    const [told, close] = await Promise.all([warningsOf(name, wanted, true), warningsOf(name, wanted, false)]);
    const [first] = told;
    assert.ok(first, 'it was not told');
    const { message, help, at, times } = wanted;
    if (times !== undefined) assert.equal(told.length, times);
    assert.match(first.message, message);
    assert.match(first.help ?? '', help);
    if (at !== undefined) {
      assert.ok(first.file?.endsWith('programs.mjs'), String(first.file));
      assert.equal(first.line, lineOf(program, at));
    }
    assert.deepEqual(close, []);
  });
}
