/** What `tensor-debugger/runtime` says of itself, under a hidden global that `src/runtime/describe.ts` makes. */
import { runtimeSymbol, type OwnRuntime } from '../protocol/ownRuntime.ts';
import type { RuntimeDescription } from '../protocol/tensor.ts';
import { programGlobal } from './globals.ts';
import { isInspectable, ownValue } from './safely.ts';

/** A property of what the runtime has left, if it is there. */
function ownProperty(key: keyof OwnRuntime): unknown {
  const found = programGlobal(Symbol.for(runtimeSymbol));
  return isInspectable(found) ? ownValue(found, key) : undefined;
}

/** Its mode: by a method of ours that looks at what was noted, and runs nothing. */
export function ownRuntime(): RuntimeDescription[] {
  const describe = ownProperty('describe');
  if (typeof describe !== 'function') return [];
  const { backend, mode } = (describe as OwnRuntime['describe'])();
  return [{ name: 'tensor-debugger', ...(backend !== undefined && { backend }), mode }];
}

/** The script that it runs from, wherever a linked package lies; undefined where it is a part of the program's own bundle. */
export function ownRuntimeScript(): string | undefined {
  const script = ownProperty('script');
  return typeof script === 'string' ? script : undefined;
}
