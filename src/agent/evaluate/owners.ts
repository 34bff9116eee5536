/** Models and sessions in sight of the stopped functions: nodes and outputs do not know what they belong to. */
import { evaluateHelp } from '../../tensor/evaluateHelp.ts';
import { memberPath } from '../../protocol/memberPath.ts';
import { entriesOf, entryPath, variableValue } from '../members.ts';
import { undescribed, type Reader } from '../readers/reader.ts';
import { isInspectable, util } from '../safely.ts';
import type { Described, Source } from '../source.ts';

/** How many objects are looked at. */
const maxObjects = 20_000;
/** A variable, what it holds, and what that holds: `this.models.encoder`. */
const maxDepth = 2;

interface Place {
  object: object;
  /** The expression that reads it; null for a scope, undefined where none could be written. */
  path: string | null | undefined;
}

/**
 * The objects in scopes, and in the objects there, that `isOwner` recognises, each with the expression that reads it;
 * undefined where none can be written. Only data properties are looked at.
 */
export function findOwners(
  { scopes, receivers }: { scopes: readonly object[]; receivers: Iterable<object> },
  isOwner: (value: object) => boolean,
): Map<object, string | undefined> {
  const owners = new Map<object, string | undefined>();
  const seen = new Set<object>();
  let level: Place[] = scopes.map((object) => ({ object, path: null }));
  // Each is `this` in its own frame only.
  for (const object of receivers) level.push({ object, path: undefined });
  for (let depth = 0; depth <= maxDepth + 1 && level.length > 0; depth++) {
    const next: Place[] = [];
    for (const { object, path } of level) {
      if (seen.has(object) || seen.size > maxObjects) continue;
      seen.add(object);
      if (isOwner(object)) owners.set(object, path ?? undefined);
      else if (!ArrayBuffer.isView(object) && !util.types.isModuleNamespaceObject(object))
        next.push(...held(object, path));
    }
    level = next;
  }
  return owners;
}

function held(container: object, path: Place['path']): Place[] {
  const values: [path: Place['path'], value: unknown][] = util.types.isMap(container)
    ? [...entriesOf(container)].map(([key, value]) => [behind(path, entryPath(key)), value])
    : Reflect.ownKeys(container)
        .slice(0, 1000)
        .map((key) => [memberOf(path, key), variableValue(container, key)]);
  return values.flatMap(([at, object]) => (isInspectable(object) ? [{ object, path: at }] : []));
}

function memberOf(container: Place['path'], key: PropertyKey): string | undefined {
  if (typeof key !== 'string') return undefined;
  return container === null ? key : behind(container, memberPath(key));
}

function behind(container: Place['path'], path: string | undefined): string | undefined {
  return typeof container === 'string' && path !== undefined ? container + path : undefined;
}

const reason = 'It has no value before its graph is run.';
const advice = evaluateHelp();

/** What can be evaluated and is no tensor to any reader: a model as a whole, which stands for its only output. */
export const graphReader: Reader = {
  claims: () => false,

  describe(value): Described {
    return undescribed(value, 'symbolic', { how: 'none', reason, ...advice });
  },

  source: (): Source => ({ how: 'none', code: 'not-readable', reason, ...advice }),
};
