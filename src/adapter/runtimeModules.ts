/**
 * Runtimes that leave nothing in the program's globals by which the recorder could find them, or leave there what programs
 * look for to tell where they run (WebGPU's classes; waiting for these would show): their classes are shown to it
 * at the end of the module that defines them, by a breakpoint there whose condition does that and is never true. So
 * the program does not stop, and copies are counted from the first one on.
 *
 * The breakpoint has to be there before the module is loaded (events of the protocol can take 40 ms to get here), so the
 * module is looked for where the program would find it. A copy elsewhere, deep in another package, is noticed when a stop
 * shows the first of its tensors.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CdpSession } from '../cdp/cdpSession.ts';
import { recorderSymbol } from '../protocol/recorder.ts';

interface RuntimeModule {
  runtime: string;
  /** Below `node_modules`. */
  file: string;
  /** The class, by its name at the module's top level. */
  classIn: (text: string) => string | undefined;
}

// The bundler of jax-js has renamed the class, which would hide the language's own Array.
const modules: readonly RuntimeModule[] = [
  {
    runtime: 'jax-js',
    file: '@jax-js/jax/dist/index.js',
    classIn: (text) => /\bexport \{[^}]*?([\w$]+) as Array\b/.exec(text)?.[1],
  },
  {
    runtime: 'jax-js',
    file: '@jax-js/jax/dist/index.cjs',
    classIn: (text) => /\bexports\.Array = ([\w$]+);/.exec(text)?.[1],
  },
  { runtime: 'onnxruntime', file: 'onnxruntime-common/dist/cjs/tensor-impl.js', classIn: () => 'Tensor' },
  { runtime: 'onnxruntime', file: 'onnxruntime-common/dist/esm/tensor-impl.js', classIn: () => 'Tensor' },
  {
    runtime: 'webgpu',
    file: 'webgpu/index.js',
    classIn: (text) => (/\bglobals\b/.test(text) ? 'globals.GPUBuffer' : undefined),
  },
];

/** @param folders from which the program looks for its packages */
export async function showRuntimeClasses(main: CdpSession, folders: readonly string[]): Promise<void> {
  await Promise.all(modules.map((module) => showClass(main, folders, module)));
}

async function showClass(main: CdpSession, folders: readonly string[], module: RuntimeModule): Promise<void> {
  const { runtime, file, classIn } = module;
  const path = find(file, folders);
  const text = path === undefined ? '' : readFileSync(path, 'utf8');
  const name = classIn(text);
  if (path === undefined || name === undefined) return;
  const recorder = `globalThis[Symbol.for(${JSON.stringify(recorderSymbol)})]`;
  await main.send('Debugger.setBreakpointByUrl', {
    url: pathToFileURL(path).href,
    ...endOf(text),
    condition: `${recorder}?.watchClass(${JSON.stringify(runtime)}, ${name}.prototype), false`,
  });
}

function find(file: string, folders: readonly string[]): string | undefined {
  for (const start of folders) {
    for (let folder = start, parent = dirname(start); ; folder = parent, parent = dirname(folder)) {
      try {
        return realpathSync(join(folder, 'node_modules', file));
      } catch {
        // Not here; perhaps further up.
      }
      if (parent === folder) break;
    }
  }
  return undefined;
}

/** V8 puts the end of an ES module behind its text, and that of a function, which CommonJS makes of one, on its last character. */
function endOf(text: string): { lineNumber: number; columnNumber: number } {
  const lines = (/^\s*export\s/m.test(text) ? text : text.slice(0, -1)).split('\n');
  return { lineNumber: lines.length - 1, columnNumber: lines.at(-1)?.length ?? 0 };
}
