/**
 * Notices calls of a runtime's method without being in its way. The method stays what it is: the same function object, called
 * by the program itself. Only the property that holds it becomes an accessor that takes note and hands the method out.
 * So no frame of ours is ever on the stack while the runtime or the program works, nothing shows in a stack trace, and
 * name, length, source text and identity of the method are its own.
 *
 * Why not a breakpoint whose condition records and is never true: that leaves even the property alone, but V8 takes
 * about 130 microseconds for a condition and compiles the method anew; this takes a few. Why not a wrapper: its frame would
 * be in every trace of an error that the method throws.
 */

/**
 * Answers what is handed out: the method, or another in its place. It must not throw.
 * @param getter the function of ours under which the program's stack begins
 */
export type OnAccess = (receiver: object, method: unknown, getter: unknown) => unknown;

/** The methods behind the accessors that stand in for them. */
export const watchedMethods = new WeakMap<object, () => unknown>();

/** @returns false where the property can't be watched: absent, an accessor already, or locked */
export function watch(prototype: object, key: string, onAccess: OnAccess): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
  if (!descriptor?.configurable || !descriptor.writable || typeof descriptor.value !== 'function') return false;
  let method: unknown = descriptor.value;
  function handOut(this: object): unknown {
    return this === prototype ? method : onAccess(this, method, handOut);
  }
  watchedMethods.set(handOut, () => method);
  Object.defineProperty(prototype, key, {
    get: handOut,
    /** What an assignment to a plain property does: the prototype's own changes, an instance gets one of its own. */
    set(this: object, value: unknown) {
      if (this === prototype) method = value;
      else Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: descriptor.enumerable ?? false,
    configurable: true,
  });
  return true;
}

/**
 * Calls back once when the program first assigns a global of this name, which until then is absent for everything but `in`
 * and the like; afterwards it is the plain property that the assignment would have made.
 */
export function whenAssigned(name: string, callback: () => void): void {
  const present = Object.getOwnPropertyDescriptor(globalThis, name);
  if (present) {
    if (present.value !== undefined) callback();
    return;
  }
  Object.defineProperty(globalThis, name, {
    get: () => undefined,
    set: (value: unknown) => {
      // Anew, so that it comes in the order in which the program has made its globals.
      Reflect.deleteProperty(globalThis, name);
      Object.defineProperty(globalThis, name, { value, writable: true, enumerable: true, configurable: true });
      callback();
    },
    enumerable: false,
    configurable: true,
  });
}
