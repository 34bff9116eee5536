/** The custom requests and events of the debug adapter: name to arguments and result. Everything else is plain DAP. */
import type { TensorComparison, Tolerance } from './comparison.ts';
import type { ErrorReport } from './errors.ts';
import type { NotFiniteBreak } from './notFinite.ts';
import type { TrackedBatch } from './track.ts';
import type {
  CopyBudget,
  CopyCost,
  GraphInput,
  JsonValues,
  RuntimeDescription,
  TensorDescriptor,
  TensorStatistics,
  TensorWarning,
} from './tensor.ts';

/** A tensor is named by an expression in a frame, or by the handle of an earlier answer of the same stop. */
export type TensorReference = { expression: string; frameId?: number } | { id: string };

/** A tensor where it was found: the variable's name, or a path into a container one level deep (`model.weights[0]`). */
export interface ListedTensor {
  expression: string;
  /** The scope's name as the debugger shows it: `Local`, `Closure`, `Module`, ...; empty in a container that was asked for. */
  scope: string;
  tensor: TensorDescriptor;
}

/** A warning about what the program does, with the line that does it where there is one. */
export interface ProgramWarning extends TensorWarning {
  file?: string;
  /** From 1. */
  line?: number;
}

/** More tensors lie in it than are listed: `params.layers`. */
export type ListedContainer = Omit<ListedTensor, 'tensor'>;

export interface TensorListing {
  runtimes: RuntimeDescription[];
  tensors: ListedTensor[];
  /** What lies too deep to be listed is in these; `tensor/list` lists it with `within`. */
  containers: ListedContainer[];
  /** About the program as a whole. */
  warnings: ProgramWarning[];
  /** More were found than were listed. */
  truncated: boolean;
  /** Why there are no tensors, where it is not for want of them. */
  reason?: string;
}

export interface ReadResult {
  tensor: TensorDescriptor;
  /** The slice in canonical NumPy form that was read: `0:16, 0:64`. */
  slice: string;
  /** The shape of what was read, dropped axes left out. */
  shape: number[];
  /** Nested as the shape; absent if `encoding` is `bytes`. */
  values?: JsonValues;
  /** Little-endian elements in row-major order, base64; if `encoding` is `bytes`. */
  bytes?: string;
  cost: CopyCost;
}

/** A tensor in one line. */
export interface TensorPreview {
  tensor: TensorDescriptor;
  /** `float32[64, 10] webgpu 2.5 KB  [[0.1, 0.7, ...], ...]`, or without values and with the reason. */
  text: string;
  /** The values part alone; null where none could be read. */
  values: string | null;
  /** Of the preview; null where nothing was read. */
  cost: CopyCost | null;
}

/** What was named is no tensor of this stop, and why. */
export interface NoPreview {
  tensor: null;
  error: ErrorReport;
}

/** How a file is written, where its format has the choice. */
export interface ExportEncoding {
  /** Deflate: `npz`. */
  compress?: boolean;
  /** NumPy has no bfloat16: its bits as `ml_dtypes` stores them (the default), or widened to float32 without loss. */
  bfloat16?: 'ml_dtypes' | 'float32';
  /** The first axis varies fastest: `npy` and `npz`. */
  fortranOrder?: boolean;
  /** How one channel is coloured: `png`. Default: `gray`. */
  colormap?: 'gray' | 'viridis';
}

export interface ExportedFile {
  file: string;
  format: string;
  /** The expressions whose tensors it holds. */
  tensors: string[];
  bytes: number;
}

/** Copies from devices to the host that the program itself made, by call site. */
export interface CopySite {
  /** The source as its author knows it: the TypeScript, where a source map tells. */
  file: string;
  /** From 1. */
  line: number;
  /** The outermost conversion: `array`, not the `data` that it calls. */
  call: string;
  count: number;
  /** That had to be moved: 0 where the program got a view of host memory. */
  bytes: number;
  /** From the call until its values were there, work that they waited for included. */
  ms: number;
}
export interface Copies {
  /** Since when they were recorded: ISO 8601, null if recording is off. */
  since: string | null;
  sites: CopySite[];
}

/** A value for a graph's input: a tensor or a number of the frame, or a file (of several tensors, the one of that name). */
export interface GraphFeed {
  name: string;
  value: TensorReference | { file: string };
}

