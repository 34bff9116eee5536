/** Launch and attach configurations: whatever the client sent, checked once, turned into one of two types. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { CopyBudget } from '../protocol/tensor.ts';
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

/** 16 MiB and a tenth of a second: what a person does not notice in a step. */
const defaultBudget = { bytes: 16 * 1024 * 1024, ms: 100 };

export function parseLaunch(raw: unknown): LaunchConfiguration {
  const fields = new Fields(raw);
  const program = fields.string('program');
  const folder =
    fields.string('cwd') ?? (program !== undefined && isAbsolute(program) ? dirname(program) : process.cwd());
  const cwd = resolve(folder);
  const runtimeArgs = fields.strings('runtimeArgs') ?? [];
  if (program === undefined && runtimeArgs.length === 0) {
    throw errors.invalidConfiguration('The launch configuration has no "program".');
  }
  const envFile = fields.string('envFile');
  return {
    request: 'launch',
    ...common(fields, cwd),
    program: program === undefined ? undefined : resolve(cwd, program),
    args: fields.strings('args') ?? [],
    env: { ...(envFile !== undefined && readEnvFile(resolve(cwd, envFile))), ...fields.environment('env') },
    runtimeExecutable: fields.string('runtimeExecutable') ?? 'node',
    runtimeArgs,
    stopOnEntry: fields.boolean('stopOnEntry') ?? false,
    console:
      fields.oneOf('console', ['internalConsole', 'integratedTerminal', 'externalTerminal']) ?? 'internalConsole',
    port: fields.port('port') ?? 0,
    noDebug: fields.boolean('noDebug') ?? false,
  };
}

export function parseAttach(raw: unknown): AttachConfiguration {
  const fields = new Fields(raw);
  const websocketUrl = fields.string('websocketUrl');
  const processId = fields.processId('processId');
  const port = fields.port('port');
  const given = [websocketUrl, processId, port].filter((value) => value !== undefined).length;
  if (given !== 1) {
    throw errors.invalidConfiguration(
      `The attach configuration must have one of "port", "processId" and "websocketUrl"; it has ${given === 0 ? 'none' : given}.`,
    );
  }
  if (websocketUrl !== undefined && !/^wss?:\/\//.test(websocketUrl)) {
    throw errors.invalidConfiguration(`"websocketUrl" must begin with ws:// or wss://, not "${websocketUrl}".`);
  }
  const localRoot = fields.string('localRoot');
  const remoteRoot = fields.string('remoteRoot');
  if ((localRoot === undefined) !== (remoteRoot === undefined)) {
    throw errors.invalidConfiguration('"localRoot" and "remoteRoot" only work together: give both or none.');
  }
  let target: AttachConfiguration['target'];
  if (websocketUrl !== undefined) target = { websocketUrl };
  else if (processId !== undefined) target = { processId };
  else target = { port: port ?? 9229, address: fields.string('address') ?? '127.0.0.1' };
  return {
    request: 'attach',
    ...common(fields, resolve(fields.string('cwd') ?? localRoot ?? process.cwd())),
    target,
    ...(localRoot !== undefined && { localRoot: resolve(localRoot) }),
    ...(remoteRoot !== undefined && { remoteRoot }),
    continueOnAttach: fields.boolean('continueOnAttach') ?? false,
  };
}

function common(fields: Fields, cwd: string): CommonConfiguration {
  const budget = fields.object('copyBudget');
  return {
    sourceMaps: fields.boolean('sourceMaps') ?? true,
    outFiles: (fields.strings('outFiles') ?? []).map((glob) => {
      const pattern = glob.replace(/^!/, '');
      return `${glob.startsWith('!') ? '!' : ''}${isAbsolute(pattern) ? pattern : resolve(cwd, pattern)}`;
    }),
    skipFiles: fields.strings('skipFiles') ?? ['<node_internals>/**'],
    cwd,
    copyBudget: {
      bytes: budget?.number('bytes') ?? defaultBudget.bytes,
      ms: budget?.number('ms') ?? defaultBudget.ms,
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

/** The fields of an object of unknown shape; null counts as absent, for editors fill templates with it. */
class Fields {
  readonly #raw: Record<string, unknown>;
  readonly #prefix: string;

  constructor(raw: unknown, prefix = '') {
    if (typeof raw !== 'object' || raw === null)
      throw errors.invalidConfiguration('The configuration must be an object.');
    this.#raw = raw as Record<string, unknown>;
    this.#prefix = prefix;
  }

  string(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || value === '') return undefined;
    return typeof value === 'string' ? value : this.#wrong(name, 'a string');
  }

  boolean(name: string): boolean | undefined {
    const value = this.#value(name);
    return value === undefined || typeof value === 'boolean' ? value : this.#wrong(name, 'true or false');
  }

  number(name: string): number | undefined {
    const value = this.#value(name);
    return value === undefined || (typeof value === 'number' && value >= 0) ? value : this.#wrong(name, 'a number');
  }

  integer(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    // `${command:pickProcess}` gives a string.
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? (number as number) : this.#wrong(name, 'a whole number');
  }

  /** To the system, 0 and negative numbers are groups of processes. */
  processId(name: string): number | undefined {
    const id = this.integer(name);
    return id === undefined || id > 0 ? id : this.#wrong(name, 'the id of a process, from 1 on');
  }

  port(name: string): number | undefined {
    const port = this.integer(name);
    return port === undefined || (port >= 0 && port <= 65535) ? port : this.#wrong(name, 'a port from 0 to 65535');
  }

  strings(name: string): string[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    return this.#wrong(name, 'a list of strings');
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.#value(name);
    if (value === undefined || allowed.includes(value as T)) return value as T | undefined;
    return this.#wrong(name, `one of ${allowed.join(', ')}`);
  }

  environment(name: string): Record<string, string | null> {
    const value = this.#value(name);
    if (value === undefined) return {};
    if (typeof value !== 'object' || Array.isArray(value)) return this.#wrong(name, 'an object of strings');
    const environment: Record<string, string | null> = {};
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      if (typeof item === 'string' || item === null) environment[key] = item;
      else if (typeof item === 'number' || typeof item === 'boolean') environment[key] = String(item);
      else this.#wrong(`${name}.${key}`, 'a string');
    }
    return environment;
  }

  object(name: string): Fields | undefined {
    const value = this.#value(name);
    return value === undefined ? undefined : new Fields(value, `${name}.`);
  }

  #value(name: string): unknown {
    return this.#raw[name] ?? undefined;
  }

  #wrong(name: string, expected: string): never {
    const value = JSON.stringify(this.#raw[name])?.slice(0, 100);
    throw errors.invalidConfiguration(`"${this.#prefix}${name}" must be ${expected}, not ${value}.`);
  }
}
