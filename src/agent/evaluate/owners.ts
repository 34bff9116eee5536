/** Models and sessions in sight of the stopped functions: nodes and outputs do not know what they belong to. */
import type { Reader } from '../readers/reader.ts';
import { classNameOf, isInspectable, ownValue, util } from '../safely.ts';
import type { Described, Source } from '../source.ts';

/** How many objects are looked at. */
const maxObjects = 20_000;
/** A variable, what it holds, and what that holds: `this.models.encoder`. */
const maxDepth = 2;

/** The objects in scopes, and in the objects there, that `isOwner` recognises. Only data properties are looked at. */
export function findOwners(scopes: readonly object[], isOwner: (value: object) => boolean): Set<object> {
  const owners = new Set<object>();
  const seen = new Set<object>();
  let level: object[] = [...scopes];
  for (let depth = 0; depth <= maxDepth + 1 && level.length > 0; depth++) {
    const next: object[] = [];
    for (const object of level) {
      if (seen.has(object) || seen.size > maxObjects) continue;
      seen.add(object);
      if (isOwner(object)) owners.add(object);
      else if (!ArrayBuffer.isView(object) && !util.types.isModuleNamespaceObject(object)) next.push(...held(object));
    }
    level = next;
  }
  return owners;
}

function held(container: object): object[] {
  const values = util.types.isMap(container)
    ? [...Map.prototype.values.call(container)]
    : Reflect.ownKeys(container)
        .slice(0, 1000)
        .map((key) => variable(container, key));
  return values.filter(isInspectable);
}

/** From Node 22 on, a scope object throws for a variable whose declaration has not been reached. */
function variable(scope: object, key: PropertyKey): unknown {
  try {
    return ownValue(scope, key);
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

const reason = 'It has no value before its graph is run.';
const help = 'Evaluate it with feeds for its inputs.';

/** What can be evaluated and is no tensor to any reader: a model as a whole, which stands for its only output. */
export const graphReader: Reader = {
  claims: () => false,

  describe(value): Described {
    return {
      runtime: 'unknown',
      kind: 'symbolic',
      className: classNameOf(value) || 'Object',
      dtype: 'unknown',
      shape: [],
      byteLength: 0,
      device: { type: 'unknown' },
      location: 'host',
      state: 'uninitialised',
      access: { how: 'none', reason, help },
      warnings: [],
    };
  },

  source: (): Source => ({ how: 'none', code: 'not-readable', reason, help }),
};
