/**
 * Runs the tests: every `*.test.ts` below `test`, or those whose path begins with one of the arguments.
 *
 *     npm test
 *     npm test -- test/unit test/cli/export
 */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { gpuAdapterName, gpuEnvironment, nodeBinaries, projectRoot } from './support/environment.ts';
import { Reporter } from './support/reporter.ts';

/** Generous: it ends a file that hangs. The slowest, VS Code's, takes some minutes on two cores. */
const fileTimeoutMs = 20 * 60_000;

const filters = process.argv.slice(2).map((path) => resolve(path));
const files = readdirSync(join(projectRoot, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join(projectRoot, 'test', name))
  .filter((file) => filters.length === 0 || filters.some((filter) => file.startsWith(filter)))
  .sort();

// Test files and their debuggees inherit it.
Object.assign(process.env, gpuEnvironment());

const reporter = new Reporter(projectRoot, (text) => process.stdout.write(text));
try {
  const nodes = nodeBinaries().map(({ major }) => major);
  process.stdout.write(`WebGPU adapter: ${await gpuAdapterName()}; debuggees on Node ${nodes.join(', ')}\n`);
} catch (error) {
  reporter.fail('a WebGPU adapter', error);
}
if (files.length === 0) reporter.fail('test files', `None match ${process.argv.slice(2).join(' ') || '*.test.ts'}.`);

// One file after another: they start programs, and time some of them.
for (const file of files) {
  const start = performance.now();
  const events: AsyncIterable<TestEvent> = run({ files: [file], concurrency: 1, timeout: fileTimeoutMs });
  for await (const event of events) reporter.onEvent(event);
  reporter.endOfFile(file, performance.now() - start);
}
reporter.end();
process.exit(reporter.failed === 0 && reporter.passed > 0 ? 0 : 1);
