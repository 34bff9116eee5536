/** What a runtime must answer so that its tensors can be looked at. A new runtime is one file with one of these. */
import type { DType, RuntimeDescription, TensorWarning } from '../../protocol/tensor.ts';
import { classNameOf } from '../safely.ts';
import type { Described, Source, StopContext } from '../source.ts';
import type { SparseParts } from './sparseParts.ts';

export interface Member {
  /** What stands before the container's expression, if anything does: `[...`. */
  before?: string;
  /** What follows it: `.weights[0]`. */
  path: string;
  value: object;
}

/** Values for a new tensor: dense elements in row-major order, in memory that nobody else has. */
export interface NewValues {
  dtype: DType;
  shape: number[];
  bytes: Uint8Array<ArrayBuffer>;
}

export interface Made {
  /** The new tensor; null if the values went into the old one, as into a variable of TF.js. */
  tensor: object | null;
  /** Frees it again, where nobody has taken it. */
  undo?(): void;
  warnings: TensorWarning[];
}

export interface Reader {
  /** Whether the value is a tensor of this runtime. Called for every object in scope: cheap, and without any effect. */
  claims(value: object): boolean;
  /** Metadata only; never reads data. */
  describe(value: object, stop: StopContext): Described;
  /** Where the values are. Nothing is flushed, waited for or copied yet. */
  source(value: object, stop: StopContext): Source;
  /** The tensors that a sparse one is made of; undefined for any other. */
  sparseParts?(value: object, stop: StopContext): SparseParts | undefined;
  /**
   * Makes a tensor of this runtime, on the same device as `value` and of its dtype and shape, which have been checked.
   * Absent where none can be made from outside.
   */
  make?(value: object, values: NewValues, stop: StopContext): Made;
  /** The runtime itself, if the program has loaded it. */
  runtimes?(stop: StopContext): RuntimeDescription[];
  /** The tensors of a container that only this runtime understands (a model's weights); undefined for any other. */
  members?(container: object): Member[] | undefined;
  /** GPU devices that the runtime works on. */
  devices?(): GPUDevice[];
}

/** What no reader can tell more of than why. */
export function undescribed(value: object, kind: Described['kind'], access: Described['access']): Described {
  return {
    runtime: 'unknown',
    kind,
    className: classNameOf(value) || 'Object',
    dtype: 'unknown',
    shape: [],
    byteLength: 0,
    device: { type: 'unknown' },
    location: 'host',
    state: 'uninitialised',
    access,
    warnings: [],
  };
}
