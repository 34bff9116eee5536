import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { build } from 'esbuild';
import ts from 'typescript';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nodeBinaries } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { debuggee, lineOf, TestSession } from './session.ts';

const folder = temporaryFolder();

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    for (const [program, helper, marker] of [
      ['plain.cjs', 'plainHelper.cjs', 'DOUBLE'],
      ['plain.mjs', 'plainHelper.mjs', 'TRIPLE'],
      ['typed.ts', 'typedHelper.ts', 'PRODUCT'],
    ] as const) {
      test(`${program} stops in itself and in a module that it loads`, async () => {
        const breakpoints = { [program]: [{ at: 'PRINT' }], [helper]: [{ at: marker }] };
        await TestSession.run({ node, launch: { program }, breakpoints }, async (session) => {
          assert.equal(session.breakpoints[helper]?.[0]?.verified, false);
          await session.stopped('breakpoint');
          assert.match(await session.where(), new RegExp(`^${helper}:${lineOf(debuggee(helper), marker)} `));
          const changed = await session.client.event<DebugProtocol.BreakpointEvent>(
            'breakpoint',
            ({ body }) => body.breakpoint.id === session.breakpoints[helper]?.[0]?.id && body.breakpoint.verified,
          );
          assert.equal(changed.body.breakpoint.line, lineOf(debuggee(helper), marker));
          await session.setBreakpoints(helper, []);
          await session.continue();
          await session.stopped('breakpoint');
          assert.match(await session.where(), new RegExp(`^${program}:${lineOf(debuggee(program), 'PRINT')} `));
          await session.continue();
          assert.equal(await session.exitCode(), 0);
        });
      });
    }

    test('a line that only returns stops there, though tsx puts all code on one line', async () => {
      const breakpoints = { 'typedHelper.ts': [{ at: 'RETURN' }], 'typed.ts': [{ at: 'RETURN' }] };
      await TestSession.run({ node, launch: { program: 'typed.ts' }, breakpoints }, async (session) => {
        await session.stopped('breakpoint');
        assert.equal(await session.where(), `typedHelper.ts:${lineOf(debuggee('typedHelper.ts'), 'RETURN')} scale`);
        assert.equal((await session.evaluate('product')).result, '10');
        await session.setBreakpoints('typedHelper.ts', []);
        await session.continue();
        await session.stopped('breakpoint');
        assert.equal(await session.where(), `typed.ts:${lineOf(debuggee('typed.ts'), 'RETURN')} run`);
        assert.equal((await session.variable('Local', 'results')).value, '(2) [{…}, {…}]');
      });
    });

    test('a file that runs behind code of another one, in a vm context, as Jest has it', async () => {
      const breakpoints = { 'wrapped.cjs': [{ at: 'SUM' }, { at: 'PRINT' }] };
      await TestSession.run({ node, launch: { program: 'wrapping.cjs' }, breakpoints }, async (session) => {
        for (let run = 0; run < 2; run++) {
          await session.stopped('breakpoint');
          assert.equal(await session.where(), `wrapped.cjs:${lineOf(debuggee('wrapped.cjs'), 'PRINT')} test`);
          await session.continue();
          await session.stopped('breakpoint');
          assert.equal(await session.where(), `wrapped.cjs:${lineOf(debuggee('wrapped.cjs'), 'SUM')} sum`);
          assert.equal((await session.variable('Local', 'numbers')).value, 'float32[3] cpu 12 B  [1, 2, 3]');
          await session.continue();
        }
        assert.equal(await session.exitCode(), 0);
        assert.equal(session.client.outputOf('stdout'), '6\n6\n');
      });
    });

    test('CommonJS in TypeScript stops', async () => {
      const breakpoints = { 'common.cts': [{ at: 'BASE' }, { at: 'PRINT' }] };
      await TestSession.run({ node, launch: { program: 'common.cts' }, breakpoints }, async (session) => {
        await session.stopped('breakpoint');
        assert.equal(await session.where(), `common.cts:${lineOf(debuggee('common.cts'), 'PRINT')} <anonymous>`);
        await session.continue();
        await session.stopped('breakpoint');
        assert.equal(await session.where(), `common.cts:${lineOf(debuggee('common.cts'), 'BASE')} baseOf`);
        assert.equal((await session.variable('Local', 'file')).value, "'/tmp/x.txt'");
        await session.continue();
        assert.equal(await session.exitCode(), 0);
        assert.equal(session.client.outputOf('stdout'), 'x.txt\n');
      });
    });

    for (const format of ['cjs', 'esm'] as const) {
      test(`a minified esbuild bundle (${format}) stops at its sources' lines, under their names`, async () => {
        const outfile = join(folder, `bundle-${major}-${format}.${format === 'cjs' ? 'cjs' : 'mjs'}`);
        const entryPoints = [debuggee('typed.ts')];
        const minify = { minifyWhitespace: true, minifyIdentifiers: true };
        await build({ entryPoints, outfile, format, bundle: true, sourcemap: true, platform: 'node', ...minify });
        const breakpoints = { 'typedHelper.ts': [{ at: 'PRODUCT' }] };
        await TestSession.run({ node, launch: { program: outfile }, breakpoints }, async (session) => {
          await session.stopped('breakpoint');
          const [top, caller] = await session.stack();
          assert.equal(top?.source?.path, debuggee('typedHelper.ts'));
          assert.equal(top?.line, lineOf(debuggee('typedHelper.ts'), 'PRODUCT'));
          assert.equal(caller?.source?.path, debuggee('typed.ts'));
          assert.equal(caller?.line, lineOf(debuggee('typed.ts'), 'SCALED'));
          assert.deepEqual([top?.name, caller?.name], ['scale', 'run']);
        });
      });
    }

    test('the output of tsc stops at its source, found through outFiles', async () => {
      const source = join(folder, `compiled${major}.ts`);
      writeFileSync(source, 'interface A {\n  b: number;\n}\nconst a: A = { b: 1 };\nconsole.log(a.b); // #PRINT\n');
      const { outputText, sourceMapText = '' } = ts.transpileModule(
        `interface A {\n  b: number;\n}\nconst a: A = { b: 1 };\nconsole.log(a.b); // #PRINT\n`,
        { fileName: `compiled${major}.ts`, compilerOptions: { sourceMap: true, module: ts.ModuleKind.CommonJS } },
      );
      writeFileSync(join(folder, `compiled${major}.js`), outputText);
      writeFileSync(join(folder, `compiled${major}.js.map`), sourceMapText);
      const launch = { program: source, outFiles: [`${folder}/**/compiled*.js`] };
      await TestSession.run({ node, launch, breakpoints: { [source]: [{ at: 'PRINT' }] } }, async (session) => {
        await session.stopped('breakpoint');
        assert.equal((await session.top()).source?.path, source);
        assert.equal((await session.top()).line, 5);
        assert.equal((await session.evaluate('a.b')).result, '1');
      });
    });
  });
}

