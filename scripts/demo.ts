/**
 * The debugger at work: starts the real debug adapter on a training program (`samples/train.ts`), stops it in a training
 * step, reads its tensors where they live, writes one to a NumPy file, and lets the program run to its end.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DapClient } from '../src/cli/dapClient.ts';
import {
  describedFields,
  documentCost,
  documentRuntime,
  documentStatistics,
  documentTensor,
  emptyDocument,
} from '../src/cli/document.ts';
import { Progress } from '../src/cli/progress.ts';
import { formatDocument, formatStatistics, formatValues } from '../src/cli/table.ts';
import { TensorError } from '../src/protocol/errors.ts';
import type { ListedTensor } from '../src/protocol/requests.ts';
import { formatBytes, formatMs, formatType } from '../src/tensor/preview.ts';
import { gpuEnvironment } from './gpuEnvironment.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = `${root}samples/train.ts`;
const step = 10;

const progress = new Progress(process.stderr);
const client = new DapClient(`${root}dist/adapter.cjs`);
const exited = client.once('exited');
const ended = Promise.race([client.once('terminated'), client.closed]);
client.on('output', ({ category, output }) => {
  if (category === 'stdout') say(output.trimEnd().replace(/^/gm, '  │ '));
  else if (category === 'stderr') process.stderr.write(output);
});

function say(text: string): void {
  progress.clear();
  process.stdout.write(`${text}\n`);
}

/** The line of the training step behind which loss and gradients are there. */
function breakpointLine(): number {
  const lines = readFileSync(program, 'utf8').split('\n');
  return lines.findIndex((line) => line.includes('optimizer.applyGradients(')) + 1;
}

/** Starts the program and waits until it stops. @returns the id of the frame where it stands */
async function runToBreakpoint(): Promise<{ frameId: number; line: number; name: string }> {
  await client.request('initialize', { clientID: 'demo', adapterID: 'tensor', linesStartAt1: true });
  const stopped = client.once('stopped');
  const initialized = client.once('initialized');
  const launched = client.request('launch', {
    program,
    cwd: root,
    env: gpuEnvironment().env,
    runtimeExecutable: process.execPath,
  });
  await Promise.race([initialized, launched.then(() => initialized)]);
  const { breakpoints } = await client.request('setBreakpoints', {
    source: { path: program },
    breakpoints: [{ line: breakpointLine(), hitCondition: String(step) }],
  });
  await client.request('configurationDone', {});
  await launched;
  progress.show(`waiting for training step ${step}`);
  const stop = await Promise.race([stopped, ended.then(() => undefined)]);
  progress.show(null);
  if (!stop) throw new Error(`The program ended before its step ${step}. ${breakpoints[0]?.message ?? ''}`);
  const { stackFrames } = await client.request('stackTrace', { threadId: stop.threadId ?? 1, levels: 1 });
  const [frame] = stackFrames;
  if (!frame) throw new Error('The stop has no frame.');
  return { frameId: frame.id, line: frame.line, name: frame.name };
}

/** Every tensor in the frame, as a table. */
async function showFrame(frameId: number, line: number, name: string): Promise<ListedTensor[]> {
  const document = emptyDocument();
  const listing = await client.request('tensor/list', { frameId });
  document.runtimes = listing.runtimes.map(documentRuntime);
  document.stop = { file: program, line, function: name, reason: 'breakpoint', hit: step };
  for (const { expression, scope, tensor } of listing.tensors) {
    const read = await client.request('tensor/read', { tensor: { id: tensor.id } });
    document.tensors.push({
      ...documentTensor(expression, scope),
      ...describedFields(read.tensor),
      slice: read.slice,
      values: read.values ?? null,
      cost: documentCost(read.cost),
    });
  }
  const style = { width: process.stdout.columns || 120, color: process.stdout.isTTY, values: false, attached: false };
  say(`\n${formatDocument(document, { ...style, unlisted: [], fileName: (file) => relative(root, file) })}`);
  return listing.tensors;
}

/** The largest that lives on the device; on a machine without one, the largest. */
function mostInteresting(tensors: readonly ListedTensor[]): ListedTensor {
  const score = ({ tensor }: ListedTensor): number => tensor.byteLength + (tensor.location === 'host' ? 0 : 1e12);
  const [first] = [...tensors].sort((a, b) => score(b) - score(a));
  if (!first) throw new Error('No tensor was found.');
  return first;
}

/** A corner of the last two axes that have something to show, at the start of the others. */
function windowOf(shape: readonly (number | null)[]): string {
  const shown = shape.flatMap((count, axis) => (count === 1 ? [] : [axis])).slice(-2);
  return shape.map((_, axis) => (shown.includes(axis) ? ':6' : '0')).join(', ');
}

async function lookCloser({ expression, tensor }: ListedTensor): Promise<void> {
  const reference = { id: tensor.id };
  const where = tensor.location === 'host' ? 'in host memory' : `on the device (${tensor.device.type})`;
  say(`${expression} is a ${formatType(tensor.dtype, tensor.shape)} and lives ${where}.`);

  const slice = windowOf(tensor.shape);
  const { values = null, cost } = await client.request('tensor/read', { tensor: reference, slice });
  say(`\nA window of it, [${slice}]`);
  for (const line of formatValues(values, tensor.dtype)) say(`  ${line}`);
  const { bytes, transferMs, wholeBytes, wholeMsEstimate } = cost;
  const whole = `all of it would be ${formatBytes(wholeBytes)}, about ${formatMs(wholeMsEstimate)}`;
  say(`  ${formatBytes(bytes)} copied in ${formatMs(transferMs)}; ${whole}`);

  const { stats } = await client.request('tensor/stats', { tensor: reference });
  say(`\nIts statistics`);
  say(`  ${formatStatistics(documentStatistics(stats, tensor.dtype))}`);

  mkdirSync(`${root}demo-output`, { recursive: true });
  const file = `${root}demo-output/${expression.replace(/[^\w.]+/g, '_')}.npy`;
  const written = await client.request('tensor/export', {
    tensors: [{ name: expression, tensor: reference }],
    file,
    force: true,
  });
  say(`\nWrote ${relative(process.cwd(), file)} (${formatBytes(written.export.bytes)}); in Python, np.load reads it.`);
}

try {
  say(`Debugging ${relative(process.cwd(), program)}: a small convolutional network learns to tell shapes apart.\n`);
  const { frameId, line, name } = await runToBreakpoint();
  const tensors = await showFrame(frameId, line, name);
  await lookCloser(mostInteresting(tensors));

  say('\nThe program goes on.');
  progress.show('waiting for the end of the program');
  await client.request('setBreakpoints', { source: { path: program }, breakpoints: [] });
  await client.request('continue', { threadId: 1 });
  await ended;
  const { exitCode } = await exited;
  say(`\nThe program ended with exit code ${exitCode}.`);
  process.exitCode = exitCode;
} catch (error) {
  const help = error instanceof TensorError && error.help ? `\n${error.help}` : '';
  say(`\nThe demo failed: ${(error as Error).message}${help}`);
  process.exitCode = 1;
} finally {
  progress.show(null);
  await client.request('disconnect', { terminateDebuggee: true }).catch(() => {});
  await client.close();
}
