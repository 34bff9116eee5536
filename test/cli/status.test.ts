/** Exit statuses 0, 1, 3 and 5: how the program ends, before the stop, at it and after it. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect, lineOf, runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

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

test('status 1: fewer passes than --hit; it says how many there were', async () => {
  const { status, document } = await inspect(['--hit', '11', 'loop.js']);
  assert.deepEqual([status, document.stop], [1, null]);
  assert.match(document.warnings[0]?.message ?? '', /\(exit code 0\) before pass 11 of a debugger statement/);
  assert.equal(document.warnings[0]?.help, 'It was passed 10 times.');
});

for (const [condition, why] of [
  ['stepp > 3', 'threw ReferenceError: stepp is not defined, which counts as false'],
  ['step > 30', 'held at no pass, if there was one'],
] as const) {
  test(`status 1: a line that was passed, with the condition ${condition}`, async () => {
    const where = `loop.js:${lineOf('loop.js', '#EVEN')}`;
    const { status, document } = await inspect(['--break', where, '--condition', condition, 'loop.js']);
    assert.equal(status, 1);
    assert.match(document.warnings[0]?.message ?? '', new RegExp(`before it stopped at ${where}`));
    assert.equal(document.warnings[0]?.help, `${where}: The condition "${condition}" ${why}.`);
  });
}

test('status 3: a program that is not there', async () => {
  const { status, document, stderr } = await inspect(['nowhere.ts']);
  assert.deepEqual([status, document.warnings[0]?.code], [3, 'cannot-launch']);
  assert.match(stderr, /There is no program .*nowhere\.ts/);
});

test('status 1: a child of the program crashes, the program itself does not', async () => {
  const file = join(folder, 'child.mjs');
  const child = `spawnSync(process.execPath, ['-e', 'throw 1'], { stdio: 'inherit' })`;
  writeFileSync(file, `import { spawnSync } from 'node:child_process';\n${child};\nprocess.exit(4);\n`);
  const { status, document, stderr } = await inspect([file]);
  assert.match(stderr, /^Node\.js v/m);
  assert.equal(status, 1);
  assert.match(document.warnings[0]?.message ?? '', /ended \(exit code 4\)/);
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
  assert.match(stderr, /\/nowhere\/node could not be started: .* Name a Node\.js binary with --runtime-executable\./);
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

for (const [where, why] of [
  ['hangs.js:900', /hangs\.js:900: Line 900 has no code/],
  ['loop.js:2', /loop\.js:2: The program has not loaded .*loop\.js/],
] as const) {
  test(`status 5: the time is up, and ${where} could not be reached`, async () => {
    const { status, document } = await inspect(['--break', where, '--timeout', '4', 'hangs.js', '--', 'idle']);
    assert.equal(status, 5);
    assert.match(document.warnings[0]?.help ?? '', why);
  });
}

test('a program that has to be killed: the document says so', async () => {
  const file = join(folder, 'stubborn.mjs');
  writeFileSync(file, `process.on('SIGTERM', () => {});\ndebugger;\nsetInterval(() => {}, 1000);\n`);
  const { status, document } = await inspect(['--then', 'end', file]);
  assert.equal(status, 0);
  assert.deepEqual(document.program, { exitCode: null, signal: 'SIGKILL' });
});

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
    whileRunning: (cli) => cli.stdout.once('data', () => cli.kill('SIGINT')),
  });
  assert.equal(status, 130);
});

for (const [to, whom] of [
  ['the tool alone', 1],
  ['all in the terminal', -1],
] as const) {
  test(`Ctrl-C to ${to}: the program ends in its own way, and the document tells how`, async () => {
    const { status, document } = await inspect(['tidies.js'], {
      // A process group of its own, as a shell gives it.
      through: ['setsid'],
      whileRunning: (cli) => cli.stderr.once('data', () => process.kill(whom * cli.pid!, 'SIGINT')),
    });
    assert.equal(status, 130);
    assert.deepEqual(document.program, { exitCode: 9, signal: null });
    assert.match(
      document.warnings[0]?.message ?? '',
      /^SIGINT came before it reached a debugger statement\. The program ended \(exit code 9\)\.$/,
    );
  });
}