test('a line without code moves to the next one that has some, and says where', async () => {
  const file = debuggee('plain.cjs');
  const breakpoints = { 'plain.cjs': [{ at: 'NOCODE' }] };
  await TestSession.run({ launch: { program: 'plain.cjs' }, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    const { line } = await session.top();
    assert.equal(line, lineOf(file, 'TOTAL'));
    const event = await session.client.event<DebugProtocol.BreakpointEvent>('breakpoint');
    assert.deepEqual([event.body.breakpoint.verified, event.body.breakpoint.line], [true, line]);
  });
});

test('a line in TypeScript that leaves no code moves to the next one that does', async () => {
  const file = debuggee('typed.ts');
  const breakpoints = { 'typed.ts': [{ at: 8 }] };
  await TestSession.run({ node: process.execPath, launch: { program: 'typed.ts' }, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    assert.ok((await session.top()).line > 8);
    assert.match(await session.where(), /^typed\.ts:/);
    assert.ok((await session.top()).line <= lineOf(file, 'RUN'));
  });
});

/** What was last said of a breakpoint, by an event. */
function lastTold({ client }: TestSession, id: number | undefined): DebugProtocol.Breakpoint | undefined {
  return client.events
    .filter(({ event }) => event === 'breakpoint')
    .map(({ body }) => (body as DebugProtocol.BreakpointEvent['body']).breakpoint)
    .findLast((breakpoint) => breakpoint.id === id);
}

test('a line behind all code, and a file that is never loaded, stay unverified with a reason', async () => {
  const breakpoints = { 'plainHelper.cjs': [{ at: 4 }], 'typed.ts': [{ at: 'RUN' }] };
  await TestSession.run({ launch: { program: 'plain.cjs' }, breakpoints }, async (session) => {
    await session.terminated();
    const noCode = lastTold(session, session.breakpoints['plainHelper.cjs']?.[0]?.id);
    assert.equal(noCode?.verified, false);
    assert.match(noCode?.message ?? '', /Line 4 has no code/);
    const initial = session.breakpoints['typed.ts']?.[0];
    assert.equal(initial?.verified, false);
    assert.match(initial?.message ?? '', /has not loaded .*typed\.ts/);
    assert.match(lastTold(session, initial?.id)?.message ?? '', /ended without loading .*typed\.ts/);
  });
});

