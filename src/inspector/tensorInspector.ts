/**
 * The heart: finds, describes, reads and exports the tensors of a paused program over CDP. The adapter, the companion
 * mode of the extension and (through the adapter) the command line are doors to it.
 */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../cdp/cdpSession.ts';
import type { TensorComparison, Tolerance } from '../protocol/comparison.ts';
import type { NotFiniteBreak, NotFiniteStop } from '../protocol/notFinite.ts';
import type {
  AssignedTensor,
  BackendComparison,
  Copies,
  DifferenceWindow,
  EvaluatedValue,
  ExportedFile,
  ExportEncoding,
  ProgramWarning,
  ReadResult,
  TensorListing,
  TensorPreview,
  TensorRequests,
} from '../protocol/requests.ts';
import type {
  CopyBudget,
  CopyCost,
  GraphInput,
  RuntimeDescription,
  TensorDescriptor,
  TensorStatistics,
  TensorWarning,
} from '../protocol/tensor.ts';
import type { TrackedBatch } from '../protocol/track.ts';
import type { StatisticsRun } from '../tensor/sourceStatistics.ts';
import type { NamesAt } from './names/originalNames.ts';
import type { Locate } from './watch/copies.ts';

export interface InspectorOptions {
  /** The session that stops the program: it has the Debugger domain, and its object ids name scopes and values. */
  main: CdpSession;
  /** A second session to the same target without the Debugger domain; every agent call goes over it. */
  agent: CdpSession;
  /** Reads above either are offered with their price, not made by themselves. */
  budget: CopyBudget;
  /** Finds the original line of a place in generated code; without it, files and lines are the generated ones. */
  locate?: Locate;
  /** What the variables in a frame are called by their author, where a compiler gave them other names. */
  namesAt?: NamesAt;
  /** Adds the versions of the runtimes, which a program does not always hold itself. */
  withVersions?: (runtimes: RuntimeDescription[]) => RuntimeDescription[];
  /** The program runs, and a value that `evaluateGraph` has promised for later is there, or will not come. */
  onEvaluated?: (value: EvaluatedValue) => void;
}

export interface ExportRequest {
  file: string;
  force: boolean;
  tensors: { name: string; id: string; slice?: string }[];
  encoding?: ExportEncoding;
  /** `refuse`: nothing is written where a value, or only where a string, would change. Default: it is written, with a warning. */
  loss?: 'warn' | 'refuse' | 'refuse-strings';
  /** Fractions from 0 to 1. */
  onProgress?(fraction: number, bytes: number): void;
  signal?: AbortSignal;
}

export interface AssignRequest {
  callFrameId: string;
  expression: string;
  file: string;
  onProgress?(fraction: number, bytes: number): void;
  signal?: AbortSignal;
}

/** What a tensor is compared with; a file of several tensors may have one that is called as the variable (`purpose`). */
export type ComparedWith = { id: string; name: string } | { file: string; purpose: string };

export interface CompareOptions {
  tolerance?: Partial<Tolerance>;
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
}

/** A value for a graph's input, by its name. */
export type FeedOf = { name: string } & (
  { expression: string; callFrameId: string } | { id: string } | { file: string }
);

