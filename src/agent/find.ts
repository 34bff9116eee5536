/**
 * Finds tensors in the scopes of a stopped frame: variables, and the members of containers one level deep (arrays, plain
 * objects, maps, instances), where an array or a model directly inside an object counts with it: `model.weights[0]`.
 * It looks at what the variables hold and never walks the heap.
 */
import type { Member, Reader } from './readers/reader.ts';
import { byPrototype, isInspectable, isObject, isPlatformObject, ownValue, platformMethod, util } from './safely.ts';

/** How many members of one container are looked at. */
const maxMembers = 4096;
/** The names that Node's CommonJS wrapper adds to every module. */
const wrapperNames = new Set(['exports', 'require', 'module', '__filename', '__dirname', 'arguments']);

export interface FoundTensor {
  expression: string;
  value: object;
  reader: Reader;
}

export interface FindOptions {
  readers: readonly Reader[];
  limit: number;
  /** What a proxy stands for; undefined if that is not known (yet). */
  behind(proxy: object): object | null | undefined;
  onTensor(found: FoundTensor): void;
  onDevice(device: GPUDevice): void;
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Behind an object, what reads a property of it. */
export function memberPath(key: string): string {
  if (identifier.test(key)) return `.${key}`;
  return /^(0|[1-9]\d*)$/.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`;
}

/** Behind a map, what reads the value of a key; undefined for a key that can't be written down, which is not looked into. */
export function entryPath(key: unknown): string | undefined {
  if (typeof key === 'string') return `.get(${JSON.stringify(key)})`;
  // JSON has no NaN.
  return typeof key === 'number' ? `.get(${key})` : undefined;
}

/** Of a map, by the platform's own method; none where the program has replaced it. */
export function entriesOf(map: object): Iterable<[key: unknown, value: unknown]> {
  return (platformMethod(map, 'entries')?.() ?? []) as Iterable<[unknown, unknown]>;
}

/** The values of a map, under the expression that reads each; keys that can't be written down are left out. */
function* mapMembers(map: object): Generator<Member> {
  let looked = 0;
  for (const [key, value] of entriesOf(map)) {
    if (++looked > maxMembers) return;
    const path = isObject(value) ? entryPath(key) : undefined;
    if (isObject(value) && path !== undefined) yield { path, value };
  }
}

function* ownMembers(container: object): Generator<Member> {
  if (util.types.isMap(container)) {
    yield* mapMembers(container);
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

export class Finder {
  readonly #options: FindOptions;
  readonly #isDevice = byPrototype((object) => isPlatformObject(object, 'GPUDevice'));
  readonly #seenNames = new Set<string>();
  /** The variables of scopes, and the readers of those that are tensors: each is asked once. */
  readonly #variables = new Map<object, [PropertyKey, unknown][]>();
  readonly #met = new Map<object, Reader>();
  #count = 0;

  constructor(options: FindOptions) {
    this.#options = options;
  }

  get truncated(): boolean {
    return this.#count > this.#options.limit;
  }

  /**
   * Shows what is no tensor in a scope to the readers. Some tensors are known by the model that they are of only, and that may
   * come after them, or in an outer scope.
   */
  meet(scope: object): void {
    for (const [, value] of this.#variablesOf(scope)) {
      if (!isInspectable(value) || util.types.isModuleNamespaceObject(value)) continue;
      const reader = this.#readerOf(value);
      if (reader) this.#met.set(value, reader);
      else for (const each of this.#options.readers) each.members?.(value);
    }
  }

  /** Looks at the variables of a scope, in their order; names that an inner scope has already used are shadowed. */
  scope(scope: object): void {
    for (const [name, value] of this.#variablesOf(scope)) {
      if (this.truncated) return;
      if (typeof name !== 'string' || this.#seenNames.has(name) || wrapperNames.has(name)) continue;
      this.#seenNames.add(name);
      if (isObject(value)) this.variable(name, value);
    }
  }

  variable(expression: string, value: object): void {
    if (this.#tensor(expression, value, { isVariable: true }) || util.types.isProxy(value)) return;
    this.#members(expression, value, { depth: 0, listed: new Set() });
  }

  #variablesOf(scope: object): [PropertyKey, unknown][] {
    let variables = this.#variables.get(scope);
    if (!variables) {
      variables = Reflect.ownKeys(scope).map((name) => [name, variableValue(scope, name)]);
      this.#variables.set(scope, variables);
    }
    return variables;
  }

  #readerOf(value: object): Reader | undefined {
    return this.#options.readers.find((candidate) => candidate.claims(value));
  }

  /** @param isVariable plain arrays of numbers are tensors only where they are asked for, so never here */
  #tensor(expression: string, given: object, { isVariable = false } = {}): boolean {
    const value = util.types.isProxy(given) ? this.#options.behind(given) : given;
    if (!isObject(value)) return false;
    if (this.#isDevice(value)) {
      this.#options.onDevice(value as GPUDevice);
      return true;
    }
    const reader = this.#met.get(value) ?? this.#readerOf(value);
    if (!reader) return false;
    if (Array.isArray(value)) return isVariable;
    if (++this.#count <= this.#options.limit) this.#options.onTensor({ expression, value, reader });
    return true;
  }

  /** @param around.listed what has been listed of the containers around it, under other expressions */
  #members(expression: string, container: object, around: { depth: number; listed: Set<object> }) {
    const { depth, listed } = around;
    if (typeof container === 'function' || util.types.isModuleNamespaceObject(container)) return;
    const { readers } = this.#options;
    const special = readers.map((reader) => reader.members?.(container)).find(Boolean);
    for (const { path, value } of special ?? []) {
      if (this.truncated) return;
      if (!listed.has(value) && this.#tensor(expression + path, value)) listed.add(value);
    }
    for (const { path, value } of ownMembers(container)) {
      if (this.truncated) return;
      if (listed.has(value) || this.#tensor(expression + path, value) || util.types.isProxy(value)) continue;
      const isGroup = Array.isArray(value) || readers.some((reader) => reader.members?.(value));
      if (depth === 0 && isGroup && !Array.isArray(container))
        this.#members(expression + path, value, { depth: 1, listed });
    }
  }
}