test('that a file was never loaded is told at the end of the program, not when it is begun anew', async () => {
  const breakpoints = { 'typed.ts': [{ at: 'RUN' }], 'plain.cjs': [{ at: 'PRINT' }] };
  await TestSession.run({ launch: { program: 'plain.cjs' }, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    await session.client.request('restart', {});
    await session.stopped('breakpoint');
    const id = session.breakpoints['typed.ts']?.[0]?.id;
    assert.equal(lastTold(session, id), undefined);
    await session.continue();
    await session.terminated();
    assert.match(lastTold(session, id)?.message ?? '', /ended without loading/);
  });
});

test('a line whose code V8 leaves out, since nothing reaches it, never stops on a line before', async () => {
  const breakpoints = { 'unreached.cjs': [{ at: 'RETURN' }, { at: 'DEAD' }, { at: 'AFTER' }, { at: 'ENDLESS' }] };
  await TestSession.run({ launch: { program: 'unreached.cjs' }, breakpoints }, async (session) => {
    const file = debuggee('unreached.cjs');
    for (const marker of ['RETURN', 'AFTER']) {
      await session.stopped('breakpoint');
      assert.equal((await session.top()).line, lineOf(file, marker));
      await session.continue();
    }
    assert.equal(await session.exitCode(), 0);
    const told = session.breakpoints['unreached.cjs'] ?? [];
    for (const index of [1, 3]) {
      const last = lastTold(session, told[index]?.id);
      assert.deepEqual([last?.verified, last?.line], [false, told[index]?.line]);
      assert.match(last?.message ?? '', /has no code that can be reached/);
    }
  });
});

for (const { major, path: node } of nodeBinaries()) {
  test(`Node ${major}: a condition that throws is told once, and one that is never true is no failure`, async () => {
    const breakpoints = {
      'plain.mjs': [
        { at: 'LOOP', condition: 'indexx > 3' },
        { at: 'PRINT', condition: 'true' },
      ],
      'plainHelper.mjs': [{ at: 'TRIPLE', condition: 'value > 1e9' }],
    };
    await TestSession.run({ node, launch: { program: 'plain.mjs' }, breakpoints }, async (session) => {
      await session.stopped('breakpoint');
      assert.equal((await session.top()).line, lineOf(debuggee('plain.mjs'), 'PRINT'));
      await session.continue();
      assert.equal(await session.exitCode(), 0);
      const messages = ['plain.mjs', 'plainHelper.mjs'].flatMap((file) =>
        (session.breakpoints[file] ?? []).map(({ id }) => lastTold(session, id)?.message),
      );
      assert.match(
        messages[0] ?? '',
        /"indexx > 3" threw ReferenceError: indexx is not defined, which counts as false/,
      );
      assert.deepEqual(messages.slice(1), [undefined, undefined]);
      const output = session.client.outputOf('console');
      const told = /plain\.mjs:\d+: The condition "indexx > 3" threw ReferenceError.*, which counts as false\.\n/g;
      assert.equal(output.match(told)?.length, 1, output);
    });
  });
}

test('conditions, hit conditions and log messages', async () => {
  const breakpoints = {
    'plain.mjs': [{ at: 'LOOP', condition: 'index === 4 || index > 7' }],
    'plainHelper.mjs': [
      { at: 'TRIPLE', hitCondition: '% 4', logMessage: 'value is {value}, twice {{ a: value * 2 }.a}' },
    ],
  };
  await TestSession.run({ launch: { program: 'plain.mjs' }, breakpoints }, async (session) => {
    const stops: string[] = [];
    for (let stop = 0; stop < 3; stop++) {
      await session.stopped('breakpoint');
      stops.push((await session.evaluate('index')).result);
      await session.continue();
    }
    assert.deepEqual(stops, ['4', '8', '9']);
    assert.equal(await session.exitCode(), 0);
    const logged = session.client.events.filter(
      ({ event, body }) => event === 'output' && (body as { line?: number }).line,
    );
    const lines = logged.map(({ body }) => (body as DebugProtocol.OutputEvent['body']).output);
    assert.deepEqual(lines, ['value is 3, twice 6\n', 'value is 7, twice 14\n']);
    assert.equal((logged[0]?.body as { line: number }).line, lineOf(debuggee('plainHelper.mjs'), 'TRIPLE'));
  });
});

test('a hit condition counts passes', async () => {
  const breakpoints = { 'plain.mjs': [{ at: 'LOOP', hitCondition: '7' }] };
  await TestSession.run({ launch: { program: 'plain.mjs' }, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    assert.equal((await session.evaluate('index')).result, '6');
    await session.continue();
    assert.equal(await session.exitCode(), 0);
  });
});

