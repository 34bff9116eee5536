#!/usr/bin/env node
/** `tensor-debugger`: stops a program and reads its tensors, in a terminal or in a script. */
import { readFileSync, writeSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareFiles, compareStatus, emptyComparison, formatComparison, type CompareDocument } from './compare.ts';
import type { CompareOptions } from './compareOptions.ts';
import { DapClient } from './dapClient.ts';
import { emptyDocument, exitStatus, type InspectDocument } from './document.ts';
import { Inspection } from './inspect.ts';
import { help, isCompare, parseCommandLine, wantsJson, type InspectOptions } from './options.ts';
import { Progress } from './progress.ts';
import { formatDocument, formatWarning } from './table.ts';
import { UsageError } from './usageError.ts';

const adapter = fileURLToPath(new URL('./adapter.cjs', import.meta.url));

async function main(args: readonly string[]): Promise<number> {
  try {
    const command = parseCommandLine(args);
    switch (command.name) {
      case 'help':
        process.stdout.write(help);
        return exitStatus.read;
      case 'version':
        process.stdout.write(`${version()}\n`);
        return exitStatus.read;
      case 'inspect':
        return await inspect(command.options);
      case 'compare':
        return await compare(command.options);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { message, help: advice = 'See: tensor-debugger --help' } = error;
    process.stderr.write(`tensor-debugger: ${message}\n  ${advice}\n`);
    if (wantsJson(args) && isCompare(args)) {
      writeDocument({ ...emptyComparison(), errors: [{ code: 'usage', message, help: advice }] });
    } else if (wantsJson(args)) {
      const document = emptyDocument();
      document.warnings.push({ code: 'usage', message, help: advice, file: null, line: null });
      writeDocument(document);
    }
    return exitStatus.usage;
  }
}

async function inspect(options: InspectOptions): Promise<number> {
  const { json } = options;
  const progress = new Progress(process.stderr);
  const style = {
    width: process.stdout.columns || 120,
    color: process.stdout.isTTY && !process.env['NO_COLOR'],
    values: options.expressions.length > 0 || options.slice !== undefined,
    attached: 'attach' in options.target,
    fileName: shortName,
  };
  const inspection = new Inspection(new DapClient(adapter), options, {
    onOutput(stream, text) {
      progress.clear();
      // Stdout is the document's alone.
      (json || stream === 'stderr' ? process.stderr : process.stdout).write(text);
    },
    onProgress: (text) => progress.show(text),
    onRead(document, unlisted) {
      progress.clear();
      if (!json) process.stdout.write(`\n${formatDocument(document, { ...style, unlisted })}\n`);
    },
  });

  // A program that this tool started must not outlive it; what is known of it by then is told all the same.
  let stoppedBy: number | undefined;
  const stopOn = (signal: 'SIGINT' | 'SIGTERM', status: number): void => {
    process.once(signal, () => {
      stoppedBy = status;
      void inspection.interrupt(signal);
    });
  };
  stopOn('SIGINT', 130);
  stopOn('SIGTERM', 143);

  await inspection.run();
  const { document, status } = inspection;
  for (const warning of document.warnings) {
    process.stderr.write(
      `tensor-debugger: ${formatWarning(warning, { color: process.stderr.isTTY, fileName: shortName })}\n`,
    );
  }
  if (json) writeDocument(document);
  else if (document.stop && options.afterwards === 'continue') process.stdout.write(programEnd(document));
  return stoppedBy ?? status;
}

async function compare(options: CompareOptions): Promise<number> {
  const progress = new Progress(process.stderr);
  const document = await compareFiles(options, (text) => progress.show(text));
  progress.show(null);
  for (const { message, help: advice } of document.errors) {
    process.stderr.write(`tensor-debugger: ${message}\n${advice === null ? '' : `  ${advice}\n`}`);
  }
  if (options.json) writeDocument(document);
  else process.stdout.write(formatComparison(document));
  if (document.errors.length > 0) return compareStatus.failed;
  return document.close ? compareStatus.close : compareStatus.different;
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function programEnd({ program: { exitCode, signal } }: InspectDocument): string {
  if (signal !== null) return `The program was ended by ${signal}.\n`;
  return exitCode === null ? '' : `The program ended with exit code ${exitCode}.\n`;
}

/** Synchronously: an exit right behind it must not cut a large document off in a pipe. */
function writeDocument(document: InspectDocument | CompareDocument): void {
  const bytes = Buffer.from(`${JSON.stringify(document)}\n`);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(process.stdout.fd, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The reader of a pipe is slower than we are, or has seen enough.
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Relative to where one stands, unless that only makes it longer. */
function shortName(file: string): string {
  const name = relative(process.cwd(), file);
  return name.startsWith('..') || name === '' ? file : name;
}

// Whoever reads our output may have seen enough (`| head`); the program under inspection still comes to its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
process.exitCode = await main(process.argv.slice(2));
