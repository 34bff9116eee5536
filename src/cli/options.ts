/** The command line: what may be said, checked before anything is started. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formats } from '../formats/registry.ts';
import { TensorError } from '../protocol/errors.ts';
import { parseSlice } from '../tensor/slice.ts';
import { checkExport } from './checkExport.ts';
import { expressionFault } from './checkExpressions.ts';
import { compareHelp, parseCompare, type CompareOptions } from './compareOptions.ts';
import { joinValues } from './joinValues.ts';
import { UsageError } from './usageError.ts';

export interface BreakLocation {
  /** As it was typed, or the path of a `file:` URL. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column?: number;
  /** As it was typed. */
  text: string;
}

/** `--feed name=...`: a file if the ending is one that can be read, an expression otherwise. */
export type GraphFeedOption = { name: string } & ({ expression: string } | { file: string });

export interface InspectOptions {
  /** The program as it was typed. */
  target: { program: string; args: string[] } | { attach: { port: number } | { websocketUrl: string } };
  breaks: BreakLocation[];
  condition: string | undefined;
  hit: number;
  expressions: string[];
  /** For graph tensors among the expressions; undefined if they are not to be run. */
  feeds: GraphFeedOption[] | undefined;
  /** Tensors to put in the place of those that these variables hold, before anything is read. */
  assignments: { expression: string; file: string }[];
  slice: string | undefined;
  stats: boolean;
  exportFile: string | undefined;
  force: boolean;
  afterwards: 'continue' | 'end';
  runtimeExecutable: string | undefined;
  runtimeArgs: string[];
  env: Record<string, string>;
  cwd: string;
  timeoutMs: number | undefined;
  json: boolean;
}

export type Command =
  | { name: 'help' }
  | { name: 'version' }
  | { name: 'inspect'; options: InspectOptions }
  | { name: 'compare'; options: CompareOptions };

const severalEndings = formats.flatMap(({ several, extensions }) => (several ? extensions : [])).join(' or ');

export const help = `Stops a JavaScript or TypeScript program and reads its tensors, wherever they live.

Usage
  tensor-debugger inspect [options] <program> [-- <program arguments>]
  tensor-debugger inspect [options] --attach <port | websocket address>
  tensor-debugger compare [options] <file> <file>     files of several tensors: archive.npz#name

Where to stop
  --break <file>:<line>     stop here; repeatable (default: at a \`debugger\` statement); of
                            several places in a line, <file>:<line>:<column> says which one
  --condition <expression>  of every --break: pass over it where this is false; it runs in the
                            program, so == and not =
  --hit <n>                 stop at the n-th pass over any of them, counted where the
                            condition holds (default: 1)

What to read
  --expr <expression>       a tensor, or raw memory as one: "buffer as float32[4, 4]"; repeatable
                            (default: every tensor in the scopes of the stopped frame, and in
                            their containers one level deep)
  --evaluate                run the graphs of the graph tensors among the expressions, and the
                            kernels that lazy arrays wait for
  --feed <name>=<value>     the same, with this value for the input <name>: an expression of the
                            stopped frame, or a file (.npy .npz .safetensors .csv .tsv .json;
                            of several tensors in it: archive.npz#name); repeatable
  --assign <name>=<file>    first put a new tensor with the file's values into this variable or
                            property; of several tensors in it: archive.npz#name; repeatable
  --slice <slices>          NumPy basic slicing, such as "0, :, 2:10:2" or "..., -1"; also with its
                            brackets: "[0, 1]" is x[0, 1], one element, and not rows 0 and 1
                            (default: the first 64, 16, 4, 4, 1, ... from the last axis on)
  --stats                   statistics over the whole tensor
  --export <file>           write it: the whole tensor, or the --slice; the ending names the format
                            (several tensors need ${severalEndings}):
                            ${formats.flatMap(({ extensions }) => extensions).join(' ')}
                            (.heatmap.png: an image coloured by value)
  --force                   replace the file if it exists, and write strings that its format changes

And then
  --then <continue|end>     let the program run to its own end (default), or end it
  --json                    one JSON document on stdout; the program's output goes to stderr

The program
  --runtime-executable <file>  instead of node
  --runtime-arg <argument>     an argument of the runtime; repeatable
  --env NAME=VALUE             repeatable
  --cwd <folder>               where the program runs; it is looked for there, too
  --timeout <seconds>          end the program and give up (default: never)
It reads from stdin what it would read if it were started alone. To give it nothing: </dev/null

Examples
  tensor-debugger inspect train.js
  tensor-debugger inspect --break src/train.ts:42 --hit 10 src/train.ts -- --epochs 2
  tensor-debugger inspect --break train.ts:42 --expr weights --slice ":8, :8" --stats train.ts
  tensor-debugger inspect --break train.ts:42 --condition "step > 99" --export all.npz train.ts
  tensor-debugger inspect --break model.ts:9 --expr logits --feed images=batch.npy model.ts
  tensor-debugger inspect --break train.ts:42 --assign weights=saved.npz train.ts
  tensor-debugger inspect --json --attach 9229 | jq .tensors[0].values
  tensor-debugger compare --rtol 1e-3 expected.npy actual.npy

${compareHelp}
Exit status of inspect
  0  read
  1  the program ended before the stop
  2  the command line makes no sense
  3  the program could not be started, or crashed at or before the stop
  4  something that was asked for could not be read or written
  5  timed out
`;