test('conditions that are none are told at once', async () => {
  const breakpoints = {
    'plain.mjs': [
      { at: 'LOOP', condition: 'index ===' },
      { at: 'PRINT', hitCondition: 'often' },
    ],
  };
  await TestSession.run({ launch: { program: 'plain.mjs' }, breakpoints }, async (session) => {
    const [condition, hit] = session.breakpoints['plain.mjs'] ?? [];
    assert.deepEqual([condition?.verified, hit?.verified], [false, false]);
    assert.match(condition?.message ?? '', /"index ===" is no expression: SyntaxError/);
    assert.match(hit?.message ?? '', /hit condition "often"/);
    assert.equal(await session.exitCode(), 0);
  });
});

test('breakpoints can be added and removed while the program runs, and keep their identity', async () => {
  await TestSession.run({ launch: { program: 'ticking.mjs' } }, async (session) => {
    await session.client.event('output');
    const [first] = await session.setBreakpoints('ticking.mjs', [{ at: 'TICK' }]);
    assert.equal(first?.verified, true);
    await session.stopped('breakpoint');
    const [same] = await session.setBreakpoints('ticking.mjs', [{ at: 'TICK' }]);
    assert.equal(same?.id, first?.id);
    await session.setBreakpoints('ticking.mjs', []);
    await session.evaluate('globalThis.stopNow = true');
    await session.continue();
    assert.equal(await session.exitCode(), 0);
  });
});

test('two breakpoints that come to lie on one place both count', async () => {
  const line = lineOf(debuggee('plain.cjs'), 'NOCODE');
  const breakpoints = { 'plain.cjs': [{ at: line }, { at: line + 1 }, { at: 'TOTAL' }] };
  await TestSession.run({ launch: { program: 'plain.cjs' }, breakpoints }, async (session) => {
    const { hitBreakpointIds } = await session.stopped('breakpoint');
    assert.deepEqual(
      hitBreakpointIds,
      session.breakpoints['plain.cjs']?.map(({ id }) => id),
    );
    await session.setBreakpoints('plain.cjs', [{ at: 'PRINT' }]);
    await session.continue();
    await session.stopped('breakpoint');
    assert.equal((await session.top()).line, lineOf(debuggee('plain.cjs'), 'PRINT'));
  });
});

test('breakpoints that come to lie on one place keep their own conditions', async () => {
  const line = lineOf(debuggee('plain.mjs'), 'LOOP');
  const breakpoints = {
    'plain.mjs': [
      { at: line, condition: 'index === 3' },
      { at: line, condition: 'index % 3 === 0', hitCondition: '>= 3' },
    ],
  };
  await TestSession.run({ launch: { program: 'plain.mjs' }, breakpoints }, async (session) => {
    const ids = session.breakpoints['plain.mjs']?.map(({ id }) => id) ?? [];
    for (const [index, hit] of [
      ['3', [ids[0]]],
      ['6', [ids[1]]],
      ['9', [ids[1]]],
    ] as const) {
      const { hitBreakpointIds } = await session.stopped('breakpoint');
      assert.equal((await session.evaluate('index')).result, index);
      assert.deepEqual(hitBreakpointIds, hit);
      await session.continue();
    }
    assert.equal(await session.exitCode(), 0);
  });
});

test('a client that counts from 0 gets its numbers', async () => {
  const initialize = { linesStartAt1: false, columnsStartAt1: false };
  const at = lineOf(debuggee('plain.cjs'), 'PRINT') - 1;
  await TestSession.run(
    { launch: { program: 'plain.cjs' }, initialize, breakpoints: { 'plain.cjs': [{ at }] } },
    async (session) => {
      await session.stopped('breakpoint');
      const { line, column } = await session.top();
      assert.deepEqual([line, column], [at, 0]);
    },
  );
});

for (const minified of [false, true]) {
  test(`a column means the place that it is in, ${minified ? 'through a source map' : 'in a plain file'}`, async () => {
    const source = debuggee('columns.mjs');
    const program = minified ? join(folder, 'columns.mjs') : source;
    if (minified) await build({ entryPoints: [source], outfile: program, minifyWhitespace: true, sourcemap: true });
    const [first = ''] = readFileSync(source, 'utf8').split('\n');
    // The operator is in the arrow function; nothing begins at it, nor behind the statement in the loop.
    const breakpoints = {
      'columns.mjs': [
        { at: 1, column: first.indexOf('*') + 1 },
        { at: 'SUM', column: 8 },
      ],
    };
    await TestSession.run({ launch: { program }, breakpoints }, async (session) => {
      for (const [expression, values] of [
        ['x', ['1', '2']],
        ['value', ['2', '4']],
      ] as const) {
        for (const value of values) {
          await session.stopped('breakpoint');
          assert.equal((await session.evaluate(expression)).result, value);
          await session.continue();
        }
      }
      assert.equal(await session.exitCode(), 0);
    });
  });
}
