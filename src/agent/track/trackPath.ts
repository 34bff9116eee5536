/** Walks a tracked path along data properties: nothing of the program runs, at no pass. */
import { TensorError } from '../../protocol/errors.ts';
import type { TrackPath } from '../../protocol/trackCondition.ts';
import { isInspectable, isNative, isObject } from '../safely.ts';

/** @throws TensorError `side-effect` at a getter or a proxy, `not-available` where the path ends too early */
export function walk(path: TrackPath, roots: Record<string, unknown>): unknown {
  let value = roots[path.root];
  let walked = path.root;
  for (const step of path.steps) {
    const key = typeof step === 'object' ? walk(step, roots) : step;
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new TensorError({
        code: 'not-available',
        message: `The index after "${walked}" is no number and no name.`,
      });
    }
    const next = typeof key === 'number' || /^\d+$/.test(key) ? `${walked}[${key}]` : `${walked}.${key}`;
    value = member(value, key, walked, next);
    walked = next;
  }
  return value;
}

function member(value: unknown, key: PropertyKey, walked: string, next: string): unknown {
  if (!isObject(value)) {
    throw new TensorError({
      code: 'not-available',
      message: `"${next}" has no value: "${walked}" is ${value === undefined ? 'undefined' : value === null ? 'null' : `a ${typeof value}`}.`,
    });
  }
  for (let holder: unknown = value; isObject(holder); holder = Object.getPrototypeOf(holder)) {
    if (!isInspectable(holder)) throw runsCode(next, 'belongs to a proxy');
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (!descriptor) continue;
    if (!descriptor.get && !descriptor.set) return descriptor.value;
    // Those of the platform itself, such as the length of a typed array.
    if (isNative(descriptor.get)) return descriptor.get.call(value);
    throw runsCode(next, 'is a getter');
  }
  throw new TensorError({ code: 'not-available', message: `"${walked}" has no property "${String(key)}".` });
}

function runsCode(name: string, what: string): TensorError {
  return new TensorError({
    code: 'side-effect',
    message: `"${name}" ${what}: reading it at every pass would run the program's own code.`,
    help: 'Put it into a variable in the program, and track that.',
  });
}