const definitions = {
  break: { type: 'string', multiple: true },
  condition: { type: 'string' },
  hit: { type: 'string' },
  expr: { type: 'string', multiple: true },
  evaluate: { type: 'boolean' },
  feed: { type: 'string', multiple: true },
  assign: { type: 'string', multiple: true },
  slice: { type: 'string' },
  stats: { type: 'boolean' },
  export: { type: 'string' },
  force: { type: 'boolean' },
  then: { type: 'string' },
  'runtime-executable': { type: 'string' },
  'runtime-arg': { type: 'string', multiple: true },
  env: { type: 'string', multiple: true },
  cwd: { type: 'string' },
  timeout: { type: 'string' },
  attach: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** Whether the answer has to be a JSON document, told without parsing: a usage error needs to know, too. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
}

/** Whether `compare` is what is to be done: options of `inspect` may have it as a value, but stand behind `inspect`. */
export function isCompare(args: readonly string[]): boolean {
  return args.find((arg) => arg === 'inspect' || arg === 'compare') === 'compare';
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): Command {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const programArgs = end < 0 ? [] : args.slice(end + 1);
  if (isCompare(own) && !own.some((arg) => /^(-h|--help|--version)$/.test(arg))) {
    return { name: 'compare', options: parseCompare(args) };
  }
  const { values, positionals } = parse(own);
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const [command, program, ...rest] = positionals;
  if (command !== 'inspect') {
    throw new UsageError(command === undefined ? 'What to do is missing.' : `There is no command "${command}".`);
  }
  if (rest.length > 0) {
    throw new UsageError(
      `What to do with "${rest.join(' ')}" is not clear.`,
      `Arguments of the program stand after "--": tensor-debugger inspect ${program} -- ${rest.join(' ')}`,
    );
  }

  const cwd = resolve(values.cwd ?? '.');
  const breaks = (values.break ?? []).map((text) => parseBreak(text));
  if (values.condition !== undefined && breaks.length === 0) {
    throw new UsageError('--condition needs a --break that it is for.');
  }
  if (values.condition !== undefined) checkCondition(values.condition);
  if (values.expr?.some((text) => text.trim() === '')) throw new UsageError('--expr needs an expression.');
  const afterwards = values.then ?? 'continue';
  if (afterwards !== 'continue' && afterwards !== 'end') {
    throw new UsageError(`--then is "continue" or "end", not "${afterwards}".`);
  }
  if (values.slice !== undefined) checkSlice(values.slice);
  const format = values.export === undefined ? undefined : checkExport(values.export);
  if (format?.several === false && (values.expr ?? []).length > 1) {
    throw new UsageError(
      `--export: several tensors need a file with the ending ${severalEndings}, not "${values.export}".`,
    );
  }
  const graphs = values.feed || values.evaluate;
  if (graphs && !values.expr) {
    const name = values.feed ? '--feed' : '--evaluate';
    throw new UsageError(`${name} needs an --expr that it is for.`, 'Name the graph tensor: --expr <expression>.');
  }
  if (values.force && values.export === undefined) throw new UsageError('--force needs an --export that it is for.');
  return {
    name: 'inspect',
    options: {
      target: parseTarget(program, programArgs, values),
      breaks,
      condition: values.condition,
      hit: parseHit(values.hit),
      expressions: values.expr ?? [],
      feeds: graphs ? (values.feed ?? []).map(parseFeed) : undefined,
      assignments: (values.assign ?? []).map(parseAssignment),
      slice: values.slice,
      stats: values.stats ?? false,
      exportFile: values.export === undefined ? undefined : resolve(values.export),
      force: values.force ?? false,
      afterwards,
      runtimeExecutable: values['runtime-executable'],
      runtimeArgs: values['runtime-arg'] ?? [],
      env: parseEnvironment(values.env ?? []),
      cwd,
      timeoutMs: parseTimeout(values.timeout),
      json: values.json ?? false,
    },
  };
}

type Values = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  const parsed = parseStrictly(args);
  const given = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  for (const name of Object.keys(definitions) as OptionName[]) {
    const { type, multiple = false }: OptionDefinition = definitions[name];
    if (type === 'boolean' || multiple || given.indexOf(name) === given.lastIndexOf(name)) continue;
    throw new UsageError(`--${name} is given more than once; only one of them could hold.`);
  }
  return parsed;
}

