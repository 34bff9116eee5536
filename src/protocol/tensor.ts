/**
 * A tensor as every part of this program sees it, whatever runtime it belongs to.
 * Describing a tensor never reads its data and never runs the program's own code.
 */

import type { Advice } from './errors.ts';

/** Element types, under the names that the field uses. `unknown`: device memory that nobody has typed yet. */
export const dtypes = [
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'complex64',
  'complex128',
  'string',
  'unknown',
] as const;
export type DType = (typeof dtypes)[number];

export const tensorKinds = ['eager', 'symbolic', 'tracer', 'sparse', 'array', 'buffer'] as const;
export type TensorKind = (typeof tensorKinds)[number];
export type TensorLocation = 'host' | 'device' | 'both';
export const tensorStates = ['live', 'disposed', 'pending', 'consumed', 'uninitialised'] as const;
export type TensorState = (typeof tensorStates)[number];
export type ExecutionMode = 'eager' | 'graph' | 'mixed';

export type WarningCode =
  | 'symbolic-no-value'
  | 'graph-mode'
  | 'mixed-modes'
  | 'copy-in-loop'
  | 'large-copy'
  | 'not-enough-memory'
  | 'leaves-gradient'
  | 'shared-memory'
  | 'sync-read'
  | 'consumes-reference'
  | 'disposed'
  | 'lossy-dtype'
  | 'sparse-to-dense'
  | 'not-finite'
  | 'debugger-fault';

/** What a reader calls a tensor in a line to type (`x.ref`): it does not know the name, which the inspector puts in. */
export const nameStandIn = 'x';

/** A warning: what is the case, with this program's own names and numbers, and what to type instead. */
export interface TensorWarning extends Advice {
  code: WarningCode;
  message: string;
}

/** How the values reach the host: a `view` of memory that the program shares, a `copy` from the device, or not at all. */
export interface TensorAccess extends Partial<Advice> {
  how: 'view' | 'copy' | 'none';
  /** Why; always there for `none`, as the nearest thing that can be done instead is. */
  reason?: string;
}

/** So begins the reason of values that are there because the debugger ran something of the program's for them. */
export const evaluatedReason = 'Tensor Debugger ran';

export interface TensorDescriptor {
  /** The agent's handle of the tensor, valid until the program runs on. */
  id: string;
  runtime: string;
  kind: TensorKind;
  /** The name of the tensor's class in the program: `Tensor`, `Variable`, `Float32Array`, `GPUBuffer`. */
  className: string;
  /** The program's own name for it, where it has one (a variable's name, a buffer's label). */
  label?: string;
  dtype: DType;
  /** Element counts per axis; `null` for an axis that is not known yet (graph mode). */
  shape: (number | null)[];
  /** Not even the number of axes is known yet (graph mode); the shape is empty then. */
  unknownRank?: true;
  /** In elements, per axis, where the runtime has them. */
  strides?: number[];
  /** In elements, from the start of the storage. */
  offset?: number;
  layout?: 'strided' | 'computed';
  /** Bytes of the values; of the nonzero ones for a sparse tensor. */
  byteLength: number;
  /** Bytes that a copy of all of it moves, where the runtime stores the elements in more than they need: bools, in 4 each. */
  storedByteLength?: number;
  /** Bytes of the dense form of a sparse tensor. */
  denseByteLength?: number;
  device: TensorDevice;
  location: TensorLocation;
  state: TensorState;
  access: TensorAccess;
  /** Whether a gradient tape or a tracer holds it, where the runtime can tell. */
  gradient?: boolean;
  warnings: TensorWarning[];
}

/** A tensor of a graph that can be given a value. */
export interface GraphInput {
  name: string;
  /** `unknown` if the graph does not say. */
  dtype: DType;
  /** `null` for an axis that may have any length; the whole is `null` if not even the rank is known. */
  shape: (number | null)[] | null;
}

export interface TensorDevice {
  type: 'cpu' | 'wasm' | 'webgl' | 'webgpu' | 'native' | 'unknown';
  /** The adapter's or the driver's own name. */
  name?: string;
}

/** A tensor runtime that was found in the program. */
export interface RuntimeDescription {
  name: string;
  version?: string;
  backend?: string;
  device?: TensorDevice;
  /** What the runtime itself says; its version tells nothing about it. */
  mode: ExecutionMode;
  /** What the runtime says it holds: tensors and their bytes. */
  memory?: { tensors: number; bytes: number };
}

/**
 * One axis of a slice after `parseSlice` has checked it against a shape: element indices `start`, `start + step`, ...,
 * `count` of them. `dropped` axes were indexed by one integer and are absent from the result's shape.
 */
export interface AxisRange {
  start: number;
  step: number;
  count: number;
  dropped: boolean;
}

/** What a copy, or a second of copies, may cost before it is told: `ms` in milliseconds. */
export interface CopyBudget {
  bytes: number;
  ms: number;
}
/** 16 MiB and a tenth of a second: what a person does not notice in a step. package.json says the same. */
export const defaultCopyBudget: CopyBudget = { bytes: 16 * 2 ** 20, ms: 100 };

/** What a copy to the host costs. Milliseconds; measured, unless the name says estimate. */
export interface CopyCost {
  /** Bytes that crossed from the device (or, on the host, were copied). */
  bytes: number;
  /** Waiting for work that the program had queued before. */
  queueMs: number;
  /** Moving the bytes. */
  transferMs: number;
  /** How many device-to-host readbacks it took. */
  readbacks: number;
  /** Staging memory that the debugger holds on the device for reads, in bytes. */
  stagingBytes: number;
  /** What the whole tensor would move. */
  wholeBytes: number;
  wholeMsEstimate: number;
}

/**
 * Statistics over every element; min, max, mean and std over the finite ones only, null where there are none. Counts are exact.
 * `Bound` is how the smallest and the largest element are told.
 */
export interface StatisticsSummary<Bound> {
  count: number;
  min: Bound | null;
  max: Bound | null;
  mean: number | null;
  /** The population's: divided by n. */
  std: number | null;
  zeros: number;
  nan: number;
  posInf: number;
  negInf: number;
  /** The flat (row-major) index of the first NaN or infinity, null if all elements are finite. */
  firstNotFinite: number | null;
}

/** Bounds are as `jsonElement` writes them: -0, and integers that a double can't hold, are strings. */
export interface TensorStatistics extends StatisticsSummary<number | string> {
  /** Where it was reduced. */
  where: 'device' | 'host';
  histogram: Histogram | null;
  cost: CopyCost;
}

/** Equal-width bins from `min` to `max` over the finite elements; `counts[i]` elements fall into bin i. */
export interface Histogram {
  min: number;
  max: number;
  counts: number[];
}

/** A value as JSON carries it; see `jsonValue` in src/tensor for the rules. */
export type JsonElement = number | boolean | string | null | [JsonElement, JsonElement];
export type JsonValues = JsonElement | JsonValues[];
