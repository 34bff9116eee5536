/** The program's own copies: brings the recorder into the program, and turns its places into files and lines. */
import { fileURLToPath } from 'node:url';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { asUrl } from '../../cdp/sourceMaps.ts';
import { agentSymbol } from '../../protocol/agent.ts';
import { TensorError } from '../../protocol/errors.ts';
import {
  conversions,
  recorderBinding,
  recorderSymbol,
  type RecordedFrame,
  type RecorderReport,
  type RecorderWarning,
} from '../../protocol/recorder.ts';
import type { Copies, CopySite, ProgramWarning } from '../../protocol/requests.ts';
import type { CopyBudget } from '../../protocol/tensor.ts';

/** The bundled recorder, put in by the build. */
declare const RECORDER_SOURCE: string;

/** The recorder in the program, which may have none. */
export const recorderExpression = `globalThis[Symbol.for(${JSON.stringify(recorderSymbol)})]`;
const recorderScriptUrl = 'tensor-debugger:///recorder.js';

interface RecorderOptions {
  budget: CopyBudget;
  /** Where the session hears of warnings at once, by `Runtime.bindingCalled`; the main context's id. */
  notifyContext?: number | undefined;
}

/** A line of a source as its author knows it, from 1. */
interface SourceLine {
  file: string;
  line: number;
}

/** Finds the original of a place in generated code; where no map tells (`isMapped`), the generated line. */
export type Locate = (frame: RecordedFrame) => Promise<SourceLine & { isMapped: boolean }>;

/** Without source maps: the generated line. */
export const generatedLine: Locate = ({ url, line }) =>
  Promise.resolve({ file: url.startsWith('file:') ? fileURLToPath(url) : url, line: line + 1, isMapped: false });

/** What the recorder finds in a realm of its own. By these names, for a name that is looked up in the global of a realm takes long. */
const builtins =
  'Array, ArrayBuffer, BigInt, Date, Error, Infinity, JSON, Map, Math, Number, Object, Promise, Reflect, RegExp, Set, String, Symbol, WeakMap, WeakRef, WeakSet';

const assertVersion =
  "if (typeof process === 'undefined' || !process.getBuiltinModule) throw new Error('Tensor Debugger needs Node 20.19 or later: process.getBuiltinModule is missing.');";

/**
 * Comes before the agent, too. Where a recorder is there already, it goes on as it is. It works while the program runs, so it
 * has built-ins that no program replaces: those of a realm of its own.
 */
export function recorderInstallation({ budget }: RecorderOptions, notify = 'undefined'): string {
  const source = `(({ ${builtins} }) => (globalThis, process, performance) => {\n${RECORDER_SOURCE}\n})(this)\n//# sourceURL=${recorderScriptUrl}`;
  // A script without a file, like all that the protocol evaluates: by that, call sites pass over it.
  const realm = `process.getBuiltinModule('vm').runInNewContext(${JSON.stringify(source)}, {}, '')`;
  const install = `if (!${recorderExpression}) ${realm}(globalThis, process, performance);`;
  return `${assertVersion}\n${install}\n${recorderExpression}.configure(${JSON.stringify(budget)}, ${notify})`;
}

/** From now on the program's copies are recorded. The session must not have its Debugger domain on, or waits for 40 ms. */
export async function installRecorder(session: CdpSession, options: RecorderOptions): Promise<void> {
  const { notifyContext } = options;
  const binding = `globalThis[${JSON.stringify(recorderBinding)}]`;
  if (notifyContext !== undefined) {
    // In this context only: in others (`node:vm`) the program would come across it.
    await session.send('Runtime.addBinding', { name: recorderBinding, executionContextId: notifyContext });
  }
  const take = notifyContext === undefined ? '' : `\n;delete ${binding}`;
  const notify = notifyContext === undefined ? 'undefined' : binding;
  const { exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `${recorderInstallation(options, notify)}${take}\n//# sourceURL=${recorderScriptUrl}`,
    silent: true,
  });
  if (exceptionDetails) throw recorderFailed(exceptionDetails.exception?.description ?? exceptionDetails.text);
}

/** A new budget for a program whose copies are recorded; nothing where none are. */
export async function configureRecorder(session: CdpSession, budget: CopyBudget): Promise<void> {
  const expression = `${recorderExpression}?.configure(${JSON.stringify(budget)})`;
  const { exceptionDetails } = await session.send('Runtime.evaluate', { expression, silent: true });
  if (exceptionDetails) throw recorderFailed(exceptionDetails.exception?.description ?? exceptionDetails.text);
}

