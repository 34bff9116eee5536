/** Launch and attach configurations: whatever the client sent, checked once, turned into one of two types. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import {
  array,
  boolean,
  check,
  checked,
  nonNegativeNumber,
  object,
  oneOf,
  optional,
  record,
  string,
  type Check,
} from '../protocol/checks.ts';
import { defaultCopyBudget, type CopyBudget } from '../protocol/tensor.ts';
import { errors } from './errors.ts';

interface CommonConfiguration {
  sourceMaps: boolean;
  /** Globs of generated files; a leading `!` excludes. */
  outFiles: string[];
  /** Globs of files that stepping passes over. */
  skipFiles: string[];
  cwd: string;
  /** Reads of tensors above either are offered with their price. */
  copyBudget: CopyBudget;
}

export interface LaunchConfiguration extends CommonConfiguration {
  request: 'launch';
  /** Absolute; undefined if the runtime gets all it needs by `runtimeArgs`. */
  program: string | undefined;
  args: string[];
  /** Added to the adapter's own environment; null removes a variable. */
  env: Record<string, string | null>;
  runtimeExecutable: string;
  runtimeArgs: string[];
  stopOnEntry: boolean;
  console: 'internalConsole' | 'integratedTerminal' | 'externalTerminal';
  /** The inspector's port; 0 lets the system choose a free one. */
  port: number;
  noDebug: boolean;
}

export interface AttachConfiguration extends CommonConfiguration {
  request: 'attach';
  target: { port: number; address: string } | { processId: number } | { websocketUrl: string };
  localRoot?: string;
  remoteRoot?: string;
  /** Let a program that waits for the debugger (`--inspect-brk`) run instead of stopping at its entry. */
  continueOnAttach: boolean;
}

export type Configuration = LaunchConfiguration | AttachConfiguration;

// `${command:pickProcess}` and other variables give strings.
const isInteger = (value: unknown, least: number, most: number) =>
  (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) &&
  Number.isSafeInteger(Number(value)) &&
  Number(value) >= least &&
  Number(value) <= most;
const port = check<number | string>('a port from 0 to 65535', (value) => isInteger(value, 0, 65_535));
// To the system, 0 and negative numbers are groups of processes.
const processId = check<number | string>('the id of a process, from 1 on', (value) => isInteger(value, 1, Infinity));
const environmentValue = check<string | number | boolean | null>(
  'a string',
  (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value),
);

const ofBoth = {
  cwd: optional(string),
  sourceMaps: optional(boolean),
  outFiles: optional(array(string)),
  skipFiles: optional(array(string)),
  copyBudget: optional(
    object<Partial<CopyBudget>>({ bytes: optional(nonNegativeNumber), ms: optional(nonNegativeNumber) }),
  ),
};
const ofLaunch = {
  ...ofBoth,
  program: optional(string),
  args: optional(array(string)),
  env: optional(record(environmentValue)),
  envFile: optional(string),
  runtimeExecutable: optional(string),
  runtimeArgs: optional(array(string)),
  stopOnEntry: optional(boolean),
  console: optional(oneOf('internalConsole', 'integratedTerminal', 'externalTerminal')),
  port: optional(port),
  noDebug: optional(boolean),
};
const ofAttach = {
  ...ofBoth,
  port: optional(port),
  address: optional(string),
  processId: optional(processId),
  websocketUrl: optional(string),
  localRoot: optional(string),
  remoteRoot: optional(string),
  continueOnAttach: optional(boolean),
};

/** As clients send it: null counts as absent, for editors fill templates with it, and so does an empty string. */
type Given<Checks> = { [Name in keyof Checks]?: Checks[Name] extends Check<infer T, true> ? T | null : never };

/** @throws TensorError `invalid-argument`, and `cannot-launch` for an `envFile` that can't be read */
export function parseLaunch(raw: unknown): LaunchConfiguration {
  const given = checked('the launch configuration', object<Given<typeof ofLaunch>>(ofLaunch), raw);
  const program = given.program || undefined;
  const cwd = resolve(given.cwd || (program !== undefined && isAbsolute(program) ? dirname(program) : process.cwd()));
  const runtimeArgs = given.runtimeArgs ?? [];
  if (program === undefined && runtimeArgs.length === 0) {
    throw errors.invalidConfiguration('The launch configuration has no "program".');
  }
  const { envFile, env } = given;
  return {
    request: 'launch',
    ...common(given, cwd),
    program: program === undefined ? undefined : resolve(cwd, program),
    args: given.args ?? [],
    env: { ...(envFile && readEnvFile(resolve(cwd, envFile))), ...(env && environmentOf(env)) },
    runtimeExecutable: given.runtimeExecutable || 'node',
    runtimeArgs,
    stopOnEntry: given.stopOnEntry ?? false,
    console: given.console ?? 'internalConsole',
    port: Number(given.port ?? 0),
    noDebug: given.noDebug ?? false,
  };
}

/** @throws TensorError `invalid-argument` */
export function parseAttach(raw: unknown): AttachConfiguration {
  const given = checked('the attach configuration', object<Given<typeof ofAttach>>(ofAttach), raw);
  const { websocketUrl, processId, port, localRoot, remoteRoot } = given;
  const targets = [websocketUrl || null, processId ?? null, port ?? null].filter((value) => value !== null).length;
  if (targets !== 1) {
    throw errors.invalidConfiguration(
      `The attach configuration must have one of "port", "processId" and "websocketUrl"; it has ${targets === 0 ? 'none' : targets}.`,
    );
  }
  if (websocketUrl && !/^wss?:\/\//.test(websocketUrl)) {
    throw errors.invalidConfiguration(`"websocketUrl" must begin with ws:// or wss://, not "${websocketUrl}".`);
  }
  if (!localRoot !== !remoteRoot) {
    throw errors.invalidConfiguration('"localRoot" and "remoteRoot" only work together: give both or none.');
  }
  let target: AttachConfiguration['target'];
  if (websocketUrl) target = { websocketUrl };
  else if (processId !== undefined && processId !== null) target = { processId: Number(processId) };
  else target = { port: Number(port), address: given.address || '127.0.0.1' };
  return {
    request: 'attach',
    ...common(given, resolve(given.cwd || localRoot || process.cwd())),
    target,
    ...(localRoot && { localRoot: resolve(localRoot) }),
    ...(remoteRoot && { remoteRoot }),
    continueOnAttach: given.continueOnAttach ?? false,
  };
}

function common(
  { sourceMaps, outFiles, skipFiles, copyBudget }: Given<typeof ofBoth>,
  cwd: string,
): CommonConfiguration {
  return {
    sourceMaps: sourceMaps ?? true,
    outFiles: (outFiles ?? []).map((glob) => {
      const pattern = glob.replace(/^!/, '');
      return `${glob.startsWith('!') ? '!' : ''}${isAbsolute(pattern) ? pattern : resolve(cwd, pattern)}`;
    }),
    skipFiles: skipFiles ?? ['<node_internals>/**'],
    cwd,
    copyBudget: {
      bytes: copyBudget?.bytes ?? defaultCopyBudget.bytes,
      ms: copyBudget?.ms ?? defaultCopyBudget.ms,
    },
  };
}

function readEnvFile(file: string): Record<string, string> {
  try {
    return parseEnv(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    throw errors.cannotLaunch(`"envFile" could not be read: ${(error as Error).message}`, undefined, error);
  }
}

function environmentOf(env: Record<string, string | number | boolean | null>): Record<string, string | null> {
  const entries = Object.entries(env);
  return Object.fromEntries(entries.map(([name, value]) => [name, value === null ? null : String(value)]));
}
