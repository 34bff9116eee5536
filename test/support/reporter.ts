/** Counts the results of a test run and prints what matters: a line per file, and every failure in full. */
import { relative } from 'node:path';
import { inspect } from 'node:util';
import type { TestEvent } from 'node:test/reporters';

/** The event's fields that differ between Node's versions or that its types leave out. */
interface TestData {
  name: string;
  nesting: number;
  file?: string;
  skip?: string | boolean;
  todo?: string | boolean;
  details?: { type?: string; duration_ms?: number; error?: Error & { failureType?: string; cause?: unknown } };
  message?: string;
}

interface FileResult {
  passed: number;
  failed: number;
  /** Tests that began and have not ended, by name; what hangs is in here. */
  running: Set<string>;
  output: string;
}

export class Reporter {
  passed = 0;
  failed = 0;
  readonly #root: string;
  readonly #write: (text: string) => void;
  readonly #files = new Map<string, FileResult>();
  readonly #notRun: string[] = [];

  constructor(root: string, write: (text: string) => void) {
    this.#root = root;
    this.#write = write;
  }

  /** A check outside of any test file. */
  fail(name: string, error: unknown): void {
    this.failed++;
    this.#printFailure(name, error);
  }

  onEvent(event: TestEvent): void {
    const data = event.data as TestData | undefined;
    if (data?.file === undefined) return;
    const file = relative(this.#root, data.file);
    const result = this.#resultOf(file);
    // The whole file is reported as a test with the file's name.
    const isFile = data.nesting === 0 && (data.name === data.file || relative(this.#root, data.name) === file);
    switch (event.type) {
      case 'test:dequeue':
        if (!isFile) result.running.add(data.name);
        break;
      case 'test:stdout':
      case 'test:stderr':
        result.output += data.message ?? '';
        break;
      case 'test:pass':
        result.running.delete(data.name);
        if (isFile || data.details?.type === 'suite') break;
        if (data.skip !== undefined || data.todo !== undefined) this.#notRun.push(`${file}: ${data.name}`);
        else result.passed++;
        break;
      case 'test:fail':
        result.running.delete(data.name);
        this.#onFailure(file, result, data, isFile);
        break;
      default:
    }
  }

  /** Files print when they are done, in their order. */
  endOfFile(file: string, durationMs: number): void {
    const name = relative(this.#root, file);
    const result = this.#resultOf(name);
    if (result.passed + result.failed === 0) {
      result.failed++;
      this.#printFailure(name, new Error('No test ran in this file.'));
    }
    if (result.failed > 0 && result.output.trim() !== '') {
      this.#write(`  output of ${name}:\n${indent(result.output.trimEnd(), 4)}\n`);
    }
    this.passed += result.passed;
    this.failed += result.failed;
    const counts = result.failed === 0 ? `${result.passed} passed` : `${result.passed} passed, ${result.failed} FAILED`;
    this.#write(`${result.failed === 0 ? 'ok  ' : 'FAIL'} ${name}  ${counts}  ${(durationMs / 1000).toFixed(1)} s\n`);
  }

  /** The run's last line is always the count. */
  end(): void {
    for (const name of this.#notRun) this.#write(`not run (skipped or to do): ${name}\n`);
    this.#write(`${this.passed} passed, ${this.failed} failed\n`);
  }

  #onFailure(file: string, result: FileResult, data: TestData, isFile: boolean): void {
    const error = data.details?.error;
    // A suite, or the file, fails because a test in it did: that one is counted already.
    if (error?.failureType === 'subtestsFailed') return;
    if (isFile && error?.failureType === 'testCodeFailure' && result.failed > 0) return;
    result.failed++;
    const running = isFile && result.running.size > 0 ? `\nstill running: ${[...result.running].join(', ')}` : '';
    const name = isFile ? file : `${file} > ${data.name}`;
    this.#printFailure(name, error?.cause ?? error, running);
  }

  #printFailure(name: string, error: unknown, addition = ''): void {
    this.#write(`FAILED ${name}\n${indent(describe(error) + addition, 4)}\n`);
  }

  #resultOf(file: string): FileResult {
    let result = this.#files.get(file);
    if (!result) {
      result = { passed: 0, failed: 0, running: new Set(), output: '' };
      this.#files.set(file, result);
    }
    return result;
  }
}

/** An error as one reads it: its stack without Node's own frames, then its cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : inspect(error, { depth: 4 });
  const stack = (error.stack ?? error.message).split('\n').filter((line) => !/^\s+at .*\(?node:internal/.test(line));
  const cause = error.cause === undefined ? '' : `\ncaused by: ${describe(error.cause)}`;
  return stack.join('\n') + cause;
}

function indent(text: string, columns: number): string {
  return text.replace(/^/gm, ' '.repeat(columns));
}
