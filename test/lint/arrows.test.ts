/** The import arrows between the layers hold because the linter fails on a violation; this fails if it ever doesn't. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { projectRoot } from '../support/environment.ts';

/** Who may import whom, written down a second time on purpose: a change of the linter's table must be meant. */
const mayImport: Record<string, string[]> = {
  protocol: [],
  tensor: ['protocol'],
  formats: ['protocol', 'tensor'],
  agent: ['protocol', 'tensor'],
  cdp: ['protocol'],
  inspector: ['protocol', 'tensor', 'formats', 'cdp'],
  adapter: ['protocol', 'tensor', 'formats', 'cdp', 'inspector'],
  cli: ['protocol', 'tensor', 'formats'],
};
const layers = Object.keys(mayImport);

/** The same of the extension's own folders. */
const extensionMayImport: Record<string, string[]> = {
  sources: [],
  debug: ['sources'],
  editor: ['sources'],
  tree: ['sources'],
  viewer: ['sources'],
  track: ['sources', 'editor', 'viewer'],
  commands: ['sources', 'debug', 'editor', 'tree', 'viewer', 'track'],
};

const arrows = 'project/layers';
const modules = 'no-restricted-imports';

const eslint = new ESLint({ cwd: projectRoot });

/** A file of the layer: typed linting and the resolver know only files that exist. */
function fileOf(layer: string): string {
  const name = readdirSync(`${projectRoot}/src/${layer}`).find((entry) => entry.endsWith('.ts'));
  assert.ok(name, `src/${layer} has no TypeScript file`);
  return name;
}

/** Of imports that stand in a file of the layer: which rule each breaks. */
async function rulesBroken(layer: string, specifiers: string[]): Promise<(string | null)[]> {
  const source = specifiers.map((specifier) => `import ${JSON.stringify(specifier)};\n`).join('');
  const filePath = `${projectRoot}/src/${layer}/${fileOf(layer)}`;
  const [result] = await eslint.lintText(source, { filePath });
  assert.ok(result);
  return specifiers.map((_, index) => {
    const messages = result.messages.filter(({ line }) => line === index + 1);
    assert.ok(!messages.some(({ fatal }) => fatal), JSON.stringify(messages));
    return messages.find(({ ruleId }) => ruleId === arrows || ruleId === modules)?.ruleId ?? null;
  });
}

for (const layer of layers) {
  test(`src/${layer} imports the layers below it and no others`, async () => {
    const others = layers.filter((other) => other !== layer);
    const broken = await rulesBroken(
      layer,
      others.map((other) => `../${other}/${fileOf(other)}`),
    );
    const expected = others.map((other) => [other, mayImport[layer]?.includes(other) ? null : arrows]);
    assert.deepEqual(
      others.map((other, index) => [other, broken[index]]),
      expected,
    );
  });

  test(`src/${layer} imports nothing from outside src`, async () => {
    const specifiers = ['../../test/support/environment.ts', '../../scripts/nodeBinaries.mjs'];
    assert.deepEqual(await rulesBroken(layer, specifiers), [arrows, arrows]);
  });

  test(`src/${layer} does not know the editor`, async () => {
    assert.deepEqual(await rulesBroken(layer, ['vscode']), [modules]);
  });
}

for (const [folder, below] of Object.entries(extensionMayImport)) {
  test(`src/extension/${folder} imports the folders below it and no others`, async () => {
    const others = Object.keys(extensionMayImport).filter((other) => other !== folder);
    const broken = await rulesBroken(
      `extension/${folder}`,
      others.map((other) => `../${other}/${fileOf(`extension/${other}`)}`),
    );
    assert.deepEqual(
      others.map((other, index) => [other, broken[index]]),
      others.map((other) => [other, below.includes(other) ? null : arrows]),
    );
  });
}

for (const layer of ['protocol', 'tensor', 'agent']) {
  test(`src/${layer} needs no Node`, async () => {
    assert.deepEqual(await rulesBroken(layer, ['node:fs/promises', 'fs', 'buffer']), [modules, modules, modules]);
  });
}

test('the other layers may use Node', async () => {
  assert.deepEqual(await rulesBroken('cli', ['node:fs']), [null]);
});

test('every form of import counts', async () => {
  const forms = [
    `import type { A } from '../adapter/main.ts';`,
    `export { a } from '../adapter/main.ts';`,
    `export * from '../adapter/main.ts';`,
    `export type B = import('../adapter/main.ts').B;`,
    `export const c = await import('../adapter/main.ts');`,
  ];
  for (const source of forms) {
    const filePath = `${projectRoot}/src/cli/${fileOf('cli')}`;
    const [result] = await eslint.lintText(`${source}\n`, { filePath });
    assert.ok(
      result?.messages.some(({ ruleId }) => ruleId === arrows),
      source,
    );
  }
});
