/** What containers hold, each value under the expression that reads it. Only data is looked at: no getter runs. */
import { memberPath } from '../protocol/memberPath.ts';
import type { Member, Reader } from './readers/reader.ts';
import { isObject, ownValue, platformMethod, util } from './safely.ts';

/** How many members of one container are looked at. */
const maxMembers = 4096;

/** Behind a map, what reads the value of a key; undefined for a key that can't be written down, which is not looked into. */
export function entryPath(key: unknown): string | undefined {
  if (typeof key === 'string') return `.get(${JSON.stringify(key)})`;
  if (typeof key === 'bigint') return `.get(${key}n)`;
  return isObject(key) || typeof key === 'symbol' ? undefined : `.get(${String(key)})`;
}

/** Of a map, by the platform's own method; none where the program has replaced it. */
export function entriesOf(map: object): Iterable<[key: unknown, value: unknown]> {
  return (platformMethod(map, 'entries')?.() ?? []) as Iterable<[unknown, unknown]>;
}

/** The values of a map, under the expression that reads each: by its key, or by its place where the key can't be written down. */
function* mapMembers(map: object): Generator<Member> {
  let index = 0;
  for (const [key, value] of entriesOf(map)) {
    if (index === maxMembers) return;
    const path = entryPath(key);
    if (isObject(value))
      yield path === undefined ? { before: '[...', path: `.values()][${index}]`, value } : { path, value };
    index++;
  }
}

function* setMembers(set: object): Generator<Member> {
  let index = 0;
  for (const value of (platformMethod(set, 'values')?.() ?? []) as Iterable<unknown>) {
    if (index === maxMembers) return;
    if (isObject(value)) yield { before: '[...', path: `][${index}]`, value };
    index++;
  }
}

/** The tensors of a model, or of another container that only a runtime understands; undefined for any other. */
export function runtimeMembers(readers: readonly Reader[], container: object): Member[] | undefined {
  return readers.map((reader) => reader.members?.(container)).find(Boolean);
}

/** The objects in an array, a map, a set, a plain object or an instance. */
export function* ownMembers(container: object): Generator<Member> {
  if (util.types.isMap(container)) {
    yield* mapMembers(container);
    return;
  }
  if (util.types.isSet(container)) {
    yield* setMembers(container);
    return;
  }
  if (Array.isArray(container)) {
    // By index: the keys of a long array would be a string each.
    for (let index = 0; index < Math.min(container.length, maxMembers); index++) {
      const value = ownValue(container, index);
      if (isObject(value)) yield { path: `[${index}]`, value };
    }
    return;
  }
  for (const key of Object.keys(container).slice(0, maxMembers)) {
    const value = ownValue(container, key);
    if (isObject(value)) yield { path: memberPath(key), value };
  }
}

/** From Node 22 on, a scope object throws for a variable whose declaration has not been reached. */
export function variableValue(scope: object, name: PropertyKey): unknown {
  try {
    return ownValue(scope, name);
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}
