/** Where it stops, and what the program is started with. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { nodeBinary } from '../support/environment.ts';
import { cliPath, debuggees, inspect, lineOf, runCli, tensorOf } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

test('without --break: a debugger statement', async () => {
  const { status, document } = await inspect(['arrays.js']);
  assert.equal(status, 0);
  assert.deepEqual(document.stop, {
    file: `${debuggees}arrays.js`,
    line: lineOf('arrays.js', 'debugger'),
    function: 'inner',
    reason: 'debugger statement',
    hit: 1,
  });
});

test('--break in TypeScript; the line is that of the source', async () => {
  const line = lineOf('typed.ts', '#BP');
  const { status, document, stderr } = await inspect(['--break', `typed.ts:${line}`, 'typed.ts', '--', 'x', '--json']);
  assert.equal(status, 0);
  assert.deepEqual(document.stop, {
    file: `${debuggees}typed.ts`,
    line,
    function: 'total',
    reason: 'breakpoint',
    hit: 1,
  });
  assert.deepEqual(tensorOf(document, 'values').values, [1.5, 2.5, 3]);
  // What stands behind "--" is the program's.
  assert.match(stderr, /first 7 x,--json/);
});

test('--break with a column stops within the line', async () => {
  const line = lineOf('arrays.js', '=> i');
  const text = readFileSync(`${debuggees}arrays.js`, 'utf8').split('\n')[line - 1] as string;
  const { status, document } = await inspect([
    ...['--break', `arrays.js:${line}:${text.indexOf('i);') + 1}`, '--hit', '3'],
    ...['--expr', '[i]', 'arrays.js'],
  ]);
  assert.equal(status, 0);
  assert.deepEqual(document.stop, {
    file: `${debuggees}arrays.js`,
    line,
    function: '<anonymous>',
    reason: 'breakpoint',
    hit: 3,
  });
  assert.deepEqual(tensorOf(document, '[i]').values, [2]);
});

test('--hit counts the debugger statement', async () => {
  const { status, document } = await inspect(['--hit', '4', '--expr', 'new Float32Array([step])', 'loop.js']);
  // A constructor call has no side effects that V8 would know of, or it is refused: then it says so.
  if (status === 0) assert.deepEqual(document.tensors[0]?.values, [3]);
  assert.deepEqual([document.stop?.hit, document.stop?.line], [4, lineOf('loop.js', 'debugger')]);
});

test('--hit counts passes over any --break', async () => {
  const [even, odd] = [lineOf('loop.js', '#EVEN'), lineOf('loop.js', '#ODD')];
  const breaks = ['--break', `loop.js:${even}`, '--break', `loop.js:${odd}`];
  const fourth = await inspect([...breaks, '--hit', '4', 'loop.js']);
  assert.deepEqual([fourth.status, fourth.document.stop?.line], [0, odd]);
  const fifth = await inspect([...breaks, '--hit', '5', 'loop.js']);
  assert.deepEqual([fifth.status, fifth.document.stop?.line], [0, even]);
});

test('--condition is of every --break, and --hit counts where it holds', async () => {
  const [even, odd] = [lineOf('loop.js', '#EVEN'), lineOf('loop.js', '#ODD')];
  const { status, document } = await inspect([
    ...['--break', `loop.js:${even}`, '--break', `loop.js:${odd}`],
    ...['--condition', 'step > 4', '--hit', '2', 'loop.js'],
  ]);
  // 5 is the first, 6 the second.
  assert.deepEqual([status, document.stop?.line, document.stop?.function], [0, even, 'even']);
});

test('the program gets its environment, folder, arguments and runtime arguments', async () => {
  const cwd = realpathSync(tmpdir());
  const { status, stderr } = await inspect([
    ...['--env', 'FIRST=1', '--env', 'SECOND=a=b c', '--cwd', cwd],
    ...['--runtime-arg', '--stack-size=900', 'environment.js', '--', '--flag', 'x y'],
  ]);
  assert.equal(status, 0);
  const line = stderr.split('\n').find((text) => text.startsWith('["1"'));
  const [first, second, folder, args, execArgs] = JSON.parse(line ?? '[]') as string[];
  assert.deepEqual([first, second, folder, args], ['1', 'a=b c', cwd, '--flag x y']);
  assert.match(execArgs ?? '', /--stack-size=900/);
});

test('a program that is not where one stands is looked for in --cwd, and its breakpoints beside it', async () => {
  const options = { cwd: tmpdir() };
  const alone = await inspect(['--cwd', debuggees, 'arrays.js'], options);
  assert.deepEqual([alone.status, alone.document.stop?.file], [0, `${debuggees}arrays.js`]);
  const line = lineOf('typed.ts', '#BP');
  const folder = dirname(debuggees.slice(0, -1));
  const broken = await inspect(['--cwd', folder, '--break', `typed.ts:${line}`, 'cli/typed.ts'], options);
  assert.deepEqual([broken.status, broken.document.stop?.line], [0, line]);
});

test('--break takes a file URL, as stack traces of ES modules have it', async () => {
  const line = lineOf('typed.ts', '#BP');
  const where = `${pathToFileURL(`${debuggees}typed.ts`).href}:${line}`;
  const { status, document } = await inspect(['--break', `${where}:5`, 'typed.ts']);
  assert.deepEqual([status, document.stop?.file, document.stop?.line], [0, `${debuggees}typed.ts`, line]);
});

test('the program reads what the tool was given on stdin', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const program = join(folder, 'reads.mjs');
  writeFileSync(data, new Uint8Array(500_000));
  writeFileSync(
    program,
    `import { readFileSync } from 'node:fs';\nconst read = new Float64Array([readFileSync(0).length]);\ndebugger;\n`,
  );
  const { status, document } = await inspect([program], { stdin: data });
  assert.equal(status, 0);
  assert.deepEqual(tensorOf(document, 'read').values, [500_000]);
});

test('a program that keeps the links in the names of its modules stops, by its own name and by the real one', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real', 'helper.mjs'), 'export const values = new Float32Array([1]);\nconsole.log(1);\n');
  writeFileSync(join(folder, 'real', 'main.mjs'), `import { values } from './helper.mjs';\nconsole.log(values);\n`);
  symlinkSync('real', join(folder, 'link'));
  const program = join(folder, 'link', 'main.mjs');
  const keep = ['--preserve-symlinks', '--preserve-symlinks-main'].flatMap((name) => ['--runtime-arg', name]);
  for (const name of ['link', 'real']) {
    for (const [file, line] of [
      ['main.mjs', 2],
      ['helper.mjs', 2],
    ] as const) {
      const where = join(folder, name, file);
      const { status, document } = await inspect([...keep, '--break', `${where}:${line}`, program]);
      assert.deepEqual([status, document.stop?.file, document.stop?.line], [0, where, line]);
    }
  }
});

for (const major of [22, 24]) {
  test(`--runtime-executable: Node ${major}, and TypeScript without a loader`, async () => {
    const line = lineOf('typed.ts', '#BP');
    const args = ['--runtime-executable', nodeBinary(major), '--break', `typed.ts:${line}`, 'typed.ts'];
    const { status, document } = await inspect(args);
    assert.deepEqual([status, document.stop?.line], [0, line]);
  });
}

test('in a terminal: a table, the program on its own streams', async () => {
  const { status, stdout, stderr } = await runCli(['inspect', 'arrays.js']);
  assert.equal(status, 0);
  assert.match(stdout, /Stopped at arrays\.js:\d+ in inner \(debugger statement\)/);
  assert.match(stdout, /^local +int32 +\[2\] +cpu +8 B .*\[-2147483648, 2147483647\]$/m);
  assert.match(stdout, /^outer +float32 +\[6\] +cpu +24 B .*\[3\.7, NaN, -0, Infinity, 1e-45, 6\]$/m);
  assert.match(stdout, /^to stdout$/m);
  assert.match(stdout, /The program ended with exit code 3\./);
  assert.match(stderr, /^to stderr$/m);
  assert.ok(!stdout.includes('\u001b'), 'no colours where no terminal is');
});

test('in a terminal: what strings weigh nobody knows', async () => {
  const { stdout } = await runCli(['inspect', '--expr', 'words', 'lossy.js']);
  assert.match(stdout, /^words +string +\[2\] +cpu +- /m);
});

test('in a terminal: a frame without tensors says so', async () => {
  const { status, stdout } = await runCli(['inspect', 'none.js']);
  assert.equal(status, 0);
  assert.match(stdout, /There are no tensors in this frame\./);
});

test('in a terminal: containers that hold tensors too deep to be listed are named', async () => {
  const { status, stdout } = await runCli(['inspect', 'deep.js']);
  assert.equal(status, 0);
  assert.match(
    stdout,
    /\nMore tensors lie deeper, in params\.layer, params\.blocks\[0\]\.\nName them with --expr; --expr 'params\.layer' says/,
  );
  assert.ok(!stdout.includes('There are no tensors'), stdout);
});

test('a reader that has seen enough does not break the tool or the program', () => {
  const command = `"${process.execPath}" "${cliPath}" inspect arrays.js | true; exit \${PIPESTATUS[0]}`;
  const { status, stderr } = spawnSync('bash', ['-c', command], { cwd: debuggees, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, 'to stderr\n');
});
