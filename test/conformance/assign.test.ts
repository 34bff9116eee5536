/** New tensors in place of old ones, from files: every runtime that can make one, and everything that is refused. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runPython } from '../formats/python.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const file = (name: string): string => join(folder, name);

runPython([
  '-c',
  `
import sys, os, numpy as np
os.chdir(sys.argv[1])
m = np.arange(10, 16).reshape(2, 3)
np.save('matrix.npy', m.astype(np.float32)); np.save('columns.npy', np.asfortranarray(m.astype('>f4'))); np.save('doubles.npy', m * 1.0)
for t in ['float32', 'float64', 'int32', 'int8', 'uint8', 'bool', 'float16']: np.save(t + '.npy', np.array([7, 0, 9]).astype(t))
np.savez('several.npz', weights=m.astype(np.float32) * 2, other=np.zeros(1))
np.save('turned.npy', m.T.astype(np.float32))
np.save('large.npy', np.arange(3_000_000, dtype=np.float64))
np.save('text.npy', np.array(['a', 'b', 'c']))
np.savetxt('column.csv', [7, 0, 9]); open('bare.json', 'w').write('[7, 0, 9]'); open('flags.tsv', 'w').write('1\\n0\\n1\\n')
open('halves.csv', 'w').write('7\\n0.5\\n9\\n'); open('wide.csv', 'w').write('7,0,9\\n')
`,
  folder,
]);

for (const backend of ['cpu', 'wasm', 'webgpu'] as const) {
  test(`TF.js on ${backend}: tensors, variables, properties; what is refused changes nothing`, async () => {
    const program = await PausedProgram.start('assign/tfjs.mjs', { env: { TFJS_BACKEND: backend } });
    try {
      const assign = (expression: string, name: string) =>
        program.inspector.assign({ callFrameId: program.top, expression, file: file(name) });
      const refused = async (expression: string, name: string, message: RegExp, code = 'invalid-argument') => {
        await assert.rejects(assign(expression, name), { code, message }, expression);
      };
      const refusedWith = (expression: string, name: string, help: string) =>
        assert.rejects(assign(expression, name), { help }, expression);
      await refused('fixed', 'float32.npy', /fixed can't be assigned to: it is a constant/);
      await refused(
        'weights',
        'doubles.npy',
        /weights is float32\[2, 3\], doubles\.npy holds float64\[2, 3\]: the dtypes/,
      );
      await refused(
        'weights',
        'float32.npy',
        /holds float32\[3\]: 3 elements can't be put in the place of 6 elements\.$/,
      );
      await refusedWith(
        'weights',
        'float32.npy',
        'Save an array of the shape (2, 3) in NumPy, or name another tensor of the program.',
      );
      await refused('weights', 'turned.npy', /holds float32\[3, 2\]: the shapes differ\.$/);
      await refusedWith('weights', 'turned.npy', 'Bring it into shape in NumPy: array.reshape((2, 3)).');
      await refused('frozen.kernel', 'float32.npy', /^frozen\.kernel can't be assigned to: it is read only\.$/);
      await refused('model.first', 'int32.npy', /^model\.first can't be assigned to: it has a getter and no setter\.$/);
      await refused('weights.shape', 'float32.npy', /.*/);
      await refused('tf.add(weights, 1)', 'matrix.npy', /./, 'side-effect');
      await refused('nowhere', 'matrix.npy', /./, 'not-available');
      await refused('weights', 'nowhere.npy', /can't be opened/, 'file-system');
      await refused('weights', 'several.npz#nothing', /no tensor called "nothing"/, 'no-such-tensor');
      const before = await program.ask('tf.memory().numTensors');

      const assigned = await assign('weights', 'several.npz');
      assert.ok(assigned.isNew);
      assert.match(
        assigned.message,
        /weights is a new float32\[2, 3\] \(Tensor, \w+\), a copy of the values in several\.npz/,
      );
      assert.equal(assigned.tensor.device.type, backend);
      assert.deepEqual((await program.inspector.read(assigned.tensor.id, {})).values, [
        [20, 22, 24],
        [26, 28, 30],
      ]);
      const listed = (await program.inspector.list(program.top)).tensors;
      const values = async (name: string) => {
        const { tensor } = listed.find(({ expression }) => expression === name) ?? assert.fail(name);
        return (await program.inspector.read(tensor.id, {})).values;
      };
      assert.deepEqual(await values('weights'), [
        [20, 22, 24],
        [26, 28, 30],
      ]);
      assert.equal((await assign('local', 'columns.npy')).isNew, true);
      assert.equal((await assign('model.layers[0].kernel', 'int32.npy')).isNew, true);
      assert.equal((await assign('model["mask"]', 'bool.npy')).isNew, true);
      const variable = await assign('variable', 'matrix.npy');
      assert.equal(variable.isNew, false);
      assert.match(variable.message, /variable \(Variable\) has new values/);
      assert.equal(
        await program.ask('tf.memory().numTensors'),
        Number(before) + 4,
        'what was refused is not left behind',
      );

      assert.ok(await program.resume());
      await assign('outer', 'float32.npy');
      await assign('own', 'float32.npy');
      await program.resume();
      const { stdout, stderr } = await program.closedOutput();
      assert.equal(stderr.match(/Error/), null, stderr);
      const result = JSON.parse(stdout) as Record<string, unknown>;
      const columns = [10, 11, 12, 13, 14, 15];
      assert.deepEqual(result['weights'], [20, 22, 24, 26, 28, 30]);
      assert.deepEqual(result['original'], [1, 2, 3, 4, 5, 6]);
      assert.deepEqual(result['local'], columns);
      assert.deepEqual(result['variable'], columns);
      assert.deepEqual(result['kernel'], [7, 0, 9]);
      assert.deepEqual(result['mask'], [1, 0, 1]);
      assert.deepEqual(result['outer'], [7, 0, 9]);
      assert.deepEqual(result['inner'], [14, 0, 18]);
      assert.deepEqual(result['product'], [
        20 * 10 + 22 * 11 + 24 * 12,
        20 * 13 + 22 * 14 + 24 * 15,
        26 * 10 + 28 * 11 + 30 * 12,
        26 * 13 + 28 * 14 + 30 * 15,
      ]);
      assert.equal(result['made'], 4);
      assert.equal(result['same'], false);
    } finally {
      await program.end();
    }
  });
}

