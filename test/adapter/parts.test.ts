/** The adapter's parts that need no program. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declarationOf } from '../../src/inspector/assign/declarations.ts';
import { splitLogMessage } from '../../src/adapter/breakpoints/logMessage.ts';
import { leadingSlice } from '../../src/adapter/values/clipboard.ts';
import { explainMissingCanvas } from '../../src/adapter/values/explainException.ts';
import { indexedHabit } from '../../src/adapter/values/habits.ts';
import { HitCounter } from '../../src/adapter/breakpoints/hitCondition.ts';
import { BannerFilter, decodeTo } from '../../src/adapter/start/output.ts';
import { globToPattern } from '../../src/adapter/program/paths.ts';
import { MessageReader } from '../../src/adapter/transport.ts';
import { readingHabit } from '../../src/inspector/evaluate/readingHabits.ts';

test('hit conditions', () => {
  const stops = (text: string) => {
    const counter = HitCounter.parse(text);
    assert.ok(counter, text);
    return Array.from({ length: 6 }, (_, index) => index + 1).filter(() => counter.pass());
  };
  assert.deepEqual(stops('3'), [3]);
  assert.deepEqual(stops(' == 3 '), [3]);
  assert.deepEqual(stops('>4'), [5, 6]);
  assert.deepEqual(stops('>= 5'), [5, 6]);
  assert.deepEqual(stops('<2'), [1]);
  assert.deepEqual(stops('<= 2'), [1, 2]);
  assert.deepEqual(stops('%2'), [2, 4, 6]);
  assert.deepEqual(stops('% 0'), []);
  for (const text of ['', 'x', '3 times', '> x', '-1', '1.5']) assert.equal(HitCounter.parse(text), undefined, text);
});

test('the inspector is filtered from stderr, however the text is cut; everything else passes at once', () => {
  const text =
    'Debugger listening on ws://127.0.0.1:1234/abc\nFor help, see: https://nodejs.org/en/docs/inspector\n' +
    'Debugger attached.\nreal: Debugger attached.\nDebugger is mine\nWaiting for the debugger to disconnect...\nend';
  for (let size = 1; size < text.length; size += 7) {
    let out = '';
    let url = '';
    const filter = new BannerFilter(
      (part) => (out += part),
      (websocketUrl) => (url = websocketUrl),
    );
    for (let start = 0; start < text.length; start += size) filter.push(text.slice(start, start + size));
    filter.end();
    assert.equal(out, 'real: Debugger attached.\nDebugger is mine\nend');
    assert.equal(url, 'ws://127.0.0.1:1234/abc');
  }
  let out = '';
  const filter = new BannerFilter(
    (part) => (out += part),
    () => undefined,
  );
  filter.push('name? ');
  assert.equal(out, 'name? ', 'a prompt is not held back');
  filter.push('Debugger attached.\n');
  assert.equal(out, 'name? Debugger attached.\n', 'only whole lines are banners');
});

test('characters that are cut in two arrive whole', () => {
  let out = '';
  const decoder = decodeTo((text) => (out += text));
  for (const byte of Buffer.from('é漢𝄞')) decoder.push(Buffer.from([byte]));
  decoder.end();
  assert.equal(out, 'é漢𝄞');
});

test('messages are read in pieces of every size, and faults between them are passed over', () => {
  const frame = (text: string) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  const request = (seq: number) => JSON.stringify({ seq, type: 'request', command: 'é' });
  const texts = [frame(request(1)), frame('{'), 'Nonsense\r\n\r\n', frame(request(2)), frame(request(3))];
  const bytes = Buffer.from(texts.join(''));
  for (const size of [1, 2, 3, 10, 1000]) {
    const seqs: number[] = [];
    let faults = 0;
    const reader = new MessageReader({ message: ({ seq }) => seqs.push(seq), malformed: () => faults++ });
    for (let start = 0; start < bytes.length; start += size) reader.push(bytes.subarray(start, start + size));
    reader.end();
    assert.deepEqual([seqs, faults], [[1, 2, 3], 2]);
  }
  let reason = '';
  const cut = new MessageReader({ message: () => undefined, malformed: (text) => (reason = text) });
  cut.push(Buffer.from('Content-Length: 10\r\n\r\n{'));
  cut.end();
  assert.match(reason, /ended inside of a message/);
});

test('log messages: expressions in braces, which may nest', () => {
  assert.deepEqual(splitLogMessage('a {b.c} d{ {x: 1}.x }'), [
    { text: 'a ' },
    { expression: 'b.c' },
    { text: ' d' },
    { expression: ' {x: 1}.x ' },
  ]);
  assert.deepEqual(splitLogMessage('{} and {open'), [{ text: '{} and {open' }]);
});

test('globs', () => {
  const matches = (glob: string, path: string) => new RegExp(globToPattern(glob)).test(path);
  assert.ok(matches('<node_internals>/**', 'node:internal/modules/cjs/loader'));
  assert.ok(matches('/a/**/*.js', '/a/b.js'));
  assert.ok(matches('/a/**/*.js', '/a/b/c/d.js'));
  assert.ok(!matches('/a/*.js', '/a/b/c.js'));
  assert.ok(matches('/a/x.{js,cjs}', '/a/x.cjs'));
  assert.ok(!matches('/a/x.js', '/a/xxjs'));
  assert.ok(matches('**/node_modules/**', '/p/node_modules/q/r.js'));
});

