/** Where a tensor's values are, as a reader tells it to the code that cuts, reduces and exports them. */
import type { Advice, ErrorCode } from '../protocol/errors.ts';
import type { DType, TensorDescriptor } from '../protocol/tensor.ts';
import type { PrivateFields } from './hidden.ts';
import type { Reader } from './readers/reader.ts';

/** How elements lie in their storage. Strides and offset count elements of the stored dtype. */
export interface StridedLayout {
  /** As stored; a `bool` of TF.js on webgpu is stored as int32. */
  dtype: DType;
  shape: number[];
  strides: number[];
  offset: number;
}

export interface HostSource {
  how: 'host';
  /** The whole storage: a view of the program's memory, never written. */
  bytes: Uint8Array;
  layout: StridedLayout;
}

export interface DeviceSource {
  how: 'webgpu';
  /** The device of the buffer; several, or none, where it is not known: a buffer does not say. They are asked in turn. */
  devices: readonly GPUDevice[];
  buffer: GPUBuffer;
  /** Where element 0 of the layout's storage lies, in bytes. */
  byteOffset: number;
  layout: StridedLayout;
  /**
   * Hands the work that the runtime has recorded but not submitted to the queue, in a way that the program can't see.
   * @throws TensorError `pending` where that can't be done now.
   */
  flush?(): void;
}

/** Real and imaginary part in two storages of the same shape. */
export interface ComplexSource {
  how: 'complex';
  real: HostSource | DeviceSource;
  imag: HostSource | DeviceSource;
}

/**
 * Elements that lie in no strided order: under masks, through several views, or computed from their index. `place` says where
 * element `flat` (row-major) is in the storage, -1 where it is 0 and nowhere.
 */
export interface ComputedSource {
  how: 'computed';
  dtype: DType;
  shape: number[];
  place(flat: number): number;
  /** One dimension of elements: the storage; or the values themselves, by place. */
  base: HostSource | DeviceSource | ((place: number) => number);
}

/** Strings; the bytes of each, or already decoded. */
export interface StringSource {
  how: 'strings';
  shape: number[];
  /** Default: row-major. */
  strides?: number[];
  offset?: number;
  values: ArrayLike<string | Uint8Array>;
}

export interface NoSource extends Advice {
  how: 'none';
  code: ErrorCode;
  reason: string;
}

export type Source = HostSource | DeviceSource | ComplexSource | ComputedSource | StringSource | NoSource;

export type Described = Omit<TensorDescriptor, 'id'>;

/** What a reader may ask of the stop: the objects that the stopped functions work on, and devices seen so far. */
export interface StopContext {
  /** Whether one of the stopped frames is a method of this object. */
  isExecuting(object: object): boolean;
  devices(): Iterable<GPUDevice>;
  /** The reader that claims an object, for what wraps a tensor of another runtime. */
  readerOf(value: object): Reader | undefined;
  /** Computes something once per call into the agent; the program stands still, so it can't change meanwhile. */
  once<T>(key: string, compute: () => T): T;
  /**
   * The private fields of an object, under their names with the `#`; undefined if the debugger has not looked yet: then
   * the answer does not matter, for the call is made again when it has.
   */
  privateFields(object: object): PrivateFields | undefined;
  /** Gradients are not asked about; finding out takes a walk over the whole tape. */
  readonly withoutGradients?: true;
  /** Encoders that we have put into a runtime at this stop: nothing has been recorded in them. */
  readonly freshEncoders: WeakSet<object>;
}

/** @returns a `once` that knows nothing yet */
export function computedOnce(): StopContext['once'] {
  const known = new Map<string, unknown>();
  return <T>(key: string, compute: () => T): T => {
    if (!known.has(key)) known.set(key, compute());
    return known.get(key) as T;
  };
}