export interface TensorInspector {
  /**
   * The program stopped with these frames. Nothing is sent before something is asked for.
   * @param stoppedAt when, by `performance.now()`; default: now
   */
  stopped(callFrames: readonly Protocol.Debugger.CallFrame[], stoppedAt?: number): void;
  /**
   * The program is about to run on: call it and wait for it before `Debugger.resume` or a step. Lets go of everything
   * that the agent holds of the program, so that nothing lives longer for having been looked at.
   */
  resuming(): Promise<void>;
  /**
   * The tensors in a frame's scopes, innermost first, globals left out. One round trip; nothing is read.
   * @param within an expression of a container: lists the tensors in it instead
   * @throws TensorError as `evaluate`
   */
  list(callFrameId: string, within?: string): Promise<TensorListing>;
  /**
   * For variables: which of these objects (ids of `main`) are tensors, with previews read in one readback.
   * The answer has one entry per object id, null where it is no tensor.
   */
  preview(objectIds: readonly string[]): Promise<(TensorPreview | null)[]>;
  /** The same of tensors that were listed before, by their ids. */
  previews(ids: readonly string[]): Promise<TensorPreview[]>;
  /** Leaves the texts of previews with the agent, for a debugger that shows the program's variables itself. */
  note(previews: readonly TensorPreview[]): Promise<void>;
  /** @throws TensorError `not-a-tensor`, or what kept the expression from being evaluated. */
  evaluate(callFrameId: string, expression: string, options: { throwOnSideEffect: boolean }): Promise<TensorDescriptor>;
  /**
   * The tensor that the expression of a reference means, which never changes the program: what it evaluates to, or the one whose
   * values it asks for by habit (`loss.numpy()`, see `readingHabits.ts`).
   * @param warn hears of a conversion that needs eager mode, tried on a tensor of a graph
   * @throws TensorError as `evaluate`, and `not-readable` for such a conversion
   */
  resolve(callFrameId: string, expression: string, warn?: (warning: TensorWarning) => void): Promise<TensorDescriptor>;
  describe(id: string): Promise<TensorDescriptor>;
  read(
    id: string,
    options: { slice?: string; encoding?: 'json' | 'bytes'; dtype?: string; shape?: number[] },
  ): Promise<ReadResult>;
  stats(id: string, options: StatisticsRun & { dtype?: string }): Promise<TensorStatistics>;
  /**
   * The flat (row-major) index of the nearest NaN or infinity after or before `from`, null if there is none.
   * @throws TensorError `cancelled`
   */
  find(id: string, from: number, direction: 'next' | 'previous', signal?: AbortSignal): Promise<number | null>;
  /** Raw bytes of the tensor's values in row-major order, little-endian; for `readMemory`. */
  readBytes(id: string, byteOffset: number, byteCount: number): Promise<Uint8Array>;
  export(request: ExportRequest): Promise<{ export: ExportedFile; costs: CopyCost[]; warnings: TensorWarning[] }>;
  /**
   * The handle of a symbolic tensor, or of a model or session as a whole, which stands for its only output.
   * @throws TensorError `not-a-tensor`, or what kept the expression from being evaluated
   */
  graphOf(callFrameId: string, expression: string): Promise<string>;
  /** The inputs that a symbolic tensor depends on; nothing is run. */
  graphInputs(id: string): Promise<GraphInput[]>;
  /**
   * Runs the graph of a symbolic tensor for its value, which then has a handle of its own at this stop.
   * @param options.stopWhenEvaluated where it is later: stop the program (at a `debugger` statement of the agent's script)
   * @returns `isLater` where the engine can't run while the program stands still: the handle has its value at the first stop
   * after `onEvaluated`
   * @throws TensorError `invalid-feed` for feeds that don't fit; `evaluation-failed`; `not-available`
   */
  evaluateGraph(
    id: string,
    feeds: readonly FeedOf[],
    options?: { stopWhenEvaluated?: boolean },
  ): Promise<TensorRequests['tensor/evaluateGraph']['result']>;
  /**
   * Replaces what a variable or property holds by a new tensor with the values of a file.
   * @throws TensorError `invalid-argument` for a constant, and for another dtype or shape; nothing was changed then
   */
  assign(request: AssignRequest): Promise<AssignedTensor>;
  /**
   * Takes what breakpoints with a tracking condition find (`protocol/trackCondition.ts`), from before the program's code
   * runs; it may run meanwhile. Called again, it answers like the first time.
   * @param onBatch also called at a stop, with what was still on its way
   */
  track(onBatch: (batch: TrackedBatch) => void): Promise<void>;
  compare(a: { id: string; name: string }, b: ComparedWith, options?: CompareOptions): Promise<TensorComparison>;
  /**
   * Runs an expression of TF.js ops in a frame, and each of its kernels once more on TF.js's cpu backend.
   * @throws TensorError `expression-threw`; `not-available` without the cpu backend, or where no kernel was run
   */
  compareBackends(callFrameId: string, expression: string, tolerance?: Partial<Tolerance>): Promise<BackendComparison>;
  /**
   * a - b over a slice.
   * @throws TensorError `invalid-argument` for different shapes, and for text; `too-large`
   */
  differences(a: { id: string; name: string }, b: ComparedWith, slice?: string): Promise<DifferenceWindow>;
  copies(): Promise<Copies>;
  /** Is told what the program's copies are warned of as soon as it is known, while the program runs; once for a program. */
  hearWarnings(onWarning: (warning: ProgramWarning) => void): Promise<void>;
  /** For what is read from now on, and for the warnings about the program's own copies; the program may run meanwhile. */
  setBudget(budget: CopyBudget): Promise<void>;
  /** Stops the program (at a `debugger` statement of the agent's script) for ops that make a NaN or infinity. */
  breakOnNotFinite(asked: NotFiniteBreak): Promise<void>;
  /** Of the breakpoints of a stop: whether the program is stopped for a NaN before it ends. */
  isEnding(breakpointIds: readonly string[]): boolean;
  /** What it stands still for by that, at a stop in the agent's script. */
  notFinite(callFrames: readonly Protocol.Debugger.CallFrame[]): Promise<NotFiniteStop>;
  /** The name of the value that it was stopped for by `stopWhenEvaluated`; '' where it was not. */
  stoppedForValue(): Promise<string>;
  dispose(): Promise<void>;
}

/** Opens an inspector on a target; the agent is brought into the debuggee when something is first asked for. */
export type OpenInspector = (options: InspectorOptions) => TensorInspector;
