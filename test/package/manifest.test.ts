/** What package.json tells VS Code, as far as VS Code itself would not complain. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { digitsRange } from '../../src/protocol/viewer.ts';
import { projectRoot } from '../support/environment.ts';

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    configuration: { properties: Record<string, { minimum?: number; maximum?: number }> };
    menus: Record<string, { command?: string; when?: string }[]>;
    debuggers: {
      configurationAttributes: Record<'launch' | 'attach', object>;
      configurationSnippets: { body: { request: 'launch' | 'attach' } }[];
    }[];
  };
}

const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Manifest;
const { commands, configuration, menus, debuggers } = manifest.contributes;
const [{ configurationAttributes, configurationSnippets }] = debuggers as [Manifest['contributes']['debuggers'][0]];

test('a launch configuration without a program is marked where it is typed, and the snippets are not', () => {
  const ajv = new Ajv({ strict: false });
  const isValid = (request: 'launch' | 'attach', config: object) =>
    ajv.validate(configurationAttributes[request], config);
  assert.equal(isValid('launch', { type: 'tensor', request: 'launch', name: 'x' }), false);
  for (const { body } of configurationSnippets) assert.ok(isValid(body.request, body), JSON.stringify(body));
});

test('the digits of the setting are those that the viewer takes', () => {
  const { minimum, maximum } = configuration.properties['tensorDebugger.viewer.digits']!;
  assert.deepEqual({ least: minimum, most: maximum }, digitsRange);
});

test('menus have only commands that there are, and titles an ellipsis of one character', () => {
  const known = new Set(commands.map(({ command }) => command));
  for (const items of Object.values(menus)) {
    for (const { command } of items) assert.ok(command === undefined || known.has(command), command);
  }
  for (const { title } of commands) assert.doesNotMatch(title, /\.\.\./);
});

test('what menus ask about is a context key that the extension sets', () => {
  const source = readFileSync(join(projectRoot, 'src/extension/sources/contextKeys.ts'), 'utf8');

  for (const { when = '' } of Object.values(menus).flat()) {
    for (const [, key = ''] of when.matchAll(/tensorDebugger\.(\w+)/g)) {
      assert.ok(key === 'tensors' || source.includes(`  ${key}:`), when);
    }
  }
});
