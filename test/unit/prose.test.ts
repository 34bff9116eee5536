/** What the extension makes of advice: Markdown for tooltips. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proseMarkdown } from '../../src/extension/tree/prose.ts';

test('in Markdown, names between backticks are code, and all else is text', () => {
  assert.equal(proseMarkdown('Let `await x` be'), 'Let `await x` be');
  assert.equal(proseMarkdown('a lone ` is text'), 'a lone \\` is text');
  // What programs may call their tensors and say in their errors.
  assert.equal(
    proseMarkdown('1. [a](command:b) <img> **x**\n    y'),
    String.raw`1\. \[a\]\(command\:b\) \<img\> \*\*x\*\* y`,
  );
});
