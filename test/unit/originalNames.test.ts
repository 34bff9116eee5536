/** Names of variables through the source maps of a real compiler. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transformSync } from 'esbuild';
import { loadSourceMap } from '../../src/cdp/sourceMaps.ts';
import { sameNames, ScriptNames } from '../../src/inspector/names/originalNames.ts';

const source = `
const rate = 3;
export function outer(samples: number[]): number {
  const inner = (samples: string[], { rate, factor: scale = 1 }: Options) => samples.length * rate * scale;
  try { return inner([], { rate: samples.length }) + HERE(); } catch (error) { return THERE(error); }
}`;

async function namesAt(mark: string, minify: boolean) {
  const { code } = transformSync(source, { loader: 'ts', minify, sourcemap: 'inline', sourcefile: '/x.ts' });
  const [, mapUrl = ''] = /sourceMappingURL=(\S+)/.exec(code)!;
  const names = new ScriptNames(code.split('\n'), await loadSourceMap(mapUrl, '/x.js', undefined));
  const before = code.slice(0, code.indexOf(mark)).split('\n');
  return names.at({ line: before.length - 1, column: before.at(-1)!.length });
}

test('without a compiler that renames, names are what they seem', async () => {
  assert.equal(await namesAt('HERE', false), sameNames);
});

test('minified names in sight, both ways', async () => {
  const names = await namesAt('THERE', true);
  for (const original of ['samples', 'inner', 'error']) {
    const generated = names.translate(original);
    assert.notEqual(generated, original);
    assert.equal(names.original(generated), original);
  }
  // In an inner function, and so not in sight.
  assert.equal(names.translate('scale'), 'scale');
  assert.equal(names.translate('elsewhere'), 'elsewhere');
});

test('only what means the variable is translated', async () => {
  const names = await namesAt('HERE', true);
  const x = names.translate('samples');
  const cases: Record<string, string> = {
    samples: x,
    'samples.samples + samples[0]': `${x}.samples + ${x}[0]`,
    'other?.samples?.[samples]': `other?.samples?.[${x}]`,
    '({ samples, other: samples })': `({ samples: ${x}, other: ${x} })`,
    '({ samples: 1, [samples]: 2 })': `({ samples: 1, [${x}]: 2 })`,
    '((samples) => samples + 1)(samples)': `((samples) => samples + 1)(${x})`,
    '[1].map(({ samples }) => samples)': '[1].map(({ samples }) => samples)',
    'const samples = 1; samples': 'const samples = 1; samples',
    '`${samples} samples`': `\`\${${x}} samples\``,
    'samples: for (;;) break samples': 'samples: for (;;) break samples',
    'class A { samples = samples }': `class A { samples = ${x} }`,
    'samples +': 'samples +',
  };
  for (const [expression, expected] of Object.entries(cases)) assert.equal(names.translate(expression), expected);
});
