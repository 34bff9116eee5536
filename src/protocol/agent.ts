/**
 * Calls into the agent (the part that lives in the debuggee). Arguments and results are plain JSON. Bytes travel as
 * base64 inside the result, or, when a file is named, raw through that file.
 */
import type { ErrorReport } from './errors.ts';
import type {
  AxisRange,
  CopyCost,
  DType,
  GraphInput,
  Histogram,
  RuntimeDescription,
  TensorDescriptor,
  TensorWarning,
  StatisticsSummary,
} from './tensor.ts';
import type { Tolerance } from './comparison.ts';
import type { NotFiniteBreak, NotFiniteReport } from './notFinite.ts';
import type { RecorderWarning } from './recorder.ts';
import type { BackendComparison } from './requests.ts';

/** The agent's place in the debuggee: `globalThis[Symbol.for(agentSymbol)]`. The number is the protocol's version. */
export const agentSymbol = 'tensor-debugger.agent.v1';

/**
 * The agent, as an expression for any context, on one line. From the inside of another one than the agent's: functions that no JavaScript
 * engine has of its own come from outside, and the last of their prototypes is the `Object.prototype` of where they were
 * made. Only variables are looked at, never getters; and these names are none that a program puts proxies under.
 */
export const agentFromAnyContext = `(() => {
  const key = Symbol.for(${JSON.stringify(agentSymbol)});
  if (Object.prototype.hasOwnProperty.call(globalThis, key)) return globalThis[key];
  for (const name of ['setTimeout', 'clearTimeout', 'queueMicrotask', 'URL', 'TextEncoder', 'Buffer', 'fetch', 'require']) {
    const fn = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
    if (typeof fn !== 'function') continue;
    let last = fn;
    for (let next = fn; next !== null; next = Object.getPrototypeOf(next)) last = next;
    const outside = last.constructor.constructor('return globalThis')();
    if (Object.prototype.hasOwnProperty.call(outside, key)) return outside[key];
  }
  return null;
})()`.replaceAll(/\s*\n\s*/g, ' ');

/** How to look at a tensor that has no type of its own (a raw buffer). */
export interface Reinterpretation {
  dtype: DType;
  shape?: number[];
}

/** What many tensors of a list have in common; strides are left out where they are row-major. */
export type SharedDescription = Omit<TensorDescriptor, 'id' | 'label' | 'gradient' | 'warnings'>;

/** What a tensor has of its own; no warnings where there are none. */
export type OwnDescription = Partial<Pick<TensorDescriptor, 'label' | 'gradient' | 'warnings'>>;

/**
 * `shared` is an index into the list's shared descriptions, which are said once and not a thousand times; `scope` one into
 * the scopes that were handed over. A tuple: the names of its fields would be most of a long list.
 */
export type AgentListedTensor = [shared: number, id: string, scope: number, expression: string, own?: OwnDescription];

export interface ListOptions {
  /** So many tensors are listed. */
  limit: number;
  /** The expression of a container, which is handed over in the place of `this`. */
  within?: string;
}

/** What `list` answers about the scopes that were handed over; nothing is read for it. */
export interface AgentListing {
  runtimes: RuntimeDescription[];
  shared: SharedDescription[];
  tensors: AgentListedTensor[];
  /** See `TensorListing`. */
  containers: { scope: number; expression: string }[];
  /** What the recorder has found. */
  warnings: RecorderWarning[];
  truncated: boolean;
}

export interface AgentWindow {
  /** Elements in row-major order, little-endian; absent when they went to the file or are strings. */
  base64?: string;
  strings?: string[];
  byteLength: number;
  dtype: DType;
  cost: CopyCost;
}

/** Bounds are the decimal digits of an integer, or the shortest digits of a float. */
export interface AgentStatistics extends StatisticsSummary<string> {
  where: 'device' | 'host';
  histogram: Histogram | null;
  cost: CopyCost;
}

/** Handles of this stop: indices [count, rank], values [count] and the dense shape [rank], if it is a tensor. */
export interface AgentSparseParts {
  indices: TensorDescriptor;
  values: TensorDescriptor;
  denseShape: TensorDescriptor | null;
}

export interface WindowRequest {
  id: string;
  ranges: AxisRange[];
  as?: Reinterpretation;
}

/** A value for a graph's input: a tensor of the program, or values that come from the debugger's side (a file). */
export type AgentFeed = { name: string } & (
  | { id: string; as?: Reinterpretation }
  | {
      dtype: DType;
      shape: number[];
      /** Numbers without a dtype of their own (JavaScript's, JSON's, CSV's): they take the input's. */
      plain: boolean;
      base64?: string;
      strings?: string[];
    }
);

/** For `Agent.compareBackends`, which is handed the expression as a function of the stopped frame. */
export interface BackendComparisonRequest {
  expression: string;
  /** The handle of the tensor that the expression made: it has to give the same again. */
  made?: string;
  tolerance: Tolerance;
}

