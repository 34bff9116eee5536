/**
 * What JavaScript in the program can't see and the debugger can: what stands behind a proxy, and private fields. Readers
 * ask for it here; what is not known yet is noted, the call is answered with that list, the inspector looks the rest up
 * over the DevTools protocol (`inspector/link/reveal.ts`), hands it over and calls again. Known until the program runs on.
 */
import { worksWithBuiltins } from './builtins.ts';
import { isObject, util } from './safely.ts';

/** The private fields of an object, under their names with the `#`. */
export type PrivateFields = Readonly<Record<string, unknown>>;

/** From how many objects of one class on the first stands for their fields. */
const manyAlike = 8;

/** So many objects are looked up for one call; a program with more shows the first of them. */
const limit = 20_000;

export class HiddenState {
  readonly #targets = new Map<object, unknown>();
  readonly #fields = new Map<object, PrivateFields>();
  #wanted = new Set<object>();
  /** By class, whose fields its first object has shown. */
  #alike: { first: object; others: object[] }[] = [];
  /** Of classes whose objects differ. */
  #unlike = new WeakSet<object>();
  /** Of those of one class, the one that is being looked into. */
  current: object | undefined;

  /** The object that a proxy stands for, through any number of them; null for a revoked one, undefined if not known yet. */
  target(proxy: object): object | null | undefined {
    let value: unknown = proxy;
    while (util.types.isProxy(value)) {
      const behind = this.#targets.get(value as object);
      if (behind === undefined) {
        this.#want(value as object);
        return undefined;
      }
      value = behind;
    }
    return isObject(value) ? value : null;
  }

  /** The private fields of an object; undefined if they are not known yet. */
  fields(object: object): PrivateFields | undefined {
    const known = this.#fields.get(object);
    if (!known) this.#want(object);
    return known;
  }

  get isWanting(): boolean {
    return this.#wanted.size > 0;
  }

  /**
   * The objects that the inspector has to look into.
   * @param byClass of many of one class the first only; `alike` has the others
   */
  take(byClass: boolean): object[] {
    const wanted = [...this.#wanted];
    this.#wanted = new Set();
    this.#alike = [];
    if (!byClass || wanted.length < manyAlike) return wanted;
    const classes = new Map<object, object[]>();
    const single: object[] = [];
    for (const object of wanted) {
      const prototype = util.types.isProxy(object) ? null : (Object.getPrototypeOf(object) as object | null);
      if (!prototype || this.#unlike.has(prototype)) single.push(object);
      else if (!classes.get(prototype)?.push(object)) classes.set(prototype, [object]);
    }
    for (const [first, ...others] of classes.values()) {
      single.push(first!);
      if (others.length + 1 < manyAlike) single.push(...others);
      else this.#alike.push({ first: first!, others });
    }
    return single;
  }

  /** The names of the fields of each class of which there are others, once its first object is known. */
  alike(): string {
    return JSON.stringify(this.#alike.map(({ first }) => Object.keys(this.#fields.get(first) ?? {})));
  }

  /** Turns to the next object of a class; false after the last. */
  next(index: number): boolean {
    this.current = this.#alike[index]!.others.pop();
    return this.current !== undefined;
  }

  /** Its fields, in the order of `alike`. */
  add(index: number, values: readonly unknown[]): void {
    const names = Object.keys(this.#fields.get(this.#alike[index]!.first) ?? {});
    this.#fields.set(this.current!, Object.fromEntries(names.map((name, position) => [name, values[position]])));
  }

  /** An object of the class has no such fields: from now on each is looked into by itself. */
  differ(index: number): void {
    this.#unlike.add(Object.getPrototypeOf(this.#alike[index]!.first) as object);
  }

  /**
   * What was found: `objects` as `take` gave them, and for each the names (in JSON) of what follows in `values`:
   * `[[Target]]`, or private fields.
   */
  reveal(json: string, count: number, looked: readonly unknown[]): void {
    const names = JSON.parse(json) as string[][];
    let next = count;
    (looked.slice(0, count) as object[]).forEach((object, index) => {
      const found: Record<string, unknown> = {};
      for (const name of names[index] ?? []) found[name] = looked[next++];
      if (util.types.isProxy(object)) this.#targets.set(object, found['[[Target]]'] ?? null);
      else this.#fields.set(object, found);
    });
  }

  clear(): void {
    this.#targets.clear();
    this.#fields.clear();
    this.#wanted.clear();
    this.#alike = [];
    this.current = undefined;
  }

  #want(object: object): void {
    if (this.#wanted.size < limit) this.#wanted.add(object);
  }
}

worksWithBuiltins(HiddenState.prototype);
