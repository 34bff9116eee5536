/**
 * Looking at the program's objects without running the program's code: no getter of its own, no proxy trap. Built-in
 * getters (typed arrays, WebGPU objects) are taken from their prototypes and called on the object.
 */
import { recorder } from './copies/found.ts';
import { watchedMethods } from './copies/watch.ts';

export const util = process!.getBuiltinModule!('util');

/** Also of a `vm` context, whose maps are no instances of the `Map` here. */
export function isMap(value: unknown): value is Map<unknown, unknown> {
  return util.types.isMap(value);
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Whether the object can be looked at: it is one, and no proxy that would see us. */
export function isInspectable(value: unknown): value is object {
  return isObject(value) && !util.types.isProxy(value);
}

/** The value of an own data property; undefined for accessors, absent properties and proxies. */
export function ownValue(object: object, key: PropertyKey): unknown {
  if (util.types.isProxy(object)) return undefined;
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

/** A name or another text of a runtime's; '' where the program has put anything else there. */
export function textOf(object: object, key: PropertyKey): string {
  const text = ownValue(object, key);
  return typeof text === 'string' ? text : '';
}

/** The same as `ownValue` for an object that is known to be no proxy: for lists of thousands, where asking each time is most of the work. */
export function plainValue(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

/** What an array holds, in one of our own: its methods and iterator may be the program's. Undefined for anything else. */
export function elementsOf(value: unknown): unknown[] | undefined {
  if (!isInspectable(value) || !Array.isArray(value)) return undefined;
  const elements: unknown[] = [];
  for (let index = 0; index < value.length; index++) elements.push(plainValue(value, index));
  return elements;
}

/** The objects in an array that is an own property; none where there is no such array. */
export function objectsIn(object: object, key: PropertyKey): object[] {
  return elementsOf(ownValue(object, key))?.filter(isInspectable) ?? [];
}

/** The value of a data property, own or inherited; undefined where an accessor or a proxy is met on the way. */
export function dataValue(object: object, key: PropertyKey): unknown {
  for (let holder: object | null = object; holder && !util.types.isProxy(holder);) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor) return descriptor.value;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return undefined;
}

/** The name of the class that made the object, by its prototype's constructor; '' where there is none to be seen. */
export function classNameOf(object: object): string {
  const prototype = util.types.isProxy(object) ? null : (Object.getPrototypeOf(object) as object | null);
  if (!prototype || util.types.isProxy(prototype)) return '';
  const constructor = dataValue(prototype, 'constructor');
  if (typeof constructor !== 'function') return '';
  const name = ownValue(constructor, 'name');
  return typeof name === 'string' ? name : '';
}

const nativeVerdicts = new WeakMap<object, boolean>();

/**
 * Whether the function is the engine's or a binding's own. Proxies and bound functions print as native code too, and what
 * they call may be the program's. Asked for the same few functions at every read, so remembered.
 */
export function isNative(fn: unknown): fn is (...args: unknown[]) => unknown {
  if (typeof fn !== 'function') return false;
  let verdict = nativeVerdicts.get(fn);
  if (verdict === undefined) {
    const name = util.types.isProxy(fn) ? undefined : ownValue(fn, 'name');
    verdict =
      typeof name === 'string' &&
      !name.startsWith('bound ') &&
      /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn));
    nativeVerdicts.set(fn, verdict);
  }
  return verdict;
}

/**
 * A property of a platform object (GPUBuffer, GPUDevice): what the native getter on its prototypes says, whatever the
 * program has put over it; a data property where there is no such getter.
 */
export function platformValue(object: object, key: string): unknown {
  let value: unknown;
  for (let holder: object | null = object; holder && !util.types.isProxy(holder);) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (isNative(descriptor?.get)) return descriptor.get.call(object);
    value ??= descriptor?.value;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return value;
}

/** What a property holds that our own recorder, or the agent, has made an accessor: it is not the program's doing. */
function watchedMethod(getter: unknown): unknown {
  return (recorder()?.watched.get(getter as object) ?? watchedMethods.get(getter as object))?.();
}

/** A method of a runtime, own or inherited, that is about to be called because somebody asked for it. */
export function runtimeMethod(
  object: object,
  key: string,
): ((this: object, ...args: unknown[]) => unknown) | undefined {
  for (let holder: object | null = object; holder && !util.types.isProxy(holder);) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    const method: unknown = descriptor?.get ? watchedMethod(descriptor.get) : descriptor?.value;
    if (typeof method === 'function') return method as (this: object, ...args: unknown[]) => unknown;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return undefined;
}

/**
 * A native method of a platform object, bound to it. Where the program has put its own function over it, the native one
 * further up is taken.
 * @returns undefined if every one in sight is the program's: calling it would run the program's code.
 */
export function platformMethod(object: object, key: string): ((...args: never[]) => unknown) | undefined {
  for (let holder: object | null = object; holder && !util.types.isProxy(holder);) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    const method: unknown = descriptor?.get ? watchedMethod(descriptor.get) : descriptor?.value;
    if (isNative(method)) return method.bind(object);
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return undefined;
}

/** A question to an object that its prototype alone answers, asked once for each prototype. For one call into the agent: then the program may change them. */
export function byPrototype<Answer>(ask: (object: object) => Answer): (object: object) => Answer {
  const answers = new Map<unknown, { answer: Answer }>();
  return (object) => {
    const prototype: unknown = Object.getPrototypeOf(object);
    let known = answers.get(prototype);
    if (!known) answers.set(prototype, (known = { answer: ask(object) }));
    return known.answer;
  };
}

/** Whether the object is of a native class of that name (Dawn's binding exports its classes under any name it likes). */
export function isPlatformObject(value: unknown, className: string): value is object {
  if (!isInspectable(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (!prototype || util.types.isProxy(prototype)) return false;
  const constructor = ownValue(prototype, 'constructor');
  return isNative(constructor) && ownValue(constructor, 'name') === className;
}

export type PromiseState = 'pending' | 'fulfilled' | 'rejected' | 'null';

/**
 * The state of a promise without waiting for it: `util.inspect` is the one synchronous way that Node offers.
 * `null`: fulfilled with null, which is how an error scope says that all went well.
 */
export function promiseState(promise: Promise<unknown>): PromiseState {
  const text = util.inspect(promise, { depth: 0, customInspect: false });
  if (text.includes('<pending>')) return 'pending';
  if (text.includes('<rejected>')) return 'rejected';
  // With async hooks on, Node 20 prints its own symbols behind the value.
  return /^[^{]*\{\s*null\s*[,}]/.test(text) ? 'null' : 'fulfilled';
}

/**
 * A promise whose rejection must not reach the program: one of ours, which a lost device may reject after the resume, or one that
 * nobody has asked for. By `await`, which calls neither `then` nor `catch`: the program may have replaced both.
 */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  void (async () => {
    try {
      await promise;
    } catch {
      // Whoever looks at its state sees that it was rejected.
    }
  })();
  return promise;
}