/**
 * What a tensor is compared with: another one of this stop, or a file (`archive.npz#weights`), such as one that it was exported to at
 * an earlier stop.
 */
export type ComparedReference = TensorReference | { file: string };

/** a - b over a slice; of complex numbers, how far they are apart. NaN where one side is NaN; an infinity is no different from itself. */
export interface DifferenceWindow {
  slice: string;
  shape: number[];
  values: JsonValues;
}

/** A kernel that an expression ran, and what TF.js's cpu backend makes of the same inputs. */
export interface ComparedKernel {
  /** As TF.js names it: `MatMul`, `_FusedMatMul`. */
  kernel: string;
  /** `a: float32[64, 10]`. */
  inputs: string[];
  /** `{ transposeA: false }`; empty where it takes none. */
  attrs: string;
  outputs: string[];
  /** One per output, of the program's backend (`a`) with cpu (`b`); none if it was skipped. */
  comparisons: TensorComparison[];
  /** Why it could not be compared. */
  skipped?: string;
}

export interface BackendComparison {
  expression: string;
  /** The program's, as TF.js names it. */
  backend: string;
  /** In the order in which they ran; each had the inputs that it has in the program. */
  kernels: ComparedKernel[];
  /** Index of the first kernel with elements that are not close. */
  firstDifferent: number | null;
  ms: number;
  /** All of it, for people. */
  text: string;
}

export interface AssignedTensor {
  expression: string;
  file: string;
  tensor: TensorDescriptor;
  /** False where the old tensor took the values, as a variable of TF.js does. */
  isNew: boolean;
  /** What has happened, for people. */
  message: string;
  warnings: TensorWarning[];
}

