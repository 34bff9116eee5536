/**
 * Modules that the program has loaded through CommonJS, which most runtimes are in Node whoever imports them: they stand
 * in the loader's cache under the paths of their files. What a bundler has swallowed, and ES modules, are not there.
 */
import { isInspectable, ownValue } from '../safely.ts';

/** What a module exports, by the path of its file; undefined where none of that name is loaded. */
export function loadedModule(file: RegExp): object | undefined {
  const loader = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('module');
  const cache = loader && ownValue(loader, '_cache');
  if (!isInspectable(cache)) return undefined;
  const path = Object.keys(cache).find((candidate) => file.test(candidate));
  const module = path === undefined ? undefined : ownValue(cache, path);
  const exported = isInspectable(module) ? ownValue(module, 'exports') : undefined;
  return isInspectable(exported) ? exported : undefined;
}

/** The value at the end of a path of own data properties. */
export function ownPath(object: object, ...keys: string[]): unknown {
  let value: unknown = object;
  for (const key of keys) {
    if (!isInspectable(value)) return undefined;
    value = ownValue(value, key);
  }
  return value;
}
