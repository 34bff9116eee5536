/** What `tensor-debugger/runtime` says of itself, under a hidden global that `src/runtime/describe.ts` makes. */
import type { RuntimeDescription } from '../protocol/tensor.ts';
import { programGlobal } from './globals.ts';
import { isInspectable, ownValue } from './safely.ts';

const runtimeSymbol = Symbol.for('tensor-debugger.runtime.v1');

/** Its mode: by a method of ours that looks at what was noted, and runs nothing. */
export function ownRuntime(): RuntimeDescription[] {
  const found = programGlobal(runtimeSymbol);
  const describe = isInspectable(found) ? ownValue(found, 'describe') : undefined;
  if (typeof describe !== 'function') return [];
  const { backend, mode } = (describe as () => Pick<RuntimeDescription, 'backend' | 'mode'>)();
  return [{ name: 'tensor-debugger', ...(backend !== undefined && { backend }), mode }];
}

/** The script that it runs from, wherever a linked package lies; undefined where it is a part of the program's own bundle. */
export function ownRuntimeScript(): string | undefined {
  const found = programGlobal(runtimeSymbol);
  const script = isInspectable(found) ? ownValue(found, 'script') : undefined;
  return typeof script === 'string' ? script : undefined;
}