type OptionName = keyof typeof definitions;

interface OptionDefinition {
  type: 'string' | 'boolean';
  multiple?: boolean;
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: joinValues(args, definitions),
      options: definitions,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? '', 'See: tensor-debugger --help');
  }
}

function parseTarget(program: string | undefined, args: string[], values: Values): InspectOptions['target'] {
  if (values.attach === undefined) {
    if (program === undefined)
      throw new UsageError('The program to inspect is missing.', 'See: tensor-debugger --help');
    return { program, args };
  }
  if (program !== undefined || args.length > 0) {
    throw new UsageError('--attach takes a program that runs already; no other can be named beside it.');
  }
  const forLaunch = (['runtime-executable', 'runtime-arg', 'env'] as const).find((name) => values[name] !== undefined);
  if (forLaunch)
    throw new UsageError(`--${forLaunch} is for a program that is started; it has no meaning with --attach.`);
  if (/^wss?:\/\/./.test(values.attach)) return { attach: { websocketUrl: values.attach } };
  const port = Number(values.attach);
  if (!/^\d+$/.test(values.attach) || port < 1 || port > 65535) {
    throw new UsageError(`--attach is a port or a websocket address (ws://...), not "${values.attach}".`);
  }
  return { attach: { port } };
}

function parseBreak(text: string): BreakLocation {
  const [, file, ...numbers] = /^(.+?):(\d+)(?::(\d+))?$/.exec(text) ?? [];
  const [line = 0, column] = numbers.filter((number) => number !== undefined).map(Number);
  if (file === undefined || line < 1 || column === 0) {
    throw new UsageError(`--break is <file>:<line> or <file>:<line>:<column>, not "${text}".`);
  }
  return { file: pathOf(file), line, ...(column !== undefined && { column }), text };
}

/** Stack traces of ES modules have URLs. */
function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file;
  try {
    return fileURLToPath(file);
  } catch (error) {
    throw new UsageError(`--break: "${file}" is no file: ${(error as Error).message}.`);
  }
}

const readable = formats.flatMap((format) => (format.open ? format.extensions : []));

/** Of such an ending, be it before the name of a tensor in the file: `archive.npz#name`. */
function isReadableFile(text: string): boolean {
  const names = [text, text.replace(/#[^#/]*$/, '')].map((name) => name.toLowerCase());
  return names.some((name) => readable.some((ending) => name.endsWith(ending)));
}

function parseFeed(text: string): GraphFeedOption {
  // Names of tensors have slashes, dots and a colon before the output's number; no equals sign.
  const [, name, value] = /^([^=]+)=([^]*\S[^]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--feed is <name>=<expression or file>, not "${text}".`);
  }
  return isReadableFile(value) ? { name: name.trim(), file: resolve(value) } : { name: name.trim(), expression: value };
}

function parseAssignment(text: string): InspectOptions['assignments'][number] {
  const equals = text.indexOf('=');
  const [expression, file] = [text.slice(0, equals).trim(), text.slice(equals + 1)];
  if (equals < 1 || expression === '' || file === '') {
    throw new UsageError(`--assign is <name>=<file>, not "${text}".`);
  }
  if (!isReadableFile(file)) {
    throw new UsageError(`--assign: "${file}" is no file that can be read.`, `Use one of ${readable.join(', ')}.`);
  }
  return { expression, file: resolve(file) };
}

function parseHit(text: string | undefined): number {
  if (text === undefined) return 1;
  const hit = Number(text);
  if (!/^\d+$/.test(text) || hit < 1 || !Number.isSafeInteger(hit)) {
    throw new UsageError(`--hit is a whole number from 1, not "${text}".`);
  }
  return hit;
}

function parseTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  // Longer than 24 days is more than a timer holds.
  if (text.trim() === '' || !(seconds > 0) || seconds > 2_000_000) {
    throw new UsageError(`--timeout is a number of seconds above 0, not "${text}".`);
  }
  return seconds * 1000;
}

function parseEnvironment(entries: readonly string[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    if (equals < 1) throw new UsageError(`--env is NAME=VALUE, not "${entry}".`);
    env[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return env;
}

/** V8 would take it, and never stop. */
function checkCondition(text: string): void {
  const fault = expressionFault(text);
  if (fault !== undefined) throw new UsageError(`--condition: ${fault}`);
}

/** What is wrong whatever the tensor: the text itself. Whether it fits a tensor shows when that is there. */
function checkSlice(text: string): void {
  try {
    // Longer than any index reaches, whichever end it counts from.
    parseSlice(text, new Array<number>(64).fill(Number.MAX_SAFE_INTEGER + 1));
  } catch (error) {
    if (error instanceof TensorError) throw new UsageError(`--slice: ${error.message}`, error.help);
    throw error;
  }
}
