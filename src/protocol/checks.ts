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

export interface Check<T, IsOptional extends boolean = false> {
  /** In words that complete "it must be". */
  readonly wanted: string;
  readonly isOptional: IsOptional;
  readonly fault: (value: unknown, path: string) => Fault | undefined;
  /** Never there: for the compiler, so that a table of checks follows the types of its arguments. */
  readonly type?: T;
}

/** One check per property, optional where the property is. */
export type Fields<T> = {
  [Name in keyof T]-?: Check<T[Name], Record<never, never> extends Pick<T, Name> ? true : false>;
};

export const string = check<string>('a string', (value) => typeof value === 'string');
export const nonEmptyString = check<string>(
  'a string that is not empty',
  (value) => typeof value === 'string' && value.trim() !== '',
);
export const boolean = check<boolean>('a boolean', (value) => typeof value === 'boolean');
export const integer = check<number>('an integer', Number.isSafeInteger);
export const nonNegativeInteger = check<number>('an integer from 0 on', isNonNegativeInteger);
export const nonNegativeNumber = check<number>(
  'a number from 0 on',
  (value) => typeof value === 'number' && value >= 0,
);

export function integerUpTo(last: number): Check<number> {
  return check(`an integer from 0 to ${last}`, (value) => isNonNegativeInteger(value) && value <= last);
}

export function oneOf<const Choice>(...choices: readonly Choice[]): Check<Choice> {
  const wanted = choices.map((choice) => JSON.stringify(choice)).join(' or ');
  return check(wanted, (value) => choices.includes(value as Choice));
}

/** May be absent, or null: so clients leave something out whose language has no undefined. */
export function optional<T>(inner: Check<T>): Check<T, true> {
  const fault = (value: unknown, path: string) =>
    (value ?? undefined) === undefined ? undefined : inner.fault(value, path);
  return { ...inner, isOptional: true, fault };
}

export function array<T>(item: Check<T>): Check<T[]> {
  return check('an array', Array.isArray, (values: unknown[], path) => {
    for (const [at, value] of values.entries()) {
      const fault = item.fault(value, `${path}[${at}]`);
      if (fault) return fault;
    }
    return undefined;
  });
}

/** Any names, and values of one kind. */
export function record<T>(item: Check<T>): Check<Record<string, T>> {
  return check('an object', isObject, (values, path) => {
    for (const [name, value] of Object.entries(values)) {
      const fault = item.fault(value, `${path}.${name}`);
      if (fault) return fault;
    }
    return undefined;
  });
}

/** Its type is what is expected of it, or is given: not every interface can be told from its checks. */
export function object<T extends object>(fields: NoInfer<Fields<T>>): Check<T> {
  return check('an object', isObject, (value, path) => {
    for (const [name, inner] of Object.entries<Check<unknown, boolean>>(fields)) {
      const fault = inner.fault(value[name], path === '' ? name : `${path}.${name}`);
      if (fault) return fault;
    }
    return undefined;
  });
}

/** As `object`, with no other properties: what is misspelt must not be passed over. */
export function strictObject<T extends object>(fields: NoInfer<Fields<T>>): Check<T> {
  const names = Object.keys(fields);
  const hasNoOther = (value: unknown) => isObject(value) && Object.keys(value).every((name) => names.includes(name));
  return check(`an object of ${names.join(', ')}`, hasNoOther, object<T>(fields).fault);
}

/** One of several objects, told apart by the property that only it has. */
export function union<T>(wanted: string, alternatives: { [name: string]: Check<T> }): Check<T> {
  const names = Object.keys(alternatives);
  const chosen = (value: unknown) => names.find((name) => isObject(value) && name in value);
  const isAny = (value: unknown) => chosen(value) !== undefined;
  return check(wanted, isAny, (value, path) => alternatives[chosen(value) as string]?.fault(value, path));
}

/** A further condition on a property of what is right otherwise. */
export function refine<T>(inner: Check<T>, property: string, holds: (value: T) => boolean, wanted: string): Check<T> {
  const missing: Fault = { path: property, wanted, given: undefined };
  return { ...inner, fault: (value, path) => inner.fault(value, path) ?? (holds(value as T) ? undefined : missing) };
}

/** @param wanted in words that complete "it must be" */
export function check<T, Held = unknown>(
  wanted: string,
  holds: ((value: unknown) => boolean) | ((value: unknown) => value is Held),
  faultWithin?: (value: Held, path: string) => Fault | undefined,
): Check<T> {
  const fault = (value: unknown, path: string) =>
    holds(value) ? faultWithin?.(value as Held, path) : { path, wanted, given: value };
  return { wanted, isOptional: false, fault };
}

/**
 * @param whose the request, the configuration
 * @returns the value as it was given
 * @throws TensorError `invalid-argument` that says what of it is wrong, what was given and what is wanted
 */
export function checked<T>(whose: string, wanted: Check<T>, value: unknown): T {
  const fault = wanted.fault(value, '');
  if (!fault) return value as T;
  const subject = fault.path === '' ? `The argument of ${whose}` : `"${fault.path}" of ${whose}`;
  const message =
    fault.given === undefined
      ? `${whose} needs "${fault.path}": ${fault.wanted}.`
      : `${subject} must be ${fault.wanted}, not ${shown(fault.given)}.`;
  throw new TensorError({ code: 'invalid-argument', message });
}

/** @returns the arguments without what is null. @throws TensorError as `checked` */
export function checkedArguments<T>(request: string, args: Check<T>, given: unknown): T {
  return checked(request, args, withoutNulls(given));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutNulls(item)]));
}

function isNonNegativeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Long ones are cut. */
function shown(given: unknown): string {
  const written = JSON.stringify(given);
  return written.length > 100 ? `${written.slice(0, 100)}...` : written;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
