/** What a graph engine must answer so that its symbolic tensors can be evaluated while the program stands still. */
import type { DType, GraphInput } from '../../protocol/tensor.ts';
import type { StopContext } from '../source.ts';

/** Values on the host: dense little-endian elements in row-major order, or strings. */
export interface HostTensor {
  dtype: DType;
  shape: number[];
  bytes: Uint8Array;
  /** Of the dtype `string`; then there are no bytes. */
  strings?: readonly string[];
}

/** The value of an engine that computes asynchronously only: nothing asynchronous ends while the program stands still. */
export interface LaterValue {
  /** Why it takes the running program, in a sentence. */
  reason: string;
  /**
   * Called once, in a task of its own, when the program has gone on and none of its microtasks waits. What takes microtasks
   * only is over before the program's next task begins.
   */
  start(context: EvaluationContext): Promise<HostTensor>;
}

/** @param when it was run: `at this stop` */
export type EvaluationNote = (when: string) => string;

/** A symbolic tensor, ready to be run. Nothing has been run for it yet. */
export interface Evaluable {
  /** The name that its graph has for it. */
  name: string;
  /** What a reader of the value must know: what was run for it, and when; behind `evaluatedReason`. Default: the graph. */
  note?: EvaluationNote;
  /** The inputs that it depends on, where nothing is fed in their place. */
  inputs(): GraphInput[];
  /** What must still be fed when these are: names as `input` gives them. */
  missing(fed: ReadonlySet<string>): GraphInput[];
  /** The tensor of the graph that a feed's name means, under the graph's own name; undefined if it has none such. */
  input(name: string): GraphInput | undefined;
  /** @param feeds by the names that `input` gave; dtype and shape have been checked */
  run(feeds: ReadonlyMap<string, HostTensor>): HostTensor | LaterValue;
}

export function isLater(value: HostTensor | LaterValue): value is LaterValue {
  return 'start' in value;
}

/** What an engine may use of the agent. */
export interface EvaluationContext {
  stop: StopContext;
  /** Models and sessions in sight of the stopped functions, those that an engine's `owns` recognises. */
  owners(): readonly object[];
  /** The expression that reads one of them; undefined for what is not in sight, or where none can be written. */
  nameOf(owner: object): string | undefined;
  /**
   * Variables that a function closes over, those with such a name; undefined if the debugger has not looked yet: then
   * throw `no-graph`, and it will.
   */
  closureVariables(fn: object, name: RegExp): unknown[] | undefined;
  /** Runs kernels on a device. @throws TensorError `device-error` if it refused any of their commands */
  guarded<Value>(device: GPUDevice, run: () => Value): Value;
  /** All values of a tensor of the program, wherever they are. */
  read(value: object): HostTensor;
}

export interface GraphEngine {
  /** As its tensors' descriptors name the runtime. */
  runtime: string;
  /** Whether its symbolic tensors may belong to this object, without knowing it themselves. */
  owns?(container: object): boolean;
  /**
   * Undefined for a value that is not symbolic, or not of this engine. Has no effect.
   * @throws TensorError `no-graph` if what the tensor belongs to is not among the context's owners
   */
  open(value: object, context: EvaluationContext): Evaluable | undefined;
}