test('reading habits are told from other expressions', () => {
  const receiver = (expression: string) => readingHabit(expression)?.receiver;
  assert.equal(receiver('t.data()'), 't');
  assert.equal(receiver('await t.data();'), 't');
  assert.equal(receiver(' (await model.weights[0].array()) '), 'model.weights[0]');
  assert.equal(receiver('f(a, b).numpy( )'), 'f(a, b)');
  assert.equal(receiver('get("x").dataSync()'), 'get("x")');
  for (const other of ['t.data', 't.data(1)', 'data()', 't.data().length', 'x = t.data', 't.dataset()']) {
    assert.equal(readingHabit(other), undefined, other);
  }
});

test('elements of what reading habits give are told from other expressions', () => {
  const parts = (expression: string) => {
    const { habit, indices } = indexedHabit(expression) ?? {};
    return habit && [habit.receiver, habit.method, indices];
  };
  assert.deepEqual(parts('t.arraySync()[0][12];'), ['t', 'arraySync', [0, 12]]);
  assert.deepEqual(parts('(await a[0].data()) [3]'), ['a[0]', 'data', [3]]);
  assert.deepEqual(parts('t.data()'), ['t', 'data', []]);
  for (const other of ['t[0]', 't.arraySync()[i]', 't.arraySync()[0].length', 't.shape[0]']) {
    assert.equal(parts(other), undefined, other);
  }
});

test('a canvas that Node has not is explained, and nothing else', () => {
  assert.match(explainMissingCanvas('ReferenceError: OffscreenCanvas is not defined') ?? '', /await t\.data\(\)/);
  assert.equal(explainMissingCanvas('ReferenceError: canvas is not defined'), undefined);
});

test('what of a large tensor is copied: whole inner axes as far as they go', () => {
  assert.equal(leadingSlice([], 10), '...');
  assert.equal(leadingSlice([4], 10), ':4');
  assert.equal(leadingSlice([4, 5], 10), ':2, :5');
  assert.equal(leadingSlice([4, 3, 5], 12), ':1, :2, :5');
  assert.equal(leadingSlice([3, 100], 10), ':1, :10');
  assert.equal(leadingSlice([3, 0, 100], 10), ':1, :1, :10');
});

test('declarations: the innermost one around the place counts', () => {
  const kind = (source: string, name: string) => {
    const offset = source.indexOf('@');
    const text = source.replace('@', ' ');
    const before = text.slice(0, offset).split('\n');
    return declarationOf(text, name, { line: before.length - 1, column: before.at(-1)?.length ?? 0 });
  };
  assert.equal(kind('const a = 1; @', 'a'), 'const');
  assert.equal(kind('let a = 1; @', 'a'), 'other');
  assert.equal(kind('var a;\n{ const a = 2;\n @ }', 'a'), 'const');
  assert.equal(kind('const a = 1; function f(a) { @ }', 'a'), 'other');
  assert.equal(kind('const a = 1; function f() { if (1) { var a = 2; } @ }', 'a'), 'other');
  assert.equal(kind('const { b: [a = 1], ...rest } = {}; @', 'a'), 'const');
  assert.equal(kind('const { b: [a = 1], ...rest } = {}; @', 'rest'), 'const');
  assert.equal(kind('for (const a of []) { @ }', 'a'), 'const');
  assert.equal(kind('for (let a = 0; a < 1; a++) { @ }', 'a'), 'other');
  assert.equal(kind('switch (1) { case 1: const a = 1; @ }', 'a'), 'const');
  assert.equal(kind('try {} catch (a) { @ }', 'a'), 'other');
  assert.equal(kind('import a, { b as c } from "x"; @', 'c'), 'import');
  assert.equal(kind('export const a = 1; @', 'a'), 'const');
  assert.equal(kind('(function a() { @ })', 'a'), 'const');
  assert.equal(kind('const f = (a) => { @ }', 'f'), 'const');
  assert.equal(kind('#!/usr/bin/env node\nreturn; const a = await 1; @', 'a'), 'const');
  assert.equal(kind('with (x) { let a; @ }', 'a'), 'other');
  assert.equal(kind('let b; @', 'a'), undefined);
  assert.equal(kind('this is no JavaScript @', 'a'), 'unparsable');
});
