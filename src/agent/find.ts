/**
 * Finds tensors in the scopes of a stopped frame: variables, and the members of containers one level deep (arrays, plain
 * objects, maps, sets, instances), where an array or a model directly inside an object counts with it: `model.weights[0]`.
 * What lies deeper is not listed; the containers that hold it are told of. It never walks the heap.
 */
import { ownMembers, runtimeMembers, variableValue } from './members.ts';
import { Nested } from './nested.ts';
import type { Member, Reader } from './readers/reader.ts';
import { byPrototype, isInspectable, isObject, isPlatformObject, util } from './safely.ts';

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
  /** Of a container further down in which there are more tensors: none of them has been listed. */
  onContainer?(expression: string): void;
  onDevice(device: GPUDevice): void;
}

/** What the members of a container are looked at as. */
interface Parent {
  depth: number;
  isOfModel: boolean;
  /** The tensors that have been listed of the containers around, under other expressions. */
  listed: Set<object>;
}

export class Finder {
  readonly #options: FindOptions;
  readonly #isDevice = byPrototype((object) => isPlatformObject(object, 'GPUDevice'));
  readonly #seenNames = new Set<string>();
  /** The variables of scopes, and the readers of those that are tensors: each is asked once. */
  readonly #variables = new Map<object, [PropertyKey, unknown][]>();
  readonly #met = new Map<object, Reader>();
  readonly #listed = new Set<object>();
  readonly #nested: Nested;
  #count = 0;

  constructor(options: FindOptions) {
    this.#options = options;
    this.#nested = new Nested(options.readers, this.#listed);
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
    this.#nested.next();
    this.#members(expression, value, { depth: 0, isOfModel: false, listed: new Set() });
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
    this.#listed.add(value);
    if (++this.#count <= this.#options.limit) this.#options.onTensor({ expression, value, reader });
    return true;
  }

  #members(expression: string, container: object, parent: Parent) {
    if (typeof container === 'function' || util.types.isModuleNamespaceObject(container)) return;
    const { readers, onContainer } = this.#options;
    const { listed } = parent;
    const special = runtimeMembers(readers, container);
    const under = ({ before = '', path }: Member) => before + expression + path;
    for (const member of special ?? []) {
      if (this.truncated) return;
      const { value } = member;
      if (!listed.has(value) && this.#tensor(under(member), value)) listed.add(value);
    }
    // Parts of a model hold its weights once more, and what is the runtime's business.
    const isOfModel = parent.isOfModel || special !== undefined;
    const nested = isOfModel || !onContainer ? null : this.#nested.in(container);
    for (const member of ownMembers(container)) {
      if (this.truncated) return;
      const { value } = member;
      if (listed.has(value) || this.#tensor(under(member), value) || util.types.isProxy(value)) continue;
      const isGroup = Array.isArray(value) || runtimeMembers(readers, value) !== undefined;
      if (parent.depth === 0 && isGroup && !Array.isArray(container))
        this.#members(under(member), value, { depth: 1, isOfModel, listed });
      else if (nested?.hasTensors(value)) onContainer?.(under(member));
    }
  }
}
