/**
 * Runtimes that leave nothing in the program's globals by which the recorder could find them, or leave there what programs
 * look for to tell where they run (WebGPU's classes; waiting for these would show): their classes are shown to it
 * at the end of the module that defines them, by a breakpoint there whose condition does that and is never true. So
 * the program does not stop, and copies are counted from the first one on.
 *
 * The breakpoint has to be there before the module is loaded (events of the protocol can take 40 ms to get here), so the
 * module is looked for where the program would find it, and where the packages that bring one of their own would. A copy
 * elsewhere is noticed when a stop shows the first of its tensors. For one that is bundled with the program see
 * `bundledClasses.ts`.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { recorderExpression } from '../../inspector/watch/copies.ts';

interface RuntimeModule {
  runtime: string;
  /** Below `node_modules`. */
  file: string;
  /** The class, by its name at the module's top level. */
  classIn: (text: string) => string | undefined;
}

const exportedTensor = (text: string) => /\bexport ?\{[^}]*?([\w$]+) as Tensor\b/.exec(text)?.[1];

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
  // What Node takes of its parts; the whole package takes the class from onnxruntime-common.
  ...['all', 'wasm', 'webgpu', 'jspi'].map((part) => ({
    runtime: 'onnxruntime',
    file: `onnxruntime-web/dist/ort.${part}.bundle.min.mjs`,
    classIn: exportedTensor,
  })),
  {
    runtime: 'webgpu',
    file: 'webgpu/index.js',
    classIn: (text) => (/\bglobals\b/.test(text) ? 'globals.GPUBuffer' : undefined),
  },
];

/** Packages that may have these in a `node_modules` of their own; the outer one first. */
const dependents = ['@huggingface/transformers', 'onnxruntime-web', 'onnxruntime-node'];

/** @param folders from which the program looks for its packages */
export async function showRuntimeClasses(main: CdpSession, folders: readonly string[]): Promise<void> {
  const from = new Set(folders);
  for (const name of dependents) for (const folder of find(name, from)) from.add(folder);
  await Promise.all(
    modules.flatMap((module) => [...find(module.file, from)].map((path) => showClass(main, path, module))),
  );
}

async function showClass(main: CdpSession, path: string, { runtime, classIn }: RuntimeModule): Promise<void> {
  const text = readFileSync(path, 'utf8');
  const name = classIn(text);
  if (name === undefined) return;
  await main.send('Debugger.setBreakpointByUrl', {
    url: pathToFileURL(path).href,
    ...endOf(text),
    condition: `${recorderExpression}?.watchClass(${JSON.stringify(runtime)}, ${name}.prototype), false`,
  });
}

/** What each folder finds below the nearest `node_modules` that has it, as Node does. */
function find(file: string, folders: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const start of folders) {
    for (let folder = start, parent = dirname(start); ; folder = parent, parent = dirname(folder)) {
      try {
        found.add(realpathSync(join(folder, 'node_modules', file)));
        break;
      } catch {
        // Not here; perhaps further up.
      }
      if (parent === folder) break;
    }
  }
  return found;
}

/** V8 puts the end of an ES module behind its text, and that of a function, which CommonJS makes of one, on its last character. */
function endOf(text: string): { lineNumber: number; columnNumber: number } {
  const lines = (/^\s*export\s|\bexport\{/m.test(text) ? text : text.slice(0, -1)).split('\n');
  return { lineNumber: lines.length - 1, columnNumber: lines.at(-1)?.length ?? 0 };
}