/** The part that the agent answers. */
export type ComparedKernels = Pick<BackendComparison, 'backend' | 'kernels' | 'ms'>;

/** Little-endian elements on their way into the program, or a file of ours that holds them and nothing else. */
export type UploadPiece = { base64: string } | { file: string; byteLength: number };

/** What can feed a graph, under a handle; or nothing, with the reason if it is an array. */
export interface TakenFeed {
  id: string | null;
  problem?: string;
}

export interface AgentCalls {
  describe: { arguments: { id: string; as?: Reinterpretation }; result: TensorDescriptor };
  /** Reads windows of several tensors at once, all or none; those on one device share one readback. */
  read: {
    arguments: { windows: WindowRequest[] };
    result: AgentWindow[];
  };
  /** Null where it would be reduced on the host, and is too large for a program that stands still. */
  stats: { arguments: { id: string; as?: Reinterpretation; bins: number }; result: AgentStatistics | null };
  /** The tensors that a sparse one is made of; null where it does not tell them. */
  sparseParts: { arguments: { id: string }; result: AgentSparseParts | null };
  /** The nearest NaN or infinity after or before a flat (row-major) index, which itself is left out; null as for `stats`. */
  find: {
    arguments: { id: string; as?: Reinterpretation; from: number; direction: 'next' | 'previous' };
    result: { index: number | null } | null;
  };
  /**
   * Appends elements of a window to a file that exists, raw, row-major; returns when `maxBytes` were written or the
   * window is done. `from` counts elements from the start of the window.
   */
  write: {
    arguments: { request: WindowRequest; file: string; position: number; from: number; maxBytes: number };
    result: { nextElement: number; done: boolean; bytesWritten: number; cost: CopyCost };
  };
  /**
   * The same elements over the protocol, for a debuggee on another machine: at most `maxBytes` of a window, from its
   * element `from` on.
   */
  chunk: {
    arguments: { request: WindowRequest; from: number; maxBytes: number };
    result: { base64: string; nextElement: number; done: boolean; cost: CopyCost };
  };
  /** What a symbolic tensor's graph can be fed with: the inputs that it depends on. */
  graphInputs: { arguments: { id: string }; result: GraphInput[] };
  /**
   * Runs the graph for one of its tensors; the value is held on the host until `release`. Where `isLater`, it is run when the
   * program has gone on, and its value held until the `release` of the first stop at which it is there.
   */
  evaluateGraph: {
    arguments: { id: string; feeds: AgentFeed[]; stops: boolean };
    result: { tensor: TensorDescriptor; ms: number; isLater: boolean };
  };
  /** The name of the later value that the program was stopped for; '' where it was not. */
  stoppedForValue: { arguments: Record<string, never>; result: { name: string } };
  /** Room in the program for values that come in pieces; let go of at `make` or `release`. */
  upload: { arguments: { byteLength: number }; result: { upload: number } };
  fill: { arguments: { upload: number; position: number; piece: UploadPiece }; result: null };
  /**
   * A tensor of the runtime and device of `id` with the uploaded values, of which dtype and shape are known to be its own.
   * Not `isNew` where the values went into the old one (a variable of TF.js).
   */
  make: {
    arguments: { id: string; upload: number; dtype: DType; shape: number[] };
    result: { tensor: TensorDescriptor; isNew: boolean; warnings: TensorWarning[] };
  };
  /** Frees what `make` made, where it could not be assigned. */
  unmake: { arguments: { id: string }; result: null };
  /** Whether the debuggee sees a file of ours, with this content: then bulk bytes can go through files. */
  sharesFiles: { arguments: { file: string; content: string }; result: boolean };
  /** Texts of tensors by id, for the variables of another debugger. */
  note: { arguments: { texts: Record<string, string> }; result: null };
  /** Sends all points of tracked expressions that are on their way; waits for the device. */
  flushTracked: { arguments: Record<string, never>; result: null };
  /** Stops the program for ops that make a NaN or infinity, or no longer. */
  breakOnNotFinite: { arguments: NotFiniteBreak; result: null };
  /** What the program was last stopped for by that. */
  notFinite: { arguments: Record<string, never>; result: NotFiniteReport | null };
  /** Forgets the handles of this stop, and, unless they came only afterwards, the values that were promised for it. */
  release: { arguments: { heldMs: number; keepsLater: boolean }; result: null };
}
export type AgentCallName = keyof AgentCalls;
/** `hidden`: the agent has to know private state first, which the inspector looks up; then it is called again. */
export type AgentAnswer<Value> =
  { ok: true; value: Value } | { ok: false; error: ErrorReport } | { ok: false; hidden: true };

/** Why a device refuses to read a buffer, and always will. */
export type RefusalCause = 'destroyed' | 'invalid' | 'lost';
