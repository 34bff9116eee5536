/** Variables that functions of a runtime close over. JavaScript can't see them; the inspector looks them up on request. */
export class Closures {
  readonly #values = new Map<object, readonly unknown[]>();
  readonly #wanted = new Map<object, RegExp>();

  /** Undefined if they have not been looked up; then they are noted. */
  variables(fn: object, name: RegExp): unknown[] | undefined {
    const known = this.#values.get(fn);
    if (!known) this.#wanted.set(fn, name);
    return known && [...known];
  }

  /** What has been noted: functions, each followed by the source of a pattern of names (case is ignored). */
  take(): unknown[] {
    const wanted = [...this.#wanted].flatMap(([fn, name]) => [fn, name.source]);
    this.#wanted.clear();
    return wanted;
  }

  add(fn: object, values: readonly unknown[]): void {
    this.#values.set(fn, values);
  }

  clear(): void {
    this.#values.clear();
    this.#wanted.clear();
  }
}
