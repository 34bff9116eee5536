/** Exit statuses 0, 1, 3 and 5: how the program ends, before the stop, at it and after it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect, lineOf, runCli } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'tensor-debugger-test-'));

test('status 1: the program ends before the stop, with its own exit status', async () => {
  const { status, document, stderr } = await inspect(['ends.js', '--', 'now', '7']);
  assert.equal(status, 1);
  assert.equal(document.stop, null);
  assert.deepEqual(document.program, { exitCode: 7, signal: null });
  assert.match(stderr, /ended \(exit code 7\) before it reached a debugger statement/);
});

test('status 1: a breakpoint that is never reached', async () => {
  const { status, document } = await inspect([
    '--break',
    `ends.js:${lineOf('ends.js', '#NEVER')}`,
    '--condition',
    'false',
    'ends.js',
    '--',
    'never',
  ]);
  assert.deepEqual([status, document.program.exitCode], [1, 0]);
});

test('status 1: a breakpoint in a file that is never loaded', async () => {
  const { status, document } = await inspect(['--break', 'loop.js:2', 'ends.js']);
  assert.equal(status, 1);
  assert.match(document.warnings[0]?.help ?? '', /loop\.js:2/);
});

test('status 1: a breakpoint behind the last line', async () => {
  const { status, document } = await inspect(['--break', 'ends.js:900', 'ends.js']);
  assert.equal(status, 1);
  assert.match(document.warnings[0]?.help ?? '', /ends\.js:900/);
});

test('status 1: fewer passes than --hit', async () => {
  const { status, document } = await inspect(['--hit', '11', 'loop.js']);
  assert.deepEqual([status, document.stop], [1, null]);
});

for (const [how, program] of [
  ['throw', { exitCode: 1, signal: null }],
  ['reject', { exitCode: 1, signal: null }],
  ['abort', { exitCode: null, signal: 'SIGABRT' }],
  ['kill', { exitCode: null, signal: 'SIGKILL' }],
] as const) {
  test(`status 3: the program crashes before the stop (${how})`, async () => {
    const { status, document } = await inspect(['crashes.js', '--', how]);
    assert.equal(status, 3);
    assert.deepEqual(document.program, program);
    assert.equal(document.stop, null);
    assert.ok(document.warnings.length > 0);
  });
}

test('status 3: a program with a syntax error', async () => {
  const file = join(folder, 'syntax.js');
  writeFileSync(file, 'const values = new Float32Array([1;\n');
  const { status, stderr } = await inspect([file]);
  assert.equal(status, 3);
  assert.match(stderr, /SyntaxError/);
});

test('status 3: a program that is not there', async () => {
  const { status, stderr } = await inspect(['nowhere.js']);
  assert.equal(status, 3);
  assert.match(stderr, /nowhere\.js/);
});

test('status 3: a runtime that is not there', async () => {
  const { status, stderr } = await inspect(['--runtime-executable', '/nowhere/node', 'arrays.js']);
  assert.equal(status, 3);
  assert.match(stderr, /\/nowhere\/node/);
});

test('status 3: nobody listens where it should attach to', async () => {
  const { status, stderr } = await inspect(['--attach', '1']);
  assert.equal(status, 3);
  assert.match(stderr, /cannot-attach/);
});

test('a program that is killed while it stands still', async () => {
  // The read may be done before the signal comes: then this is a good read.
  const { status, document } = await inspect(['--stats', 'dies.js']);
  assert.ok(status === 0 || status === 3 || status === 4, String(status));
  assert.equal(document.program.signal, 'SIGKILL');
});

for (const how of ['idle', 'busy']) {
  test(`status 5: the time is up before the stop (${how}), and the program is ended`, async () => {
    const start = performance.now();
    const { status, document, stderr } = await inspect(['--timeout', '2', 'hangs.js', '--', how]);
    assert.equal(status, 5);
    assert.ok(performance.now() - start < 10_000);
    assert.equal(document.stop, null);
    assert.match(stderr, /timed-out: .*2 s/);
    assert.notEqual(document.program.signal ?? document.program.exitCode, null);
  });
}

for (const [how, program] of [
  ['nothing', { exitCode: 0, signal: null }],
  ['throw', { exitCode: 1, signal: null }],
  ['kill', { exitCode: null, signal: 'SIGTERM' }],
] as const) {
  test(`status 0: what comes after a good read changes nothing but the program's end (${how})`, async () => {
    const { status, document } = await inspect(['afterwards.js', '--', how]);
    assert.equal(status, 0);
    assert.deepEqual(document.program, program);
    assert.deepEqual(document.warnings, []);
  });
}

test('status 0: the time is up after a good read; the program is ended', async () => {
  const { status, document } = await inspect(['--timeout', '3', 'afterwards.js', '--', 'hang']);
  assert.equal(status, 0);
  assert.deepEqual(document.tensors[0]?.values, [1, 2]);
  assert.notEqual(document.program.exitCode, 0);
});

test('--then continue passes over further stops', async () => {
  const { status, stderr } = await inspect(['--then', 'continue', 'afterwards.js', '--', 'nothing']);
  assert.equal(status, 0);
  assert.match(stderr, /^over$/m);
});

test('--then end ends the program at the stop', async () => {
  const mark = join(folder, 'mark');
  const { status, document } = await inspect(['--then', 'end', 'afterwards.js', '--', 'mark', mark]);
  assert.equal(status, 0);
  assert.deepEqual(document.tensors[0]?.values, [1, 2]);
  assert.equal(existsSync(mark), false);
});

test('Ctrl-C ends the program with the tool', async () => {
  const { status } = await runCli(['inspect', 'hangs.js'], {
    whileRunning: (pid) => setTimeout(() => process.kill(pid, 'SIGINT'), 2500),
  });
  assert.equal(status, 130);
});
