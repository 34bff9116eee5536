/**
 * Tracked expressions: what the program's passes over a line made of a tensor. A tracked line is a breakpoint whose
 * condition (`trackCondition.ts`) hands the tensor to the agent and is false, so that V8 never stops the program for it.
 * The agent reduces the tensor where it is and sends points over a CDP binding, several passes at a time.
 */
import type { ErrorReport } from './errors.ts';
import type { DType, TensorDevice } from './tensor.ts';

/** What one pass over the line found. Statistics are over the finite elements, null where there are none. */
export interface TrackedPoint {
  /** From 1: the program's passes over the line since it has been tracked in this run. */
  pass: number;
  /** When, in milliseconds since the tracking began in this run. */
  ms: number;
  min: number | null;
  max: number | null;
  /** On the device summed in float32, around the first element: within about 1e-6 of the range of the values. */
  mean: number | null;
  nan: number;
  posInf: number;
  negInf: number;
  /** The value itself, of a tensor of one element or a number; NaN and the infinities are strings, as JSON has none. */
  value?: number | 'NaN' | 'Infinity' | '-Infinity';
}

/** What was tracked at consecutive passes; where dtype or shape change, a new batch begins. */
export interface TrackedTensor {
  runtime: string;
  dtype: DType;
  shape: number[];
  device: TensorDevice['type'];
  /** Where it was reduced. */
  where: 'host' | 'device';
}

/** Passes at which there was nothing to track, and why. */
export interface TrackFailure {
  /** The first of them. */
  pass: number;
  count: number;
  report: ErrorReport;
}

/** What tracking one expression costs the program. Measured. */
export interface TrackCost {
  /** Milliseconds that the agent took at the first pass, which compiles the shaders. */
  firstMs: number;
  /** The same on average of the others; the program stands still for as long. V8's own part, about 0.15 ms, comes on top. */
  msPerPass: number;
  /** The same as a fraction of the time between passes. */
  share: number;
  /** Bytes that were copied from the device for a pass; 0 for a tensor on the host. */
  bytesPerPass: number;
}

/** What is new of one tracked expression. */
export interface TrackedBatch {
  id: string;
  expression: string;
  /** Null while nothing could be tracked. */
  tensor: TrackedTensor | null;
  /** In the order of their passes. */
  points: TrackedPoint[];
  failures: TrackFailure[];
  /** All passes so far. */
  passes: number;
  cost: TrackCost;
}

/** The CDP binding that carries batches, as JSON; it is gone from the program's global object before its code runs. */
export const trackBinding = 'tensor-debugger.tracked';
