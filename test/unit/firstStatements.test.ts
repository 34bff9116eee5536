import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstStatements } from '../../src/adapter/breakpoints/firstStatements.ts';

/** What is at the places, up to the end of the line. */
function statements(text: string): string[] {
  const lines = text.split('\n');
  return firstStatements(text).map(({ line, column }) => lines[line]!.slice(column));
}

test('functions and imports are not where a program begins, on whichever line they end', () => {
  const text = `#!/usr/bin/env node
import a from './a.mjs';
function f() {
  g();
}
const x = f(); function g() { return 1; } h(x);
`;
  assert.deepEqual(statements(text), ['const x = f(); function g() { return 1; } h(x);', 'h(x);']);
});

test('brackets in strings, templates, regular expressions and comments are none', () => {
  const text = [
    "'use strict';",
    'const s = `{${b}{`; // {',
    'const r = /[{/]{/g; /* {',
    '*/ f("{"); if (s) {',
    'g(); }',
  ];
  assert.deepEqual(
    statements(text.join('\n')).map((statement) => statement.slice(0, 6)),
    ["'use s", 'const ', '{`; //', 'const ', 'f("{")', 'if (s)'],
  );
});

test('TypeScript, with decorators and types', () => {
  const text = `interface A { a: number }
@sealed class B<T extends A> { @log() c?: T; }
const d = <T>(e: T): T => e;
`;
  assert.deepEqual(statements(text), [
    'interface A { a: number }',
    'sealed class B<T extends A> { @log() c?: T; }',
    'const d = <T>(e: T): T => e;',
  ]);
});

test('a text that can not be read is gone through line by line', () => {
  assert.equal(firstStatements('function f() {\n  return a! / 2;\n}\nf();').length, 4);
});

test('a bundle is not read to its end', () => {
  const text = 'f();\n'.repeat(1000) + '"'.repeat(3);
  assert.equal(firstStatements(text).length, 100);
});
