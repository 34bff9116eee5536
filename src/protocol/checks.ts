/**
 * What arguments from outside must be, as declarations: each check is a value, and tables of them say all of an interface. What
 * is not declared is let through, since clients of later protocols send more.
 */
import { TensorError } from './errors.ts';

/** What is wrong with a value, and where: `shape[1]`; empty for the value itself. */
interface Fault {
  path: string;
  wanted: string;
  /** Undefined where it is missing. */
  given: unknown;
}

interface Check<T> {
  /** In words that complete "it must be". */
  readonly wanted: string;
  fault(value: unknown, path: string): Fault | undefined;
  /** Never there: for the compiler, so that a table of checks follows the types of its arguments. */
  readonly type?: T;
}
export interface Mandatory<T> extends Check<T> {
  readonly isOptional: false;
}
export interface Optional<T> extends Check<T> {
  readonly isOptional: true;
}

/** One check per property, optional where the property is. */
export type Fields<T> = {
  [Name in keyof T]-?: Record<never, never> extends Pick<T, Name> ? Optional<T[Name]> : Mandatory<T[Name]>;
};

/** May be absent. */
export function optional<T>(check: Mandatory<T>): Optional<T> {
  const fault = (value: unknown, path: string) => (value === undefined ? undefined : check.fault(value, path));
  return { ...check, isOptional: true, fault };
}

export const text = plain<string>('a text', (value) => typeof value === 'string');
export const words = plain<string>('a text that is not empty', (value) => typeof value === 'string' && !!value.trim());
export const truth = plain<boolean>('true or false', (value) => typeof value === 'boolean');
export const integer = plain<number>('a whole number', Number.isSafeInteger);
export const index = plain<number>(
  'a whole number from 0 on',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);
export const amount = plain<number>('a number from 0 on', (value) => typeof value === 'number' && value >= 0);

export function indexUpTo(last: number): Mandatory<number> {
  return plain(`a whole number from 0 to ${last}`, (value) => !index.fault(value, '') && Number(value) <= last);
}

export function oneOf<const Choice>(...choices: readonly Choice[]): Mandatory<Choice> {
  const wanted = choices.map((choice) => JSON.stringify(choice)).join(' or ');
  return plain(wanted, (value) => choices.includes(value as Choice));
}

export function list<T>(item: Mandatory<T>): Mandatory<T[]> {
  const wanted = 'a list';
  return required(wanted, (value, path) =>
    Array.isArray(value)
      ? first(value.map((element, at) => () => item.fault(element, `${path}[${at}]`)))
      : { path, wanted, given: value },
  );
}

export function object<T extends object>(fields: Fields<T>, wanted = 'an object'): Mandatory<T> {
  const checks = Object.entries<Check<unknown> & { isOptional: boolean }>(fields);
  return required(wanted, (value, path) => {
    if (!isObject(value)) return { path, wanted, given: value };
    const within = (name: string) => (path === '' ? name : `${path}.${name}`);
    return first(
      checks.map(
        ([name, check]) =>
          () =>
            check.fault(value[name], within(name)),
      ),
    );
  });
}

/** As `object`, with no other properties: what is misspelt must not be passed over. */
export function exactly<T extends object>(fields: Fields<T>): Mandatory<T> {
  const declared = object<T>(fields);
  const names = Object.keys(fields);
  return required(declared.wanted, (value, path) => {
    const other = isObject(value) && Object.keys(value).find((name) => !names.includes(name));
    if (typeof other !== 'string') return declared.fault(value, path);
    return { path, wanted: `an object of ${names.join(', ')}`, given: value };
  });
}

/** One of several objects, told apart by the property that only it has. */
export function either<T>(wanted: string, alternatives: { [name: string]: Mandatory<T> }): Mandatory<T> {
  return required(wanted, (value, path) => {
    const name = Object.keys(alternatives).find((candidate) => isObject(value) && candidate in value);
    return name === undefined ? { path, wanted, given: value } : alternatives[name]?.fault(value, path);
  });
}

/** A further condition on a property of what is right otherwise. */
export function where<T>(
  check: Mandatory<T>,
  property: string,
  holds: (value: T) => boolean,
  wanted: string,
): Mandatory<T> {
  return required(
    check.wanted,
    (value, path) =>
      check.fault(value, path) ?? (holds(value as T) ? undefined : { path: property, wanted, given: undefined }),
  );
}

/**
 * @returns the arguments without what is null: so clients leave something out whose language has no undefined
 * @throws TensorError `invalid-argument` that says which argument of which request is wrong, what was given and what is wanted
 */
export function checkedArguments(request: string, check: Check<unknown>, value: unknown): unknown {
  const args = withoutNulls(value);
  const fault = check.fault(args, '');
  if (!fault) return args;
  const { path, wanted, given } = fault;
  const subject = path === '' ? `The argument of ${request}` : `"${path}" of ${request}`;
  const message =
    given === undefined
      ? `${request} needs "${path}": ${wanted}.`
      : `${subject} must be ${wanted}, not ${shown(given)}.`;
  throw new TensorError({ code: 'invalid-argument', message });
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutNulls(item)]));
}

/** Long ones are cut. */
function shown(given: unknown): string {
  const written = JSON.stringify(given);
  return written.length > 100 ? `${written.slice(0, 100)}...` : written;
}

function plain<T>(wanted: string, holds: (value: unknown) => boolean): Mandatory<T> {
  return required(wanted, (value, path) => (holds(value) ? undefined : { path, wanted, given: value }));
}

function required<T>(wanted: string, fault: Check<T>['fault']): Mandatory<T> {
  return { wanted, isOptional: false, fault };
}

function first(faults: readonly (() => Fault | undefined)[]): Fault | undefined {
  for (const find of faults) {
    const fault = find();
    if (fault) return fault;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
