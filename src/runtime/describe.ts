/** How a debugger finds the runtime in a program: one hidden global that tells the mode without running anything. */
import { runtimeSymbol, type OwnRuntime, type RuntimeFacts } from '../protocol/ownRuntime.ts';
import { executingEagerly, executionMode } from './mode.ts';
import { core } from './tfjs.ts';

/**
 * The script that this runs from, so that a debugger tells our lines from the program's: a linked package is in no
 * `node_modules`. In a bundle of the program's own it would be the program's script, which has another name.
 */
function ownScript(): string | undefined {
  // Bundled as CommonJS, there is no URL.
  const { url = '' } = import.meta as Partial<ImportMeta>;
  return /\/dist\/runtime\.mjs(?:[?#]|$)/.test(url) ? url : undefined;
}

function describe(): RuntimeFacts {
  return {
    name: 'tensor-debugger',
    tfjsVersion: core.version_core,
    // Not getBackend(): that would start a backend.
    backend: core.engine().backendName || undefined,
    mode: executionMode(),
    executingEagerly: executingEagerly(),
  };
}

Object.defineProperty(globalThis, Symbol.for(runtimeSymbol), {
  value: Object.freeze({ describe, script: ownScript() } satisfies OwnRuntime),
  configurable: true,
});