export interface TensorRequests {
  /** The tensors of a frame, or those in the container that the expression `within` reads. */
  'tensor/list': { arguments: { frameId: number; within?: string }; result: TensorListing };
  'tensor/describe': { arguments: { tensor: TensorReference }; result: { tensor: TensorDescriptor } };
  'tensor/read': {
    arguments: {
      tensor: TensorReference;
      /** NumPy basic slicing; default: the preview's window (see `defaultSlice`). */
      slice?: string;
      encoding?: 'json' | 'bytes';
      /** For raw buffers: how to read their bytes, and as which shape; no shape without a dtype. */
      dtype?: string;
      shape?: number[];
    };
    result: ReadResult;
  };
  /** The lines that variables show, of several tensors at once; those on one device share one readback. */
  'tensor/preview': { arguments: { tensors: TensorReference[] }; result: { previews: (TensorPreview | NoPreview)[] } };
  'tensor/stats': {
    arguments: {
      tensor: TensorReference;
      dtype?: string;
      /** Of the histogram, up to 65536; on a WebGPU device there are at most 256. Default: 0, without one. */
      bins?: number;
    };
    result: { tensor: TensorDescriptor; stats: TensorStatistics };
  };
  /** Looks for the nearest NaN or infinity; `from` is a flat (row-major) index that itself is left out. */
  'tensor/find': {
    arguments: { tensor: TensorReference; from: number; direction: 'next' | 'previous' };
    result: { index: number | null };
  };
  'tensor/export': {
    arguments: {
      tensors: { name: string; tensor: TensorReference; slice?: string }[];
      file: string;
      /** Replace a file that exists. */
      force?: boolean;
      encoding?: ExportEncoding;
      /** Whether a file may be written that does not hold every value, or every string, exactly; default: it is, with a warning. */
      loss?: 'warn' | 'refuse' | 'refuse-strings';
    };
    result: { export: ExportedFile; costs: CopyCost[]; warnings: TensorWarning[] };
  };
  /** The inputs that a symbolic tensor depends on. Nothing is run. */
  'tensor/graphInputs': { arguments: { tensor: TensorReference }; result: { inputs: GraphInput[] } };
  /**
   * Runs the graph for one of its tensors, with the program's own runtime. The result is a host array that the handle
   * `tensor.id` names until the program runs on; everything else that was made is disposed.
   *
   * Where the runtime computes asynchronously only, the answer says so (`isLater`): it is `pending`, with the reason. It is
   * run with these feeds after the program has gone on, `tensor/evaluated` tells when its value is there, and `tensor.id`
   * names that at the next stop.
   */
  'tensor/evaluateGraph': {
    arguments: {
      tensor: TensorReference;
      feeds?: GraphFeed[];
      /** Where it is later: stop the program as soon as the value is there. */
      stopWhenEvaluated?: boolean;
    };
    result: { tensor: TensorDescriptor; ms: number; isLater: boolean };
  };
  /**
   * Replaces the tensor that a variable or property holds by a new one with the values of a file, of the same runtime,
   * device, dtype and shape. Constants are refused.
   */
  'tensor/assign': {
    arguments: {
      /** A variable or a property: `weights`, `model.weights[0]`. */
      expression: string;
      frameId?: number;
      /** A path; of several tensors the one that is called as the variable, or the one named: `archive.npz#weights`. */
      file: string;
    };
    result: AssignedTensor;
  };
  /** Another budget for the rest of the session; see `copyBudget` of launch configurations. */
  'tensor/budget': { arguments: CopyBudget; result: Record<string, never> };
  /** As `numpy.allclose`, with how many elements differ, the first of them, and the largest differences. */
  'tensor/compare': {
    arguments: { a: TensorReference; b: ComparedReference; tolerance?: Partial<Tolerance> };
    result: TensorComparison;
  };
  /**
   * Runs an expression of TensorFlow.js ops (`tf.matMul(a, b)`), and each of its kernels once more on TensorFlow.js's cpu
   * backend with the same inputs. Everything that was made is disposed. It may be evaluated more than once: it should have no
   * effects of its own. For a variable or a property, the op is taken that set it, as the source of the stopped function says.
   */
  'tensor/compareBackends': {
    arguments: { expression: string; frameId?: number; tolerance?: Partial<Tolerance> };
    result: BackendComparison;
  };
  /** The differences themselves, for a heatmap; default: the preview's window. */
  'tensor/differences': {
    arguments: { a: TensorReference; b: ComparedReference; slice?: string };
    result: DifferenceWindow;
  };
  /**
   * Stops the program for ops of TF.js that make a NaN or infinity, in the session until it is asked for something else; works at
   * any time, also before the program runs. The exception breakpoints do the same.
   */
  'tensor/breakOnNotFinite': { arguments: NotFiniteBreak; result: Record<string, never> };
  'tensor/copies': { arguments: Record<string, never>; result: Copies };
}
/** Requests of the debug adapter alone: in VS Code, breakpoints with a tracking condition do the same in any session. */
export interface TrackRequests {
  /**
   * Sets or replaces a tracked line; works at any time, also before the program runs. What its passes find comes as
   * `tensor/tracked` events.
   */
  'tensor/track': {
    arguments: {
      source: { path: string };
      /** In the client's count, as in `setBreakpoints`. */
      line: number;
      /** Names, members and indices: `model.layers[0].kernel`. */
      expression: string;
      /** Names it in events; default: one that is new. */
      id?: string;
      /** The pass at which the program stops after all. */
      stopAt?: number;
    };
    result: { id: string; verified: boolean; line: number; message?: string };
  };
  'tensor/untrack': { arguments: { id: string }; result: { found: boolean } };
}

export type TensorRequestName = keyof TensorRequests;

/** A value that came after the program had gone on. */
export interface EvaluatedValue {
  /** As `tensor/evaluateGraph` answered. */
  id: string;
  /** The graph's name for it. */
  name: string;
  /** What it took. */
  ms: number;
  /** Why there is none after all. */
  error?: ErrorReport;
}

export interface TensorEvents {
  /** What earlier answers said of tensors no longer holds (the program ran, or a variable was set). */
  'tensor/changed': { reason: 'resumed' | 'stopped' | 'assigned' };
  'tensor/warning': ProgramWarning;
  'tensor/evaluated': EvaluatedValue;
  /** New points of a tracked expression, up to ten times a second while the program runs, and at its stops and its end. */
  'tensor/tracked': TrackedBatch;
  /** Fractions from 0 to 1 of a long request, by the request's sequence number. */
  'tensor/progress': { request: number; fraction: number; bytes: number };
}

/** Of the standard event `exited`, with what we tell beside. */
export interface ExitedBody {
  exitCode: number;
  /** That ended it. */
  signal?: string;
  /** An error ended it that nobody caught. */
  crashed?: boolean;
}