for (const backend of ['cpu', 'wasm', 'webgpu'] as const) {
  test(`TF.js on ${backend}: scopes, gradients and tf.keep go on as if the program had assigned itself`, async () => {
    const start = (byHand: string) =>
      PausedProgram.start('assign/tfjsScopes.mjs', { env: { TFJS_BACKEND: backend, BY_HAND: byHand } });
    const finished = async (program: PausedProgram): Promise<unknown> => {
      const { stdout, stderr } = await program.closedOutput();
      assert.equal(stderr.match(/Error/), null, stderr);
      return JSON.parse(stdout);
    };
    const program = await start('0');
    try {
      const stops = ['variable', 'variable', 'variable', 'elsewhere', 'variable', 'variable', 'kernel'];
      for (const expression of [...stops, ['early', 'own', 'outer', 'dropped', 'result']]) {
        for (const name of [expression].flat()) {
          await program.inspector.assign({ callFrameId: program.top, expression: name, file: file('matrix.npy') });
        }
        await program.resume();
      }
      const assigned = await finished(program);
      const alone = await start('1');
      try {
        assert.deepEqual(assigned, await finished(alone));
      } finally {
        await alone.end();
      }
    } finally {
      await program.end();
    }
  });
}

test('host arrays of every kind, and the tensors of the runtime', async () => {
  const program = await PausedProgram.start('assign/host.mjs');
  try {
    const assign = (expression: string, name: string, frame = 0) =>
      program.inspector.assign({
        callFrameId: program.frames[frame]!.callFrameId,
        expression,
        file: file(name),
      });
    assert.ok((await assign('argument', 'int8.npy')).isNew);
    // What the stopped function does not use is assigned in the frame that does.
    const kinds = {
      typed: 'float64',
      buffer: 'uint8',
      memory: 'uint8',
      flags: 'bool',
      half: 'float16',
      constant: 'float32',
    };
    for (const [name, dtype] of Object.entries(kinds)) {
      assert.equal((await assign(name, `${dtype}.npy`, 1)).isNew, true, name);
    }
    // A text says nothing of dtypes, nor whether a column is one axis or two: it takes those of the old tensor.
    for (const [name, text] of [
      ['typed', 'column.csv'],
      ['constant', 'bare.json'],
      ['half', 'column.csv'],
      ['flags', 'flags.tsv'],
    ] as const) {
      assert.equal((await assign(name, text, 1)).isNew, true, name);
    }
    const refusals: [string, string, RegExp][] = [
      ['argument', 'halves.csv', /^halves\.csv has 0\.5 at \[1, 0\], which no int8 is\.$/],
      ['flags', 'column.csv', /^column\.csv has 7 at \[0, 0\], which no bool is\.$/],
      ['typed', 'wide.csv', /holds float64\[1, 3\]: the shapes differ\.$/],
      ['typed', 'several.npz#weights', /several\.npz#weights holds float32\[2, 3\]: the dtypes differ\.$/],
    ];
    for (const [name, text, message] of refusals) {
      await assert.rejects(assign(name, text, name === 'argument' ? 0 : 1), { code: 'invalid-argument', message });
    }
    await assign('nested', 'doubles.npy', 1);
    await assign('everywhere', 'int8.npy');
    assert.equal((await assign('variable', 'float32.npy', 1)).isNew, false);
    await assert.rejects(assign('ours', 'float32.npy', 1), { code: 'invalid-argument', message: /constant/ });
    await assert.rejects(assign('typed', 'text.npy', 1), { code: 'invalid-argument', message: /dtypes differ/ });
    const variables = (await program.inspector.list(program.frames[1]!.callFrameId)).tensors;
    const typed = variables.find(({ expression }) => expression === 'typed')!;
    assert.deepEqual((await program.inspector.read(typed.tensor.id, {})).values, [7, 0, 9]);
    await program.resume();
    const { stdout } = await program.closedOutput();
    assert.deepEqual(JSON.parse(stdout), {
      typed: ['Float64Array', 7, 0, 9],
      buffer: ['Buffer', true, 7, 0, 9],
      memory: [7, 0, 9],
      nested: [
        [10, 11, 12],
        [13, 14, 15],
      ],
      flags: [true, false, true],
      half: 'array([7., 0., 9.], dtype=float16)',
      constant: '<tf.Tensor: shape=(3,), dtype=float32, numpy=array([7., 0., 9.], dtype=float32)>',
      variable: 'array([7., 0., 9.], dtype=float32)',
      argument: [7, 0, 9],
      everywhere: [7, 0, 9],
    });
  } finally {
    await program.end();
  }
});

for (const device of ['cpu', 'wasm', 'webgpu'] as const) {
  test(`jax-js on ${device}: new arrays of the same backend, with one reference of their own`, async () => {
    const program = await PausedProgram.start('assign/jax.mjs', { env: { JAX_DEVICE: device } });
    try {
      const assign = (expression: string, name: string) =>
        program.inspector.assign({ callFrameId: program.top, expression, file: file(name) });
      const assigned = await assign('weights', 'matrix.npy');
      assert.match(
        assigned.message,
        /weights is a new float32\[2, 3\] \(Array, \w+\), a copy of the values in matrix\.npy/,
      );
      assert.equal(assigned.tensor.device.type, device);
      assert.deepEqual((await program.inspector.read(assigned.tensor.id, {})).values, [
        [10, 11, 12],
        [13, 14, 15],
      ]);
      await assign('flags', 'bool.npy');
      await assign('zeros', 'int32.npy');
      await assign('model.layers[0].kernel', 'float32.npy');
      await assert.rejects(assign('original', 'matrix.npy'), { code: 'invalid-argument', message: /constant/ });
      await program.resume();
      const { stdout, stderr } = await program.closedOutput();
      assert.equal(stderr.match(/Error/), null, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        weights: [10, 11, 12, 13, 14, 15],
        original: [1, 2, 3, 4, 5, 6],
        references: [1, 1],
        product: [365, 464, 464, 590],
        doubled: [20, 22, 24, 26, 28, 30],
        flags: [1, 0, 1],
        zeros: [7, 0, 9],
        kernel: [7, 0, 9],
      });
    } finally {
      await program.end();
    }
  });
}

