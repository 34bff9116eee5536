/**
 * What JavaScript in the program can't see and the debugger can: what stands behind a proxy, and private fields. Readers
 * ask for it here; what is not known yet is noted, the call is answered with that list, the inspector looks the rest up
 * over the DevTools protocol (`inspector/reveal.ts`), hands it over and calls again. Known until the program runs on.
 */
import { isObject, util } from './safely.ts';

/** The private fields of an object, under their names with the `#`. */
export type PrivateFields = Readonly<Record<string, unknown>>;

/** So many objects are looked up for one call; a program with more shows the first of them. */
const limit = 20_000;

export class HiddenState {
  readonly #targets = new Map<object, unknown>();
  readonly #fields = new Map<object, PrivateFields>();
  #wanted = new Set<object>();

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

  /** The objects that the inspector has to look into. */
  take(): object[] {
    const wanted = [...this.#wanted];
    this.#wanted = new Set();
    return wanted;
  }

  /**
   * What was found: `objects` as `take` gave them, and for each the names of what follows in `values`: `[[Target]]`, or
   * private fields.
   */
  reveal(objects: readonly object[], names: readonly (readonly string[])[], values: readonly unknown[]): void {
    let next = 0;
    objects.forEach((object, index) => {
      const found: Record<string, unknown> = {};
      for (const name of names[index] ?? []) found[name] = values[next++];
      if (util.types.isProxy(object)) this.#targets.set(object, found['[[Target]]'] ?? null);
      else this.#fields.set(object, found);
    });
  }

  clear(): void {
    this.#targets.clear();
    this.#fields.clear();
    this.#wanted.clear();
  }

  #want(object: object): void {
    if (this.#wanted.size < limit) this.#wanted.add(object);
  }
}
