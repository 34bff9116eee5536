/**
 * The language's built-ins as the engine made them, for as long as the agent works. A program may have put functions of its own over
 * `Array.prototype.map`, `Map.prototype.get` or `Promise`: while it stands still these must not run, and what they answer could be
 * anything. So what it has replaced is put aside when the agent is entered, and is back before the program goes on. What a program
 * has locked stays as it is.
 *
 * Until that is done every method of an array or a map may be the program's: nothing here calls one but out of a realm that the program
 * has never seen.
 */
interface Builtin {
  holder: object;
  key: PropertyKey;
  /** As the engine made it. */
  own: PropertyDescriptor;
}

const { types } = process!.getBuiltinModule!('util');
const own = { realm: globalThis, *generator() {} };
const pristine = process!.getBuiltinModule!('vm').runInNewContext(
  '({ realm: globalThis, *generator() {} })',
  {},
) as typeof own;
const { realm } = pristine;
const { apply, construct, defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } =
  realm.Reflect;
const sourceText = realm.Function.prototype.toString;

const valueIn = (object: object, key: PropertyKey): unknown => getOwnPropertyDescriptor(object, key)?.value;

/** Bound functions and proxies have no name in their text. */
function isEngines(fn: unknown): fn is NewableFunction {
  if (typeof fn !== 'function' || types.isProxy(fn)) return false;
  const name = valueIn(fn, 'name');
  return typeof name === 'string' && apply(sourceText, fn, []) === `function ${name}() { [native code] }`;
}

/** What an engine's class makes iterators of. */
function iteratorsOf(global: object, name: 'Array' | 'Map' | 'Set' | 'String'): object | undefined {
  const made = valueIn(global, name);
  const iterate = isEngines(made) ? valueIn(made.prototype as object, realm.Symbol.iterator) : undefined;
  return isEngines(iterate) ? getPrototypeOf(apply(iterate, construct(realm[name], []), []) as object)! : undefined;
}

/** What has built-ins as its own, in the same order for every realm; undefined in place of what is the program's. */
function holdersOf({ realm: global, generator }: typeof own): (object | undefined)[] {
  const holders: (object | undefined)[] = [];
  const add = (...found: (object | undefined)[]) => {
    for (let index = 0; index < found.length; index++) holders[holders.length] = found[index];
  };
  add(global);
  const names = ownKeys(realm);
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    const value = name === 'console' || name === 'globalThis' ? undefined : valueIn(global, name!);
    if (isEngines(value)) add(value, valueIn(value, 'prototype') as object | undefined);
    else add(typeof value === 'object' && value !== null && !types.isProxy(value) ? value : undefined, undefined);
  }
  const bytes = valueIn(global, 'Uint8Array');
  const typedArray = isEngines(bytes) ? (getPrototypeOf(bytes) as NewableFunction) : undefined;
  add(typedArray, typedArray?.prototype as object | undefined);
  const generators = getPrototypeOf(generator.prototype as object)!;
  add(generators, getPrototypeOf(generators)!, iteratorsOf(global, 'Array'), iteratorsOf(global, 'String'));
  add(iteratorsOf(global, 'Map'), iteratorsOf(global, 'Set'));
  return holders;
}

function allBuiltins(): Builtin[] {
  const found: Builtin[] = [];
  const holders = holdersOf(own);
  const models = holdersOf(pristine);
  for (let at = 0; at < holders.length; at++) {
    const holder = holders[at];
    const model = models[at];
    if (!holder || !model) continue;
    const keys = ownKeys(model);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!;
      const made = getOwnPropertyDescriptor(model, key)!;
      if (typeof (made.value ?? made.get) !== 'function') continue;
      const present = getOwnPropertyDescriptor(holder, key);
      const isOwn = present && isEngines(present.value ?? present.get);
      found[found.length] = { holder, key, own: isOwn ? present : made };
    }
  }
  return found;
}

const builtins = allBuiltins();
/** Those that the program had replaced when it was last looked at. */
let replaced: Builtin[] = [];
let isInside = false;

/** Looks at what the program has replaced by now. */
export function lookAtBuiltins(): void {
  replaced = [];
  for (let index = 0; index < builtins.length; index++) {
    const builtin = builtins[index]!;
    const present = getOwnPropertyDescriptor(builtin.holder, builtin.key);
    if (present?.value !== builtin.own.value || present?.get !== builtin.own.get) replaced[replaced.length] = builtin;
  }
}

/** @returns what brings the program's own functions back */
function putAside(): () => void {
  const those = replaced;
  const theirs: (PropertyDescriptor | undefined)[] = [];
  for (let index = 0; index < those.length; index++) {
    const { holder, key, own } = those[index]!;
    theirs[index] = getOwnPropertyDescriptor(holder, key);
    defineProperty(holder, key, own);
  }
  isInside = true;
  return () => {
    isInside = false;
    // Backwards: some have been come across twice.
    for (let index = those.length - 1; index >= 0; index--) {
      const { holder, key } = those[index]!;
      const property = theirs[index];
      if (property) defineProperty(holder, key, property);
      else deleteProperty(holder, key);
    }
  };
}

/** Does some work of ours among the engine's own built-ins. */
export function withBuiltins<Result>(work: () => Result): Result {
  if (isInside || replaced.length === 0) return work();
  const back = putAside();
  try {
    return work();
  } finally {
    back();
  }
}

/** Makes every method of a class do so, but for those that are named. */
export function worksWithBuiltins(prototype: object, ...others: string[]): void {
  const keys = ownKeys(prototype);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    const property = getOwnPropertyDescriptor(prototype, key)!;
    const method: unknown = property.value;
    if (typeof method !== 'function' || key === 'constructor' || others.includes(key as string)) continue;
    property.value = function (this: unknown, ...args: unknown[]): unknown {
      return withBuiltins(() => apply(method as () => unknown, this, args) as unknown);
    };
    defineProperty(prototype, key, property);
  }
}

lookAtBuiltins();
/** The modules after this one are loaded with them; the last one calls it. */
export const loaded = putAside();