test('jax-js: a tracer is not made from a file', async () => {
  const program = await PausedProgram.start('assign/jax.mjs', { env: { JAX_DEVICE: 'cpu', IN_JIT: '1' } });
  try {
    await program.resume();
    await assert.rejects(
      program.inspector.assign({ callFrameId: program.top, expression: 'x', file: file('matrix.npy') }),
      { code: 'not-available', message: /A tracer of jax-js stands for a value that jax-js computes/ },
    );
  } finally {
    await program.end();
  }
});

test('ONNX Runtime: new tensors on the host; what has no public constructor is refused', async () => {
  const program = await PausedProgram.start('assign/onnxruntime.mjs');
  try {
    const assign = (expression: string, name: string) =>
      program.inspector.assign({ callFrameId: program.top, expression, file: file(name) });
    const { message, isNew } = await assign('matrix', 'matrix.npy');
    assert.equal(isNew, true);
    assert.match(message, /matrix is a new float32\[2, 3\] \(Tensor, cpu\)/);
    await assign('web', 'int32.npy');
    await assign('half', 'float16.npy');
    await assign('flags', 'bool.npy');
    await assign('feeds.x', 'float32.npy');
    const refused = { pinned: /"cpu-pinned" can't be made/, wrapped: /wraps its tensors in proxies/ };
    for (const [name, message] of Object.entries(refused)) {
      await assert.rejects(assign(name, 'float32.npy'), { code: 'not-available', message }, name);
    }
    await assert.rejects(assign('narrow', 'uint8.npy'), { code: 'not-available', message: /two elements to a byte/ });
    await program.resume();
    const { stdout } = await program.closedOutput();
    assert.deepEqual(JSON.parse(stdout), {
      matrix: [true, 'cpu', [2, 3], 10, 11, 12, 13, 14, 15],
      original: [1, 2, 3, 4, 5, 6],
      web: [true, 7, 0, 9],
      half: [0x4700, 0, 0x4880],
      flags: [1, 0, 1],
      fed: [7, 0, 9],
      others: [[3], [3], [3]],
    });
  } finally {
    await program.end();
  }
});

test('values above one piece arrive whole; cancelled, nothing is changed and nothing is left', async () => {
  const folders = () => readdirSync('/dev/shm').filter((name) => name.startsWith('tensor-debugger-'));
  // Other debuggers on this machine have theirs.
  const others = folders();
  const program = await PausedProgram.start('assign/large.mjs');
  try {
    const ours = () => folders().filter((name) => !others.includes(name));
    const request = { callFrameId: program.top, expression: 'large', file: file('large.npy') };
    const controller = new AbortController();
    const fractions: number[] = [];
    await assert.rejects(
      program.inspector.assign({ ...request, signal: controller.signal, onProgress: () => controller.abort() }),
      { code: 'cancelled' },
    );
    assert.equal(await program.ask('large[2999999]'), 0);
    await program.inspector.assign({ ...request, onProgress: (fraction) => fractions.push(fraction) });
    assert.ok(fractions.length > 4 && fractions.at(-1) === 1);
    assert.equal(await program.ask('large.every((value, index) => value === index)'), true);
    for (const name of ours())
      assert.deepEqual(
        readdirSync(`/dev/shm/${name}`).filter((entry) => entry !== 'probe'),
        [],
      );
  } finally {
    await program.end();
  }
});
