/** Programs that begin with a function: nothing of theirs is run before their breakpoints are set, or stopped for that later. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import ts from 'typescript';
import { nodeBinaries } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { lineOf, TestSession } from './session.ts';

const folder = temporaryFolder();

const programs = {
  halting: `function halt(): void {
  debugger; // #HALT
}
const first: number = 1; // #FIRST
halt();
console.log(first); // #PRINT
`,
  // So often that a pause at each call would take minutes.
  busy: `function step(index: number): number {
  return index + 1;
}
const first: number = 1; // #FIRST
let sum = first;
for (let i = 0; i < 500_000; i++) sum += step(i);
console.log(sum); // #PRINT
`,
  // The loop is optimised long before it ends, and \`kept\` is not used again.
  hot: `function unused(): number {
  return 1;
}
const kept: number = Number('7');
let sum = 0;
for (let i = 0; i < 3_000_000; i++) sum += i % kept;
debugger; // #HALT
console.log(sum);
`,
};

/** As it is run, and the file in which breakpoints are set. */
interface Written {
  program: string;
  source: string;
}

const ways: Record<string, (name: string, text: string) => Written> = {
  CommonJS: (name, text) => plain(name, text, 'cjs'),
  'an ES module': (name, text) => plain(name, text, 'mjs'),
  'CommonJS with a source map': (name, text) => compiled(name, text, ts.ModuleKind.CommonJS),
  'an ES module with a source map': (name, text) => compiled(name, text, ts.ModuleKind.ESNext),
};

function plain(name: string, text: string, ending: string): Written {
  const program = join(folder, `${name}.${ending}`);
  writeFileSync(program, text.replace(/: (number|void)/g, ''));
  return { program, source: program };
}

function compiled(name: string, text: string, module: ts.ModuleKind): Written {
  const isModule = module === ts.ModuleKind.ESNext;
  const into = join(folder, isModule ? 'modules' : 'scripts');
  mkdirSync(into, { recursive: true });
  const source = join(into, `${name}.ts`);
  const program = join(into, `${name}.${isModule ? 'mjs' : 'cjs'}`);
  writeFileSync(source, text);
  const compilerOptions: ts.CompilerOptions = { sourceMap: true, module, target: ts.ScriptTarget.ES2022 };
  const { outputText, sourceMapText = '' } = ts.transpileModule(text, { fileName: `${name}.ts`, compilerOptions });
  // "use strict" is no statement to stop at.
  assert.match(outputText, /^("use strict";\n)?function /);
  writeFileSync(program, outputText.replace(`${name}.js.map`, `${name}.map`));
  writeFileSync(join(into, `${name}.map`), sourceMapText);
  return { program, source };
}

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    for (const [way, write] of Object.entries(ways)) {
      test(`${way}: breakpoints before the first call, and a debugger statement in the first function`, async () => {
        const { program, source } = write('halting', programs.halting);
        const breakpoints = { [source]: [{ at: lineOf(source, 'FIRST') }, { at: lineOf(source, 'PRINT') }] };
        await TestSession.run({ node, launch: { program }, breakpoints }, async (session) => {
          for (const [reason, marker] of [
            ['breakpoint', 'FIRST'],
            ['debugger statement', 'HALT'],
            ['breakpoint', 'PRINT'],
          ] as const) {
            await session.stopped(reason);
            const { source: file, line } = await session.top();
            assert.deepEqual([file?.path, line], [source, lineOf(source, marker)]);
            await session.continue();
          }
          assert.equal(await session.exitCode(), 0);
        });
      });

      test(`${way}: a first function that is called often is not stopped at`, async () => {
        const { program, source } = write('busy', programs.busy);
        const breakpoints = { [source]: [{ at: lineOf(source, 'PRINT') }] };
        await TestSession.run({ node, launch: { program }, breakpoints }, async (session) => {
          await session.stopped('breakpoint');
          assert.equal((await session.evaluate('sum')).result, '125000250001');
        });
      });

      test(`${way}: a variable that nothing uses any more has its value at a debugger statement`, async () => {
        const { program } = write('hot', programs.hot);
        await TestSession.run({ node, launch: { program } }, async (session) => {
          await session.stopped('debugger statement');
          assert.equal((await session.evaluate('kept')).result, '7');
        });
      });

      test(`${way}: the entry is the first statement, not that of the first function`, async () => {
        const { program, source } = write('busy', programs.busy);
        await TestSession.run({ node, launch: { program, stopOnEntry: true } }, async (session) => {
          await session.stopped('entry');
          const { source: file, line } = await session.top();
          assert.deepEqual([file?.path, line], [source, lineOf(source, 'FIRST')]);
          await session.continue();
          assert.equal(await session.exitCode(), 0);
        });
      });
    }
  });
}
