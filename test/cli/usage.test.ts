/** Exit status 2: what can't be meant is refused before anything is started. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectRoot } from '../support/environment.ts';
import { inspect, runCli } from '../support/cli.ts';

const wrong: [name: string, args: string[], message: RegExp][] = [
  ['no program', [], /program to inspect is missing/],
  ['an unknown option', ['--brake', 'a.js:1', 'arrays.js'], /--brake/],
  ['an option without its value', ['arrays.js', '--expr'], /--expr/],
  ['a second program', ['arrays.js', 'other.js'], /"other\.js" is not clear/],
  ['a break without a line', ['--break', 'arrays.js', 'arrays.js'], /<file>:<line>:<column>, not "arrays\.js"/],
  ['a break at line 0', ['--break', 'arrays.js:0', 'arrays.js'], /<file>:<line>/],
  ['a break at column 0', ['--break', 'arrays.js:1:0', 'arrays.js'], /<file>:<line>:<column>, not "arrays\.js:1:0"/],
  [
    'a break in a file elsewhere',
    ['--break', 'file://host/a.js:1', 'arrays.js'],
    /"file:\/\/host\/a\.js" is no file: /,
  ],
  ['a condition of nothing', ['--condition', 'true', 'arrays.js'], /--condition needs a --break/],
  ['no pass', ['--hit', '0', 'arrays.js'], /--hit is a whole number from 1, not "0"/],
  ['half a pass', ['--hit', '1.5', 'arrays.js'], /--hit is a whole number from 1, not "1\.5"/],
  ['another way on', ['--then', 'stop', 'arrays.js'], /--then is "continue" or "end", not "stop"/],
  ['no time', ['--timeout', '0', 'arrays.js'], /--timeout is a number of seconds above 0, not "0"/],
  ['time in words', ['--timeout', 'soon', 'arrays.js'], /--timeout/],
  ['a variable without a value', ['--env', 'NAME', 'arrays.js'], /NAME=VALUE, not "NAME"/],
  ['a slice with a typing error', ['--slice', '0, 1:x', 'arrays.js'], /position 5/],
  ['a slice with step 0', ['--slice', '::0', 'arrays.js'], /step of axis 0 is 0/],
  ['a file without an ending', ['--export', 'out', 'arrays.js'], /no ending that names/],
  ['a file of an unknown kind', ['--export', 'out.doc', 'arrays.js'], /\.doc/],
  [
    'two tensors in a file for one',
    ['--expr', 'a', '--expr', 'b', '--export', 'x.npy', 'arrays.js'],
    /ending \.npz or \.safetensors or \.json,/,
  ],
  ['an option twice', ['--export', 'a.npy', '--export', 'b.npy', 'arrays.js'], /--export is given more than once/],
  ['no expression', ['--expr', ' ', 'arrays.js'], /--expr needs an expression/],
  ['half a condition', ['--break', 'a.js:1', '--condition', 'step >', 'arrays.js'], /"step >" is no expression/],
  ['force for nothing', ['--force', 'arrays.js'], /--force needs an --export/],
  ['an assignment without a file', ['--assign', 'weights', 'arrays.js'], /--assign is <name>=<file>, not "weights"/],
  ['an assignment of what is no file', ['--assign', 'weights=1', 'arrays.js'], /"1" is no file that can be read/],
  ['a port that is none', ['--attach', '99999'], /port or a websocket address/],
  ['a program to start and one to attach to', ['--attach', '9229', 'arrays.js'], /--attach/],
  ['a runtime for what runs already', ['--attach', '9229', '--runtime-arg', '-v'], /--runtime-arg/],
];
for (const [name, args, message] of wrong) {
  test(`usage: ${name}`, async () => {
    const { status, stderr, document } = await inspect(args);
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.equal(document.stop, null);
    assert.deepEqual(
      document.warnings.map(({ code }) => code),
      ['usage'],
    );
    assert.match(document.warnings[0]?.message ?? '', message);
  });
}

test('usage: without --json nothing is on stdout', async () => {
  const { status, stdout, stderr } = await runCli(['inspect', '--hit', 'x', 'arrays.js']);
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /^tensor-debugger: --hit/);
});

test('usage: an unknown command', async () => {
  const { status, stderr } = await runCli(['look']);
  assert.equal(status, 2);
  assert.match(stderr, /no command "look"/);
});

test('--help has every option and examples', async () => {
  const { status, stdout } = await runCli(['--help']);
  assert.equal(status, 0);
  const names = [
    'break',
    'condition',
    'hit',
    'expr',
    'slice',
    'stats',
    'export',
    'force',
    'assign',
    'then',
    'json',
    'attach',
  ];
  for (const name of [...names, 'runtime-executable', 'runtime-arg', 'env', 'cwd', 'timeout']) {
    assert.ok(stdout.includes(`--${name} `), name);
  }
  assert.match(stdout, /Examples/);
  assert.ok(
    stdout.split('\n').every((line) => line.length <= 100),
    'no line is longer than a terminal is wide',
  );
});

test('--version is the package version', async () => {
  const { version } = JSON.parse(readFileSync(`${projectRoot}package.json`, 'utf8')) as { version: string };
  const { status, stdout } = await runCli(['--version']);
  assert.deepEqual([status, stdout], [0, `${version}\n`]);
});
