/** How this runtime's values describe themselves to the debugger: the open door `Symbol.for('tensor.inspect')`. */
import type { DType, TensorKind, TensorState } from '../protocol/tensor.ts';

export const inspectSymbol: unique symbol = Symbol.for('tensor.inspect');

/** The way back: the debugger puts new values in a value's place, at a breakpoint and only when somebody asks for it. */
export const makeSymbol: unique symbol = Symbol.for('tensor.make');

/** What the method `Symbol.for('tensor.make')` gets: values of the same dtype and shape as those that it replaces. */
export interface MadeFrom {
  dtype: DType;
  shape: number[];
  /** Dense row-major elements, in memory of their own. */
  data: ArrayBufferView<ArrayBuffer>;
}

/** What the method returns. Counts, strides and `offset` are in elements; making it has no effect on the value. */
export interface Inspected {
  dtype: DType;
  /** `null` for an axis that is not known before the graph runs, and for the whole if not even the rank is. */
  shape: (number | null)[] | null;
  /** The memory that holds the elements; absent where there is no value, or none that can be read here. */
  data?: ArrayBufferView | readonly string[];
  /** Instead of `data`: the TF.js tensor that holds the elements, wherever its backend has them. */
  tensor?: object;
  strides?: number[];
  offset?: number;
  /** Of a sparse one: the bytes that it holds, values and indices. */
  byteLength?: number;
  /** Of a sparse one: what it is made of. */
  sparse?: { indices: object; values: object; denseShape?: object };
  runtime: 'tensor-debugger';
  kind: TensorKind;
  state: TensorState;
  label?: string;
  /** Why there is no `data`. */
  reason?: string;
  /** What to do to get a value; and on the debugger's command line, if that is something else. */
  help?: string;
  commandLineHelp?: string;
}