/** What `Runtime.bindingCalled` carries; undefined if it is not ours. */
export function recorderMessage({ name, payload }: { name: string; payload: string }): RecorderWarning | undefined {
  return name === recorderBinding ? (JSON.parse(payload) as RecorderWarning) : undefined;
}

/** Null if the program has no recorder. */
export async function readRecorder(session: CdpSession): Promise<RecorderReport | null> {
  // By the agent, where there is one: it asks among built-ins that are no program's.
  const agent = `globalThis[Symbol.for(${JSON.stringify(agentSymbol)})]`;
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `${agent}?.copies() ?? JSON.stringify(${recorderExpression}?.report() ?? null)`,
    returnByValue: true,
    silent: true,
  });
  if (exceptionDetails) throw recorderFailed(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return JSON.parse(result.value as string) as RecorderReport | null;
}

/** The program's copies by line of its own sources, those of one line and call added up. Bytes, and milliseconds. */
export async function copiesOf(report: RecorderReport, locate: Locate): Promise<Copies> {
  const sites = new Map<string, CopySite>();
  for (const { runtime, frames, count, bytes, ms, ...recorded } of report.sites) {
    const { place = nowhere, passed, innermost } = await located(frames, locate);
    // In a bundle only the map tells what a runtime has mapped for a conversion, which is counted as such.
    if (runtime === 'webgpu' && countedSource.test(innermost?.file ?? '')) continue;
    const { file, line } = place;
    // In a bundle the map tells which functions are the runtime's: the outermost that one calls names the copy.
    const names = passed.map((frame) => frame.function?.split('.').pop() ?? '');
    const call = names.findLast((name) => (conversions[runtime] as string[]).includes(name)) ?? recorded.call;
    const key = JSON.stringify([file, line, call]);
    const site = sites.get(key);
    // Calls beside each other on a line are one site for a reader.
    if (site) Object.assign(site, { count: site.count + count, bytes: site.bytes + bytes, ms: site.ms + ms });
    else sites.set(key, { file, line, call, count, bytes, ms });
  }
  return { since: report.since, sites: [...sites.values()].sort((a, b) => b.bytes - a.bytes || b.ms - a.ms) };
}

/** With the line of the program's own sources that it is about, where there is one. */
export async function programWarning(warning: RecorderWarning, locate: Locate): Promise<ProgramWarning> {
  const { frames, code, message, help } = warning;
  return { code, message, help, ...(await placeOf(frames, locate)) };
}

/** Code that was evaluated has no file. */
const nowhere: SourceLine = { file: '', line: 1 };

/** The innermost place in the program's own sources: a bundle has those of packages too, which only its map tells. */
export async function placeOf(frames: readonly RecordedFrame[], locate: Locate): Promise<SourceLine | undefined> {
  return (await located(frames, locate)).place;
}

/** TF.js's own maps lead out of its packages, to the sources that were left at home: bundlers follow them. */
const packageSource = /[\\/]node_modules[\\/]|[\\/]tfjs-(?:core|layers|converter|data|backend-\w+)[\\/]src[\\/]/;

/** Of the runtimes whose conversions are counted. */
const countedSource =
  /[\\/]node_modules[\\/](?:@tensorflow|@jax-js|onnxruntime-\w+)[\\/]|[\\/]tfjs-backend-webgpu[\\/]src[\\/]/;

/** That place, and the frames inside of it, which are of packages; the innermost of all where there are no others. */
async function located(frames: readonly RecordedFrame[], locate: Locate) {
  let innermost: SourceLine | undefined;
  const mapped = new Set<string>();
  for (const [index, frame] of frames.entries()) {
    // A stack has the bare paths of CommonJS modules.
    const url = asUrl(frame.url);
    const { file, line, isMapped } = await locate({ ...frame, url });
    if (isMapped) mapped.add(url);
    // What a map leaves out is a compiler's own.
    const isOfCompiler = !isMapped && mapped.has(url);
    innermost ??= { file, line };
    if (packageSource.test(file) || isOfCompiler) continue;
    return { place: { file, line }, passed: frames.slice(0, index), innermost };
  }
  return { place: innermost, passed: [], innermost };
}

function recorderFailed(what: string): TensorError {
  return new TensorError({
    code: 'agent-failed',
    message: `The part of Tensor Debugger that counts the program's copies failed: ${what}`,
    help: 'The program itself is unharmed. Please report this with the message above.',
  });
}
