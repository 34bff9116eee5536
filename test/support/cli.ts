/** Runs the built command-line tool as its users do, and holds every document that it prints against the schema. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { DocumentTensor, InspectDocument } from '../../src/cli/document.ts';
import { personsEnvironment, projectRoot } from './environment.ts';

export const cliPath = `${projectRoot}dist/cli.mjs`;
export const debuggees = `${projectRoot}test/debuggee/cli/`;

const schema = JSON.parse(readFileSync(`${projectRoot}schema/inspect.schema.json`, 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile<InspectDocument>(schema);

interface CliResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Far above what any test's command takes: a hang ends as a failure. */
export const hangMs = 120_000;

export async function runCli(
  args: readonly string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    node?: string;
    /** A file to read from; nothing otherwise. */
    stdin?: string;
    /** A command that starts it in its own way. */
    through?: readonly string[];
    whileRunning?(child: ChildProcessByStdio<null, Readable, Readable>): void;
  } = {},
): Promise<CliResult> {
  const [command, ...rest] = [...(options.through ?? []), options.node ?? process.execPath, cliPath, ...args];
  const stdin = options.stdin === undefined ? 'ignore' : openSync(options.stdin, 'r');
  const child = spawn(command as string, rest, {
    cwd: options.cwd ?? debuggees,
    env: { ...personsEnvironment(), ...options.env },
    stdio: [stdin, 'pipe', 'pipe'],
  }) as ChildProcessByStdio<null, Readable, Readable>;
  if (stdin !== 'ignore') closeSync(stdin);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), hangMs);
  options.whileRunning?.(child);
  const status = await new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  clearTimeout(timer);
  return { status, stdout, stderr };
}

/** `inspect --json`: stdout is one valid document and nothing else. */
export async function inspect(
  args: readonly string[],
  options?: Parameters<typeof runCli>[1],
): Promise<CliResult & { document: InspectDocument }> {
  const result = await runCli(['inspect', '--json', ...args], options);
  const details = `status ${result.status}\nstdout: ${result.stdout.slice(0, 2000)}\nstderr: ${result.stderr.slice(-2000)}`;
  let document: unknown;
  try {
    document = JSON.parse(result.stdout);
  } catch (error) {
    assert.fail(`stdout is not one JSON document (${(error as Error).message}); ${details}`);
  }
  assert.ok(validate(document), `${JSON.stringify(validate.errors, null, 1)}\n${details}`);
  return { ...result, document };
}

/** The tensor of an expression. */
export function tensorOf(document: InspectDocument, expression: string): DocumentTensor {
  const found = document.tensors.find((tensor) => tensor.expression === expression);
  assert.ok(found, `${expression} is not among ${document.tensors.map((tensor) => tensor.expression).join(', ')}`);
  return found;
}

/** The number of the line that carries a marker such as `#BP`. */
export function lineOf(file: string, marker: string): number {
  const line = readFileSync(`${debuggees}${file}`, 'utf8')
    .split('\n')
    .findIndex((text) => text.includes(marker));
  assert.ok(line >= 0, `${file} has no ${marker}`);
  return line + 1;
}
