/** What the extension makes of advice: Markdown for tooltips, and nothing that only the command line can do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutCommandLine } from '../../src/extension/sources/advice.ts';
import { proseMarkdown } from '../../src/extension/tree/prose.ts';
import { evaluateHelp, howToEvaluate } from '../../src/tensor/evaluateHelp.ts';

test('in Markdown, names between backticks are code, and all else is text', () => {
  assert.equal(proseMarkdown('Let `await x` be'), 'Let `await x` be');
  assert.equal(proseMarkdown('a lone ` is text'), 'a lone \\` is text');
  // What programs may call their tensors and say in their errors.
  assert.equal(
    proseMarkdown('1. [a](command:b) <img> **x**\n    y'),
    String.raw`1\. \[a\]\(command\:b\) \<img\> \*\*x\*\* y`,
  );
});

test('what is typed on the command line is left out, and the sentence stays one', () => {
  assert.equal(withoutCommandLine(`Evaluate it: ${howToEvaluate}.`), 'Evaluate it: Tensor: Evaluate Graph Tensor….');
  assert.equal(
    withoutCommandLine(`${evaluateHelp(['x', 'y'])} Then look.`),
    'Evaluate it with values for x, y: Tensor: Evaluate Graph Tensor…. Then look.',
  );
  assert.equal(
    withoutCommandLine(
      'Feed it with an expression of this frame or a file: --feed x=<expression or file> on the command line.',
    ),
    'Feed it with an expression of this frame or a file.',
  );
  assert.equal(
    withoutCommandLine('Say that it may be replaced (--force on the command line).'),
    'Say that it may be replaced.',
  );
});
