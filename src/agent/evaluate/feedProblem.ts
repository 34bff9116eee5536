/** Why a nested array is no tensor and can't feed a graph: where it stops being one. */
import { classNameOf, isInspectable, isObject, ownValue, util } from '../safely.ts';

/** With the place of each array that was looked into, by which one that contains itself is known. */
type Path = readonly { array: object; index: number }[];

function placeOf(path: Path): string {
  return path.length === 0 ? 'the array' : `[${path.map(({ index }) => index).join(', ')}]`;
}

function itemText(item: unknown): string {
  if (item === null || item === undefined) return String(item);
  if (isObject(item) && util.types.isProxy(item)) return 'a proxy';
  if (isObject(item))
    return typeof item === 'function' ? 'a function' : `an object of class ${classNameOf(item) || 'Object'}`;
  return typeof item === 'string' ? 'a string' : `a ${typeof item}`;
}

function problemAt(item: unknown, path: Path, shape: readonly (number | undefined)[]): string | undefined {
  if (!isInspectable(item) || !Array.isArray(item)) {
    if (shape.length > path.length) return `${placeOf(path)} holds ${itemText(item)} where others hold an array`;
    const isLeaf = typeof item === 'number' || typeof item === 'boolean' || typeof item === 'bigint';
    return isLeaf ? undefined : `${placeOf(path)} is ${itemText(item)}`;
  }
  const outer = path.findIndex(({ array }) => array === item);
  if (outer >= 0)
    return `it contains itself: ${placeOf(path)} is ${outer === 0 ? 'the array' : placeOf(path.slice(0, outer))} again`;
  const expected = shape[path.length];
  if (shape.length === path.length) return `${placeOf(path)} holds an array where others hold a number`;
  if (item.length !== expected) return `${placeOf(path)} has ${item.length} items where others have ${expected}`;
  for (let index = 0; index < item.length; index++) {
    const found = problemAt(ownValue(item, index), [...path, { array: item, index }], shape);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The counts of items along the first element of each axis, up to where the array comes back to itself. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  const seen = new Set<unknown>();
  for (
    let level = value;
    isInspectable(level) && Array.isArray(level) && !seen.has(level);
    level = ownValue(level, 0)
  ) {
    seen.add(level);
    shape.push(level.length);
  }
  return shape;
}

/** As a sentence goes on after a colon; undefined for what is no array, or where nothing was found. */
export function feedProblem(array: unknown): string | undefined {
  return Array.isArray(array) ? problemAt(array, [], shapeOf(array)) : undefined;
}
