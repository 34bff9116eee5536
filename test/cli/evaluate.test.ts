/** `--evaluate` and `--feed`: graph tensors get their values, fed with expressions and files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { inspect, runCli, tensorOf } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
before(() => {
  // Made by the real NumPy.
  const script = `
import numpy as np
np.save('rows.npy', np.array([[1, 2], [3, 4]], dtype='float32'))
np.save('doubles.npy', np.array([[1, 2]]) / 4)
np.save('wide.npy', np.zeros((2, 3), dtype='float32'))
np.savez('both.npz', x=np.array([[5, 6]], dtype='float32'), n=np.array(1, dtype='int32'))
open('cut.npy', 'wb').write(open('rows.npy', 'rb').read()[:-5])
`;
  execFileSync('/usr/bin/python3', ['-c', script], { cwd: folder });
  writeFileSync(join(folder, 'plain.json'), '[[1, 2], [0.5, 0.25]]');
  writeFileSync(join(folder, 'ragged.json'), '[[1, 2], [3]]');
  writeFileSync(join(folder, 'plain.csv'), '1,2\n3,4\n');
});

const program = ['../evaluate/runtimeGraph.mjs', '--then', 'end'];
const feed = (...feeds: string[]): string[] => feeds.flatMap((text) => ['--feed', text.replace('@', `${folder}/`)]);

test('files and expressions feed a graph; slices, statistics and exports work on the value', async () => {
  const file = join(folder, 'out.npy');
  const { status, document } = await inspect([
    ...['--expr', 'tensors.y', '--expr', 'tensors.batch', '--stats', '--export', file.replace('.npy', '.npz')],
    ...feed('x=@rows.npy', 'n=1 + 1'),
    ...program,
  ]);
  assert.equal(status, 0, JSON.stringify(document.tensors));
  const y = tensorOf(document, 'tensors.y');
  assert.deepEqual([y.kind, y.runtime, y.dtype, y.shape], ['array', 'tensor-debugger', 'float32', [2, 1]]);
  assert.deepEqual(y.values, [[23], [45]]);
  assert.deepEqual([y.stats?.max, y.stats?.where, y.warnings.length], [45, 'host', 0]);
  // Not a graph tensor: it is read as ever.
  assert.deepEqual(tensorOf(document, 'tensors.batch').kind, 'eager');
  assert.deepEqual(document.exports[0]?.tensors, ['tensors.y', 'tensors.batch']);
});

test('every format that can be read feeds; an archive by the name of the input', async () => {
  const cases: [string[], unknown][] = [
    [feed('x=@plain.json', 'n=0'), [[21], [3]]],
    [feed('x=@plain.csv', 'n=0'), [[21], [43]]],
    [feed('x=@both.npz', 'n=@both.npz'), [[66]]],
    [feed('x=@both.npz#x', 'n=@both.npz#n'), [[66]]],
  ];
  for (const [feeds, values] of cases) {
    const { status, document } = await inspect(['--expr', 'tensors.y', ...feeds, ...program]);
    const { error, values: read } = tensorOf(document, 'tensors.y');
    assert.deepEqual([status, error, read], [0, null, values]);
  }
});

test('a graph tensor is run only where it was asked for', async () => {
  const silent = await inspect(['--expr', 'tensors.classic', ...program]);
  assert.equal(silent.status, 4);
  assert.match(tensorOf(silent.document, 'tensors.classic').error ?? '', /no value until the graph is run.*--evaluate/);
  const { status, document } = await inspect(['--expr', 'tensors.classic', '--evaluate', ...program]);
  assert.equal(status, 0);
  assert.deepEqual(tensorOf(document, 'tensors.classic').values, [
    [2, 4],
    [6, 8],
  ]);
});

test('a lazy array that is merely listed has no value, and is no error', async () => {
  const listed = await inspect(['--stats', '--then', 'end', 'lazy.mjs']);
  assert.equal(listed.status, 0, JSON.stringify(listed.document));
  const { state, values, stats, error } = tensorOf(listed.document, 'lazy');
  assert.deepEqual([state, values, stats], ['pending', null, null]);
  assert.match(
    error ?? '',
    /2 kernels have to run .* or evaluate it here, which runs its kernels: --expr NAME --evaluate\.$/,
  );
  const held = tensorOf(listed.document, 'held');
  assert.deepEqual([held.values, held.stats?.max], [[1, 2, 3], 3]);
  const asked = await inspect(['--expr', 'lazy', '--then', 'end', 'lazy.mjs']);
  assert.equal(asked.status, 4);
  const evaluated = await inspect(['--expr', 'lazy', '--evaluate', '--then', 'end', 'lazy.mjs']);
  assert.deepEqual([evaluated.status, tensorOf(evaluated.document, 'lazy').values], [0, [3, 6, 9]]);
});

test('a feed that does not fit says why, with names and numbers', async () => {
  const cases: [string[], RegExp][] = [
    [feed('x=@rows.npy'), /its input n int32\[\] has no value.*--feed n=/],
    [
      feed('x=@doubles.npy', 'n=0'),
      /fed for x is float64\[1, 2\]; the graph takes x float32\[\?, 2\].*astype\("float32"\)/,
    ],
    [feed('x=@wide.npy', 'n=0'), /has the shape \[2, 3\]; the graph takes x float32\[\?, 2\]/],
    [feed('x=@cut.npy', 'n=0'), /shorter|ends|truncated|bytes/],
    [feed('x=@none.npy', 'n=0'), /none\.npy can't be opened/],
    [feed('x=@rows.npy', 'n=@both.npz', 'q=@both.npz'), /both\.npz holds 2 tensors.*both\.npz#NAME with one of: x, n/],
    [feed('x=@rows.npy', 'n=@both.npz#m'), /no tensor called "m".*both\.npz#NAME with one of: x, n/],
    [feed('x=@ragged.json', 'n=0'), /ragged\.json: The values do not nest/],
    [feed('x=@rows.npy', 'n=0', 'q=1'), /no tensor "q".*Its inputs are x float32\[\?, 2\], n int32\[\]/],
    [feed('x=tensors.cyclic', 'n=0'), /contains itself/],
    [feed('x=tensors.y', 'n=0'), /no value until the graph is run/],
  ];
  for (const [feeds, message] of cases) {
    const { status, document } = await inspect(['--expr', 'tensors.y', ...feeds, ...program]);
    const { error, values } = tensorOf(document, 'tensors.y');
    assert.deepEqual([status, values], [4, null]);
    assert.match(error ?? '', message);
  }
});

test('what computes asynchronously only: the program goes on until the value is there', async () => {
  const later = '../evaluate/later.mjs';
  const expressions = ['--expr', 'session', '--expr', 'session.outputMetadata[0]', '--feed', 'x=rows', '--stats'];
  for (const then of ['end', 'continue']) {
    const file = join(folder, `later-${then}.npz`);
    const { status, document, stderr } = await inspect([...expressions, '--export', file, '--then', then, later]);
    assert.equal(status, 0, JSON.stringify(document));
    const { values, kind, state, stats, error } = tensorOf(document, 'session');
    assert.deepEqual(values, [
      [0, 0.25],
      [0.5, 0],
    ]);
    assert.deepEqual([kind, state, stats?.max, error], ['array', 'live', 0.5, null]);
    assert.deepEqual(document.exports[0]?.tensors, ['session', 'session.outputMetadata[0]']);
    assert.equal(document.stop?.function, 'stop');
    if (then === 'continue') assert.match(stderr, /microtask; early .*; late .*; immediate; timeout\n/);
  }
  const mixed = [
    '--expr',
    'session',
    '--feed',
    'x=rows',
    '--expr',
    'kept',
    '--export',
    join(folder, 'mixed.npz'),
    later,
  ];
  const refused = await inspect(mixed);
  assert.deepEqual([refused.status, tensorOf(refused.document, 'kept').values], [4, [1, 2]]);
  assert.match(refused.stderr, /session has its value only after the program has gone on, and kept had it at the stop/);
  const failing = ['--expr', 'nodes.strange', '--feed', 'x=kept', '--feed', 'flag=true', '--then', 'end', later];
  const failed = await inspect(failing);
  assert.equal(failed.status, 4);
  assert.match(tensorOf(failed.document, 'nodes.strange').error ?? '', /^Evaluating strange failed: .*NotAnOp/);
});

test('a program that ends before such a value is there is told as that', async () => {
  const { status, document } = await inspect(['--expr', 'session', '--feed', 'x=rows', '../evaluate/later.mjs'], {
    env: { EXIT: '1' },
  });
  assert.equal(status, 4);
  const { error, values } = tensorOf(document, 'session');
  assert.equal(values, null);
  assert.match(error ?? '', /computes session while the program runs on, and the program ended \(exit code 0\) before/);
  assert.deepEqual([document.program.exitCode, document.copies.since === null], [0, false]);
});

test('usage: what --feed and --evaluate need', async () => {
  const cases: [string[], RegExp][] = [
    [['--feed', 'x=1'], /--feed needs an --expr/],
    [['--evaluate'], /--evaluate needs an --expr/],
    [['--expr', 'y', '--feed', 'x'], /--feed is <name>=<expression or file>, not "x"/],
    [['--expr', 'y', '--feed', '=1'], /--feed is <name>=/],
    [['--expr', 'y', '--feed', 'x= '], /--feed is <name>=/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = await runCli(['inspect', ...args, ...program]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
  }
});

test('a person is told what ran for a value, and what stands underneath a tracer', async () => {
  const evaluated = await runCli(['inspect', '--expr', 'tensors.classic', '--evaluate', ...program]);
  assert.match(
    evaluated.stdout,
    /^ {2}Tensor Debugger ran the graph for it at this stop, layers and ops that the program has defined included\./m,
  );
  const mapped = ['--hit', '4', '--expr', 'values.value', '--then', 'end', '../readers/jaxTracers.mjs'];
  const tracer = await runCli(['inspect', ...mapped], { env: { JAX_DEVICE: 'cpu' } });
  assert.match(tracer.stdout, /^ {2}It is a tracer of vmap.*this is the whole batch/m);
});

test('with --evaluate, a tracer that has its value is read as ever', async () => {
  const mapped = ['--hit', '4', '--expr', 'values.value', '--evaluate', '--then', 'end', '../readers/jaxTracers.mjs'];
  const { status, document } = await inspect(mapped, { env: { JAX_DEVICE: 'cpu' } });
  const { kind, values, error } = tensorOf(document, 'values.value');
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  assert.deepEqual([status, kind, values, error], [0, 'tracer', rows, null]);
});

test('values that are there are shown, though they have no statistics', async () => {
  const { status, stdout } = await runCli(['inspect', '--expr', 'tensors.words', '--evaluate', '--stats', ...program]);
  assert.equal(status, 4);
  assert.match(stdout, /^tensors\.words +string .*\["a", "b"\]$/m);
  assert.match(stdout, /Strings have no statistics/);
});
