/**
 * The recorder: the small part of Tensor Debugger that counts the program's own device-to-host copies. It is brought into
 * a program before its first line (or when one attaches), long before the agent, which only comes with the first question.
 */
import type { TensorWarning } from './tensor.ts';

/** The recorder's place in the debuggee: `globalThis[Symbol.for(recorderSymbol)]`. The number is the protocol's version. */
export const recorderSymbol = 'tensor-debugger.recorder.v1';
/** The function of the DevTools protocol by which the recorder speaks up; the program never sees it. */
export const recorderBinding = '__tensorDebuggerRecorder';

/** The functions of each runtime that people call to get values. */
export const conversions = {
  tfjs: 'data dataSync array arraySync print toString toPixels buffer bufferSync bytes bytesSync'.split(' '),
  'jax-js': ['data', 'dataSync', 'js', 'jsAsync', 'item'],
  onnxruntime: ['getData'],
  webgpu: [],
} satisfies Record<string, string[]>;

/** A place in generated code, as V8 tells it. Positions from 0. */
export interface RecordedFrame {
  url: string;
  line: number;
  column: number;
  function: string | null;
}

/** What one call site has copied so far. */
export interface RecordedSite {
  runtime: keyof typeof conversions;
  call: string;
  /**
   * The stack of the first copy, innermost first, from the first frame on that is not in a script of the runtime. Where the
   * runtime is bundled with the program, its own frames are among them.
   */
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
}
