import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nodeBinaries } from '../support/environment.ts';
import { TestSession } from './session.ts';

const atKinds = { launch: { program: 'variables.cjs' }, breakpoints: { 'variables.cjs': [{ at: 'KINDS' }] } };

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    test('values of every kind in one line, without running anything of the program', async () => {
      await TestSession.run({ ...atKinds, node }, async (session) => {
        await session.stopped('breakpoint');
        const { id: frameId } = await session.top();
        const { scopes } = await session.client.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
        assert.deepEqual(
          scopes.map(({ name }) => name),
          ['Block', 'Block', 'Local', 'Closure', 'Global'].slice(-scopes.length),
        );
        assert.equal(scopes.at(-1)?.expensive, true);
        const locals = await session.variables(await session.scope('Local'));
        const shown = Object.fromEntries(locals.map(({ name, value }) => [name, value]));
        const expected: Record<string, string> = {
          parameter: '{given: true}',
          text: `'it\\'s "text"'`,
          big: '12345678901234567890n',
          number: '-0',
          old: 'NaN',
          list: "(3) [1, 'two', {…}]",
          map: "Map(1) {'key' => Object}",
          set: 'Set(2) {1, 2}',
          point: 'Point {#secret: 7, x: 3, y: 4}',
          frozen: '{fixed: 1}',
          pattern: '/a+b/g',
          fail: 'TypeError: wrong type',
          call: 'ƒ (a, b)',
          symbol: 'Symbol(mark)',
          nothing: 'null',
          destructured: '1',
        };
        for (const [name, value] of Object.entries(expected)) assert.equal(shown[name], value, name);
        assert.match(shown['date'] ?? '', /1970/);
        assert.match(shown['trapped'] ?? '', /^Proxy/);
        // Whatever is expanded, neither a trap nor a getter of the program runs.
        for (const { variablesReference } of locals)
          if (variablesReference > 0) await session.variables(variablesReference);
        await session.continue();
        assert.equal(await session.exitCode(), 0);
        const [said] = JSON.parse(`[${session.client.outputOf('stdout')}]`) as [{ trap: boolean; getter: boolean }];
        assert.deepEqual([said.trap, said.getter], [false, false]);
      });
    });
  });
}

