/**
 * The recorder: the small part of Tensor Debugger that counts the program's own device-to-host copies. It is brought into
 * a program before its first line (or when one attaches), long before the agent, which only comes with the first question.
 */
import type { TensorWarning } from './tensor.ts';

/** The recorder's place in the debuggee: `globalThis[Symbol.for(recorderSymbol)]`. The number is the protocol's version. */
export const recorderSymbol = 'tensor-debugger.recorder.v1';
/** The function of the DevTools protocol by which the recorder speaks up; the program never sees it. */
export const recorderBinding = '__tensorDebuggerRecorder';

/** A place in generated code, as V8 tells it. Positions from 0. */
export interface RecordedFrame {
  url: string;
  line: number;
  column: number;
  function: string | null;
}

/** What one call site has copied so far. */
export interface RecordedSite {
  runtime: string;
  call: string;
  /** The stack of the first copy, innermost first, from the first frame on that is not the runtime's own. */
  frames: RecordedFrame[];
  count: number;
  bytes: number;
  ms: number;
}

/** What the program does with its copies that is worth a word, and where. */
export interface RecorderWarning extends TensorWarning {
  frames: RecordedFrame[];
}

export interface RecorderReport {
  /** Since when every runtime that the program uses has been recorded: ISO 8601. */
  since: string;
  sites: RecordedSite[];
  warnings: RecorderWarning[];
  /** What first went wrong in the recorder itself, with its stack. */
  failure: string | null;
}
