/**
 * Optional arguments, as Python takes them: the first ones at their places in TensorFlow's order, the others by name, in an
 * object behind them. `reduceSum(x, 0, true)`, `reduceSum(x, 0, { keepdims: true })` and
 * `reduceSum(x, { axis: 0, keepdims: true })` are one call.
 */
import { TensorTypeError } from './errors.ts';

/** The arguments behind the required ones. `Places` are the options that can be given without their names, in order. */
export type Given<Options, Places extends readonly (keyof Options)[] = []> =
  | [options?: Options | undefined]
  | (Places extends readonly [infer First extends keyof Options, ...infer Rest extends readonly (keyof Options)[]]
      ? [place: Options[First] | undefined, ...rest: Given<Options, Rest>]
      : never);

export interface NameOption {
  /** The node's name in graph mode. */
  name?: string;
}

export interface AxisOption extends NameOption {
  /** From 0 on, or from the last one back: -1. */
  axis?: number;
}

/** What most ops take behind their inputs. */
export type Named = Given<NameOption, ['name']>;

type Kind = readonly [what: string, test: (value: unknown) => boolean];

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) || ArrayBuffer.isView(value);
const flag: Kind = ['true or false', (value) => typeof value === 'boolean'];
const number: Kind = ['a number', (value) => typeof value === 'number'];
const integers: Kind = ['an integer or a list of integers', (value) => [value].flat().every(Number.isInteger)];

/** What options must be; the others are checked where they are used. */
const kinds: Partial<Record<string, Kind>> = {
  name: ['a string', (value) => typeof value === 'string'],
  dtype: ['the name of a dtype', (value) => typeof value === 'string'],
  shape: ['a list of counts', isList],
  axis: integers,
  perm: ['a list of axes', (value) => isList(value) && integers[1](value)],
  keepdims: flag,
  transposeA: flag,
  transposeB: flag,
  minval: number,
  maxval: number,
  mean: number,
  stddev: number,
  seed: number,
};

/**
 * The options of a call; null is left out, as Python's None.
 * @param places those that can be given without their names
 * @param others those that can't
 * @throws TensorTypeError for an option that the function doesn't have, one that is no such thing, and for surplus arguments
 */
export function optionsOf<Options extends object>(
  call: string,
  given: readonly unknown[],
  places: readonly (keyof Options & string)[],
  others: readonly (keyof Options & string)[] = [],
): Options {
  const args = given.slice(0, given.findLastIndex((value) => value !== undefined) + 1);
  const last = args.at(-1);
  const named = isRecord(last) ? last : {};
  const placed = isRecord(last) ? args.slice(0, -1) : args;
  const names: string[] = [...places, ...others];
  const all = `Its options are { ${names.join(', ')} }.`;
  if (placed.length > places.length) {
    throw new TensorTypeError(`${call} got an unexpected argument: ${shown(placed[places.length])}`, all);
  }
  const options: Record<string, unknown> = {};
  const pairs = [...placed.map((value, i) => [places[i] as string, value] as const), ...Object.entries(named)];
  for (const [name, value] of pairs) {
    if (!names.includes(name)) {
      const near = nearestOf(name, names);
      const help = near === undefined ? all : `Did you mean ${near}? ${all}`;
      throw new TensorTypeError(`${call} got an unexpected option: ${name}`, help);
    }
    if (name in options) throw new TensorTypeError(`${call} got ${name} twice: at its place and by its name.`);
    if (value === undefined || value === null) continue;
    const [what, test] = kinds[name] ?? [];
    if (test?.(value) === false) throw new TensorTypeError(`${call}: ${name} must be ${what}, got ${shown(value)}`);
    options[name] = value;
  }
  return options as Options;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** `keepdims` for `keepDims` and `keep_dims`, `feeds` for `feedDict`; undefined if none comes near. */
function nearestOf(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  const begins = (length: number) => (known: string) => plain(known).slice(0, length) === plain(name).slice(0, length);
  return names.find((known) => plain(known) === plain(name)) ?? names.find(begins(4)) ?? names.find(begins(3));
}

/** A value that was given, in an error's words. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (isRecord(value)) return `{ ${Object.keys(value).join(', ')} }`;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `a ${(value.constructor as { name?: string } | undefined)?.name ?? 'object'}`;
}

/**
 * A list of integers that a function needs: a shape, the numbers of rows.
 * @param least the smallest one allowed
 * @throws TensorTypeError for anything else
 */
export function integersOf(what: string, given: unknown, least = -Infinity): number[] {
  if (isList(given)) {
    const list = [...given];
    if (list.every((n): n is number => Number.isInteger(n) && (n as number) >= least)) return list;
  }
  const from = Number.isFinite(least) ? ` from ${least} on` : '';
  const help = Number.isInteger(given) ? `Put it into a list: [${String(given)}].` : undefined;
  throw new TensorTypeError(`${what} must be a list of integers${from}, got ${shown(given)}`, help);
}

/** A number is the length of the only axis, as in TensorFlow and NumPy: `zeros(2)`. */
export type ShapeInput = number | readonly number[];

/** The element counts of a shape. @throws TensorTypeError */
export const countsOf = (shape: unknown, least = 0): number[] =>
  integersOf('A shape', Number.isInteger(shape) ? [shape] : shape, least);