test('an object opens to its properties, private and internal ones included; a getter runs when it is asked for', async () => {
  await TestSession.run(atKinds, async (session) => {
    await session.stopped('breakpoint');
    const point = await session.variable('Local', 'point');
    const members = await session.variables(point.variablesReference);
    const names = members.map(({ name }) => name);
    assert.deepEqual(names.slice(0, 2), ['x', 'y']);
    assert.ok(names.includes('#secret'), names.join());
    assert.ok(names.includes('[[Prototype]]'), names.join());
    assert.equal(members[0]?.evaluateName, 'point.x');
    const object = await session.variable('Local', 'object');
    const properties = await session.variables(object.variablesReference);
    const paths = properties.slice(0, 3).map(({ evaluateName }) => evaluateName);
    assert.deepEqual(paths, ['object["a-b"]', 'object["007"]', 'object.ordinary']);
    const getter = properties.find(({ name }) => name === 'computed');
    assert.equal(getter?.presentationHint?.lazy, true);
    assert.deepEqual(
      (await session.variables(getter.variablesReference)).map(({ name, value }) => [name, value]),
      [['computed', '42']],
    );
    const map = await session.variable('Local', 'map');
    const entries = await session.variable(map.variablesReference, '[[Entries]]');
    assert.equal(
      (await session.variables(entries.variablesReference))[0]?.value,
      '{"key" => Object}'.replace(/"/g, '"'),
    );
  });
});

test('long arrays come in pages', async () => {
  await TestSession.run(atKinds, async (session) => {
    await session.stopped('breakpoint');
    const long = await session.variable('Local', 'long');
    assert.match(long.value, /^\(5000\) \[0, 1, 2/);
    assert.equal(long.indexedVariables, 5000);
    const page = await session.variables(long.variablesReference, { filter: 'indexed', start: 4990, count: 5 });
    assert.deepEqual(
      page.map(({ name, value, evaluateName }) => [name, value, evaluateName]),
      [4990, 4991, 4992, 4993, 4994].map((index) => [String(index), String(index), `long[${index}]`]),
    );
    const named = await session.variables(long.variablesReference, { filter: 'named' });
    assert.deepEqual(
      named.map(({ name }) => name),
      ['length', '[[Prototype]]'],
    );
  });
});

test('variables and properties are set; constants, imports and frozen objects are not', async () => {
  await TestSession.run(atKinds, async (session) => {
    await session.stopped('breakpoint');
    const local = await session.scope('Local');
    const set = (variablesReference: number, name: string, value: string) =>
      session.client.request<DebugProtocol.SetVariableResponse['body']>('setVariable', {
        variablesReference,
        name,
        value,
      });
    assert.equal((await set(local, 'number', '40 + 1')).value, '41');
    assert.equal((await set(local, 'old', '"new"')).value, "'new'");
    assert.equal((await set(local, 'parameter', '({ replaced: [1] })')).value, '{replaced: Array(1)}');
    const point = await session.variable(local, 'point');
    assert.equal((await set(point.variablesReference, 'x', '10')).value, '10');
    const refuse = (variablesReference: number, name: string) =>
      session.failure('setVariable', { variablesReference, name, value: '1' });
    assert.match(await refuse(local, 'list'), /list can't be assigned to: it is a constant/);
    assert.match(await refuse(local, 'destructured'), /it is a constant/);
    assert.match(await refuse(local, 'rest'), /it is a constant/);
    assert.match(await refuse(local, 'text'), /inner scope has a variable of the same name/);
    const blocks = await session.client.request<DebugProtocol.ScopesResponse['body']>('scopes', {
      frameId: (await session.top()).id,
    });
    const inner = blocks.scopes
      .filter(({ name }) => name === 'Block')
      .map(({ variablesReference }) => variablesReference);
    const holder = await Promise.all(
      inner.map(async (reference) => [reference, await session.variables(reference)] as const),
    );
    const find = (name: string) =>
      holder.find(([, variables]) => variables.some((variable) => variable.name === name))?.[0] ?? 0;
    assert.match(await refuse(find('constant'), 'constant'), /it is a constant/);
    assert.equal((await set(find('text'), 'text', '"changed"')).value, "'changed'");
    const frozen = await session.variable(local, 'frozen');
    assert.match(
      await refuse(frozen.variablesReference, 'fixed'),
      /^fixed can't be assigned to: it is read only\. Its object/,
    );
    assert.match(
      await refuse(frozen.variablesReference, 'more'),
      /^more can't be assigned to: its object takes no new/,
    );
    assert.match(await refuse(local, 'nowhere'), /^nowhere can't be assigned to: this scope has no such variable/);
    assert.match(
      await session.failure('setVariable', { variablesReference: local, name: 'number', value: 'throw' }),
      /SyntaxError/,
    );
    assert.equal((await session.evaluate('list.length + point.x')).result, '13');
    await session.continue();
    assert.equal(await session.exitCode(), 0);
    assert.deepEqual(JSON.parse(session.client.outputOf('stdout')), {
      number: 42,
      old: 'new',
      text: 'changed',
      parameter: { replaced: [1] },
      trap: false,
      getter: false,
    });
  });
});

test('imports are not assigned to', async () => {
  await TestSession.run(
    { launch: { program: 'plain.mjs' }, breakpoints: { 'plain.mjs': [{ at: 'LOOP' }] } },
    async (session) => {
      await session.stopped('breakpoint');
      const variablesReference = await session.scope('Module');
      const set = { variablesReference, value: '5' };
      assert.match(await session.failure('setVariable', { ...set, name: 'triple' }), /it is an import/);
      await session.client.request('setVariable', { ...set, name: 'counter' });
      assert.equal((await session.evaluate('counter')).result, '5');
    },
  );
});

test('expressions: free in the console, without side effects in hovers, whole in the clipboard', async () => {
  await TestSession.run(atKinds, async (session) => {
    await session.stopped('breakpoint');
    assert.equal((await session.evaluate('number = 5')).result, '5');
    assert.equal((await session.evaluate('number + 1', 'hover')).result, '6');
    const { id: frameId } = await session.top();
    const fails = (expression: string, context: string) =>
      session.failure('evaluate', { expression, context, frameId });
    assert.match(await fails('number = 6', 'hover'), /could change the program/);
    assert.equal((await session.evaluate('number', 'watch')).result, '5');
    assert.match(await fails('nowhere.at', 'watch'), /ReferenceError: nowhere is not defined/);
    assert.match(
      await fails('outside', 'watch'),
      /outside is not available here: the paused function kinds does not use it/,
    );
    assert.match(await fails('number +', 'repl'), /SyntaxError/);
    assert.match(await fails('await Promise.resolve(1)', 'repl'), /Nothing can be awaited while the program is paused/);
    assert.match(await fails('(() => { throw new Error("mine") })()', 'repl'), /Error: mine/);
    assert.equal((await session.evaluate('{ a: 1 }')).result, '{a: 1}');
    assert.equal((await session.evaluate('"plain"', 'clipboard')).result, 'plain');
    assert.deepEqual(JSON.parse((await session.evaluate('[list, map]', 'clipboard')).result), [
      [1, 'two', { three: 3 }],
      [['key', { nested: true }]],
    ]);
    assert.match((await session.evaluate('globalThis', 'clipboard')).result, /global|Object/);
    const point = await session.evaluate('point', 'hover');
    assert.equal(point.result, 'Point {#secret: 7, x: 3, y: 4}');
    assert.ok(point.variablesReference > 0);
  });
});

test('a hover sees through a module namespace, and runs no getter of what looks like one', async () => {
  await TestSession.run({ launch: { program: '../readers/namespace.mjs' } }, async (session) => {
    await session.stopped();
    assert.equal((await session.evaluate('model.weights', 'hover')).type, 'Float32Array');
    const { id: frameId } = await session.top();
    const hover = { expression: 'impostor.weights', context: 'hover', frameId };
    assert.match(await session.failure('evaluate', hover), /could change the program/);
  });
});

test('a program without tensors is left as it is', async () => {
  await TestSession.run({ launch: { program: 'classes.cjs' } }, async (session) => {
    await session.stopped();
    const local = await session.variables(await session.scope('Local'));
    assert.equal(local.find(({ name }) => name === 'account')?.value, 'Account {balance: 10}');
    assert.equal((await session.evaluate('account', 'hover')).result, 'Account {balance: 10}');
    await session.continue();
    assert.equal(await session.exitCode(), 0);
    assert.equal(session.client.outputOf('stdout'), 'added [] 2\n');
  });
});
