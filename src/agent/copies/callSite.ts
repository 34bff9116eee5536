/**
 * Who called. The stack is taken in a realm of our own (`node:vm`), which has its own `Error`: its `stackTraceLimit` and
 * `prepareStackTrace` are ours, and the program's stay untouched, whatever the program has done with them.
 */
import { evaluationUrl } from '../../protocol/evaluation.ts';
import type { RecordedFrame } from '../../protocol/recorder.ts';
import { ownRuntimeScript } from '../ownRuntime.ts';

/** V8's own view of a frame: https://v8.dev/docs/stack-trace-api */
interface V8CallSite {
  getFileName(): string | null | undefined;
  getScriptNameOrSourceURL(): string | null | undefined;
  getFunctionName(): string | null;
  /** The class of `this`; null in strict mode. */
  getTypeName(): string | null;
  getPosition(): number;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

/** Which scripts are a runtime's own, by their names. */
export interface RuntimeScripts {
  own: RegExp;
  /** The runtime's functions that people call to get values; the outermost one on the stack names the copy. */
  calls: ReadonlySet<string>;
  /** The runtime's methods that are watched, where they call each other: such a call is part of the outer one. */
  watched?: ReadonlySet<string>;
  /** The innermost frame is one of its own: where no script of its own is on the stack, it is bundled with the program. */
  callsItself?: boolean;
  /** Calls out of these scripts are part of something that is counted already. */
  notFrom?: RegExp;
}

export interface CallSite {
  key: string;
  call: string;
  /** From the first frame on that is not the runtime's own. Worked out only where it is needed: lines take their time. */
  frames(): RecordedFrame[];
}

const realmSource = `
  'use strict';
  Error.prepareStackTrace = (error, sites) => sites;
  (below, limit) => {
    Error.stackTraceLimit = limit;
    const holder = {};
    Error.captureStackTrace(holder, below);
    return holder.stack;
  };`;

type Capture = (below: unknown, limit: number) => V8CallSite[];
let capture: Capture | undefined;

/** Takes about a millisecond, so it is done when the first runtime appears. */
function openRealm(): Capture {
  const vm = process?.getBuiltinModule?.('vm');
  if (!vm) throw new Error('Call sites are recorded in Node 20.19 or later only.');
  return vm.runInNewContext(realmSource, {}) as Capture;
}

/** Every frame takes V8 about a microsecond, so only as many are asked for as it took before. */
const manyFrames = 64;
const framesNeeded = new Map<string, number>();
/**
 * In a bundle only its source map, far from here, tells where the runtime ends and the program begins: all these frames
 * together are the call site. The longest way through TF.js (`data()`, compiled for old browsers) takes 8.
 */
const framesInBundle = 10;

/** Node's own, ours (a script of the protocol has no file; the runtime may be linked), or a package's. */
const isForeign = (file: string) =>
  file === '' || /^node:|[\\/]node_modules[\\/]/.test(file) || file === ownRuntimeScript();

/**
 * The call that led here, by the innermost frame outside of the runtime and of other packages; where a package itself made
 * the call on its own account, by that one; and where the runtime did, later than it was called, by its outermost one.
 * @param below the function of ours under which the stack begins
 * @param name what was called, if the runtime's frames on the stack name nothing better
 */
export function callSite(below: unknown, name: string, scripts: RuntimeScripts): CallSite | undefined {
  capture ??= openRealm();
  const needed = framesNeeded.get(name) ?? 1;
  let stack = capture(below, needed);
  let { chosen, call } = chooseFrame(stack, name, scripts);
  if (chosen === -1 && stack.length === needed) {
    stack = capture(below, manyFrames);
    ({ chosen, call } = chooseFrame(stack, name, scripts));
    framesNeeded.set(name, Math.max(needed, chosen + 1));
  }
  if (chosen === notCounted) return undefined;
  const isBundled = chosen === 0 && (scripts.callsItself === true || scripts.calls.has(methodName(stack[0]) ?? ''));
  if (isBundled && needed < framesInBundle) {
    stack = capture(below, framesInBundle);
    framesNeeded.set(name, framesInBundle);
  }
  if (chosen < 0) chosen = stack.findIndex((frame) => isOther(frame.getFileName(), scripts));
  // A step that the runtime takes later, by itself: what took it (training) tells more than what it ends in.
  if (chosen < 0) chosen = stack.findLastIndex((frame) => isOwnWork(frame, scripts));
  const site = stack[Math.max(0, chosen)];
  if (!site) return undefined;
  const [file, position] = [site.getFileName(), site.getPosition()];
  const place = isBundled
    ? stack
        .slice(0, framesInBundle)
        .map((frame) => frame.getPosition())
        .join()
    : position;
  return {
    key: `${call} ${file} ${place}`,
    call,
    frames: () => {
      const whole = capture!(below, manyFrames);
      const start = whole.findIndex((frame) => frame.getPosition() === position && frame.getFileName() === file);
      return whole.slice(Math.max(0, start)).flatMap(recordedFrame);
    },
  };
}

/** The function that called; undefined for one without a name. */
export function callerName(below: unknown): string | undefined {
  capture ??= openRealm();
  return methodName(capture(below, 1)[0]);
}

/** Whether a function of these scripts (of this name) is on the stack. */
export function isCalledFrom(scripts: RegExp, below: unknown, name?: string): boolean {
  capture ??= openRealm();
  return capture(below, manyFrames).some(
    (frame) => scripts.test(frame.getFileName() ?? '') && (name === undefined || frame.getFunctionName() === name),
  );
}

/** Without the class, which V8 tells of some. */
function methodName(frame: V8CallSite | undefined): string | undefined {
  return frame?.getFunctionName()?.split('.').pop();
}

function isOther(file: string | null | undefined, { own }: RuntimeScripts): boolean {
  return typeof file === 'string' && file !== '' && !own.test(file) && !file.startsWith('node:');
}

/** The functions that TypeScript makes of `await` for old JavaScript: they say nothing of who calls. */
const awaitHelpers = new Set(['__awaiter', 'step', 'fulfilled', 'rejected']);

function isOwnWork(frame: V8CallSite, { own }: RuntimeScripts): boolean {
  if (!own.test(frame.getFileName() ?? '')) return false;
  const name = methodName(frame);
  // Those without a name are the helpers' too, or the steps of a class's method.
  return name === undefined ? !['Object', null].includes(frame.getTypeName()) : !awaitHelpers.has(name);
}

/** Part of a call that is counted already, or none of the program's. */
const notCounted = -2;

/** The innermost frame of the program, and what it called; -1 if the program is not in sight. */
function chooseFrame(
  stack: readonly V8CallSite[],
  name: string,
  scripts: RuntimeScripts,
): { chosen: number; call: string } {
  const { own, watched, notFrom } = scripts;
  for (const [index, frame] of stack.entries()) {
    const file = frame.getFileName();
    // Native functions and evaluated code have no file.
    if (typeof file !== 'string') {
      if (frame.getScriptNameOrSourceURL() === evaluationUrl) return { chosen: notCounted, call: name };
      continue;
    }
    if (!isForeign(file)) return { chosen: index, call: outermostCall(stack, index, scripts) ?? name };
    const isPart = notFrom?.test(file) || (watched && own.test(file) && watched.has(methodName(frame) ?? ''));
    if (isPart) return { chosen: notCounted, call: name };
  }
  return { chosen: -1, call: outermostCall(stack, stack.length, scripts) ?? name };
}

/** Of the frames before `end`. From the outside: a frame's name takes V8 as long as the frame itself. */
function outermostCall(stack: readonly V8CallSite[], end: number, { own, calls }: RuntimeScripts): string | undefined {
  for (let index = end - 1; index >= 0; index--) {
    const frame = stack[index];
    const file = frame?.getFileName();
    const method = typeof file === 'string' && own.test(file) ? methodName(frame) : undefined;
    if (method !== undefined && calls.has(method)) return method;
  }
  return undefined;
}

function recordedFrame(frame: V8CallSite): RecordedFrame[] {
  const url = frame.getFileName();
  if (typeof url !== 'string' || url.startsWith('node:')) return [];
  const line = (frame.getLineNumber() ?? 1) - 1;
  const column = (frame.getColumnNumber() ?? 1) - 1;
  return [{ url, line, column, function: frame.getFunctionName() }];
}
