/**
 * "Inside of this call, X is the default", also across `await`: what Python does with a `with` block and a thread-local
 * stack. Node's AsyncLocalStorage keeps concurrent asynchronous calls apart; where there is none (browsers), the scope
 * lasts until the promise settles, and calls that overlap see the innermost one.
 */
interface AsyncStorage<T> {
  getStore(): T | undefined;
  run<R>(store: T, fn: () => R): R;
}
interface NodeProcess {
  getBuiltinModule?(name: string): { AsyncLocalStorage: new <T>() => AsyncStorage<T> } | undefined;
}

function asyncStorage<T>(): AsyncStorage<T> | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  const hooks = process?.getBuiltinModule?.('node:async_hooks');
  return hooks && new hooks.AsyncLocalStorage<T>();
}

/** The fallback: one stack for everybody. */
class PlainStorage<T> implements AsyncStorage<T> {
  readonly #entries: { store: T }[] = [];

  getStore(): T | undefined {
    return this.#entries.at(-1)?.store;
  }

  run<R>(store: T, fn: () => R): R {
    const entry = { store };
    this.#entries.push(entry);
    const leave = (): void => {
      const at = this.#entries.indexOf(entry);
      if (at >= 0) this.#entries.splice(at, 1);
    };
    let result: R;
    try {
      result = fn();
    } catch (error) {
      leave();
      throw error;
    }
    if (result instanceof Promise) return result.finally(leave) as R;
    leave();
    return result;
  }
}

export class ScopedStack<T> {
  // Made on first use: AsyncLocalStorage makes every promise of the program a little dearer.
  #storage: AsyncStorage<T> | undefined;

  /** The innermost value, or undefined outside of every scope. */
  get current(): T | undefined {
    return this.#storage?.getStore();
  }

  /** Calls `fn` with `value` as the innermost one, until it returns or its promise settles. */
  run<R>(value: T, fn: () => R): R {
    this.#storage ??= asyncStorage<T>() ?? new PlainStorage<T>();
    return this.#storage.run(value, fn);
  }
}
