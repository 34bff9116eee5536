import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesInCode } from '../../src/extension/editor/namesInCode.ts';

/** `name@line` of the names that are set; `name@line?` of those that are used; `!` after those that are not local. */
function found(text: string, mark = '#stop'): string[] {
  return namesInCode(text, text.indexOf(mark)).map(
    ({ name, line, isSet, isLocal }) => `${name}@${line + 1}${isSet ? '' : '?'}${isLocal ? '' : '!'}`,
  );
}

test('names are found where they are declared, assigned, passed and used', () => {
  const text = `const weights = load();
function step(images: Tensor, { rate = 0.1, ...rest }: Options): Tensor {
  const { value: loss, grads: [first] } = grads(() => weights);
  let sum = images;
  sum += first; state.total = 1; counts[0] = 2;
  return sum; /* #stop */
}
function other(sum) { return sum; }
`;
  assert.deepEqual(found(text), [
    'weights@1!',
    'load@1?!',
    'step@2?!',
    ...['images@2', 'Tensor@2?', 'rate@2', 'rest@2?', 'Options@2?', 'Tensor@2?'],
    ...['loss@3', 'first@3?', 'grads@3?', 'weights@3?'],
    ...['sum@4', 'images@4?', 'sum@5', 'first@5?', 'state@5?', 'counts@5?', 'sum@6?'],
  ]);
});

test('comments, strings, templates and regular expressions hold no names', () => {
  const text = [
    'const a = "b { c"; // d {',
    "const e = 'f\\'g'; /* h",
    'i { */ const j = `k ${l + `m ${n}`} o {`;',
    'const p = /q[/]r{/g.test(s) ? t / u / v : w;',
    'x; // #stop',
  ].join('\n');
  const names = found(text).map((each) => each.replace(/@.*/, ''));
  assert.deepEqual(names, ['a', 'e', 'j', 'l', 'n', 'p', 's', 't', 'u', 'v', 'w', 'x']);
});

test('of functions only those around the place are looked into', () => {
  const text = `const a = 1;
const before = (b) => { const c = 2; };
class Model {
  first(d) { const e = 3; }
  async second(f) {
    for (const g of f) {
      const h = f.map((i) => { const j = 1; });
      if (h) { k = 2; /* #stop */ }
    }
  }
}`;
  assert.deepEqual(
    found(text).filter((each) => !each.includes('?')),
    ['a@1!', 'before@2!', 'f@5', 'g@6', 'h@7', 'k@8'],
  );
});

test('keys and members are no variables; parameters of arrows are', () => {
  const text = 'const run = async x => {\n  call({ y: z, w }, o.p, q?.r, ...s); // #stop\n};';
  assert.deepEqual(found(text), ['run@1!', 'async@1?!', 'x@1?', 'call@2?', 'z@2?', 'w@2?', 'o@2?', 'q@2?', 's@2?']);
});
