/**
 * The open door: a value that has a method `Symbol.for('tensor.inspect')` describes itself, so that array libraries
 * which this project doesn't know can be looked at. The method is the one piece of the program's code that describing
 * runs; it must have no effect. docs/readers.md has an example.
 */
import type { DType, TensorKind, TensorState, TensorWarning } from '../../protocol/tensor.ts';
import { dtypes, tensorKinds, tensorStates } from '../../protocol/tensor.ts';
import { adviceOf, TensorError, type Advice } from '../../protocol/errors.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { rowMajorStrides, sizeOf } from '../../tensor/shape.ts';
import {
  classNameOf,
  dataValue,
  isInspectable,
  isObject,
  isPlatformObject,
  platformValue,
  quiet,
  util,
} from '../safely.ts';
import { ownRuntime } from '../ownRuntime.ts';
import type { Described, Source, StopContext, StridedLayout } from '../source.ts';
import { hostMemory, typedArrayOf } from './hostArrays.ts';
import type { Made, NewValues, Reader } from './reader.ts';
import { isSparseParts, shapeOnHost, sparseByteLength, type SparseParts } from './sparseParts.ts';
import { sparseToDense } from '../warnings/sparseToDense.ts';

const inspectSymbol = Symbol.for('tensor.inspect');
/** The way back, for those that want it: a method that makes a value like this one, or takes the values and returns itself. */
const makeSymbol = Symbol.for('tensor.make');

/** What the method returns. Counts and strides are in elements, byteOffset in bytes. */
export interface InspectedTensor {
  dtype: DType;
  /** `null` for an axis that is not known before the graph runs, and for the whole if not even the rank is; then there is no data. */
  shape: (number | null)[] | null;
  /** The storage: host memory, or a GPU buffer with its device; absent where there is no value, with the `reason`. */
  data?:
    | ArrayBufferView
    | ArrayBufferLike
    | { device: GPUDevice; buffer: GPUBuffer; byteOffset?: number }
    /** For the dtype `string`. */
    | readonly string[];
  /** Instead of `data`: the tensor that holds the values, of another runtime or with a description of its own. It is read as what it is. */
  tensor?: object;
  /** Default: row-major. */
  strides?: number[];
  offset?: number;
  /** Of a sparse array: the bytes that it holds, values and indices; default: those of `sparse`. */
  byteLength?: number;
  /** The tensors that a sparse array is made of, for writing it to a file. */
  sparse?: SparseParts;
  runtime?: string;
  kind?: TensorKind;
  state?: TensorState;
  label?: string;
  reason?: string;
  help?: string;
  /** What to do instead on the command line of Tensor Debugger. */
  commandLineHelp?: string;
}

function invalid(
  className: string,
  what: string,
  {
    cause,
    method = 'tensor.inspect',
    help = 'See docs/readers.md, "Your own arrays", for what it must return.',
  }: { cause?: unknown; method?: string; help?: string } = {},
): TensorError {
  const message = `${className}[Symbol.for('${method}')]() ${what}.`;
  return new TensorError({ code: 'not-readable', message, help }, { cause });
}

function inspect(value: object): InspectedTensor {
  const className = classNameOf(value) || 'Object';
  const method = dataValue(value, inspectSymbol) as (this: object) => unknown;
  let result: unknown;
  try {
    result = method.call(value);
  } catch (error) {
    throw invalid(className, `threw: ${String(error)}`, { cause: error });
  }
  if (util.types.isPromise(result)) {
    void quiet(result as Promise<unknown>);
    throw invalid(className, 'returned a promise, and the program stands still: it has to answer at once');
  }
  if (!isObject(result)) throw invalid(className, 'returned no object');
  const inspected = result as InspectedTensor;
  if (!dtypes.includes(inspected.dtype)) throw invalid(className, `named the unknown dtype ${String(inspected.dtype)}`);
  const { shape, kind, state } = inspected;
  if (kind !== undefined && !tensorKinds.includes(kind))
    throw invalid(className, `named the unknown kind ${String(kind)}`);
  if (state !== undefined && !tensorStates.includes(state)) {
    throw invalid(className, `named the unknown state ${String(state)}`);
  }
  if (shape === null && !inspected.data) return inspected;
  const isCount = (n: number | null) => (n === null ? !inspected.data : Number.isSafeInteger(n) && n >= 0);
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw invalid(className, 'returned a shape that is no array of element counts');
  }
  const { strides, offset } = inspected;
  if (strides && (!Array.isArray(strides) || !strides.every(Number.isSafeInteger))) {
    throw invalid(className, 'returned strides that are no array of integers');
  }
  if (strides && strides.length !== shape.length) {
    throw invalid(className, `returned ${strides.length} strides for rank ${shape.length}`);
  }
  if (offset !== undefined && !Number.isSafeInteger(offset)) {
    throw invalid(className, `returned the offset ${String(offset)}, which is no integer`);
  }
  assertStores(inspected, className);
  return inspected;
}

/** The typed arrays that hold elements of dtypes for which JavaScript has none of its own, or not in every Node. */
const standIns: Partial<Record<DType, DType>> = {
  bool: 'int8',
  float16: 'uint16',
  bfloat16: 'uint16',
  complex64: 'float32',
  complex128: 'float64',
};

/**
 * @throws if the elements of the typed array are of another dtype than was named: its bytes would be taken for numbers that
 * nobody stored. Plain bytes may be anything.
 */
function assertStores({ dtype, data }: InspectedTensor, className: string): void {
  if (!ArrayBuffer.isView(data) || dtype === 'unknown') return;
  const memory = hostMemory(data);
  if (!memory || memory.dtype === dtype || memory.dtype === 'uint8' || memory.dtype === standIns[dtype]) return;
  throw invalid(
    className,
    `named the dtype ${dtype}, but its data is a ${memory.className}, which holds ${memory.dtype}`,
    {
      help: `Name the dtype ${memory.dtype}; or, if its bytes are ${dtype} all the same, return them as bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).`,
    },
  );
}

/** The layout of a description that has data: every count of its shape is known. */
function layoutOf({ dtype, strides, offset, ...inspected }: InspectedTensor): StridedLayout {
  const shape = inspected.shape as number[];
  return { dtype, shape, strides: strides ?? rowMajorStrides(shape), offset: offset ?? 0 };
}

/** @throws if the layout reaches outside the storage: values from beyond it would be somebody else's. */
function assertWithin(layout: StridedLayout, elements: number, storage: string, className: string): void {
  if (layout.shape.includes(0)) return;
  let low = layout.offset;
  let high = layout.offset;
  layout.shape.forEach((count, axis) => {
    const reach = (count - 1) * layout.strides[axis]!;
    if (reach < 0) low += reach;
    else high += reach;
  });
  if (low >= 0 && high < elements) return;
  throw invalid(className, `described elements ${low} to ${high} of ${layout.dtype}, but its storage has ${storage}`);
}

function assertWithinBytes(layout: StridedLayout, byteLength: number, className: string): void {
  assertWithin(layout, Math.floor(byteLength / itemSize(layout.dtype)), `${byteLength} bytes`, className);
}

function stringsOf({ dtype, data }: InspectedTensor): readonly string[] | undefined {
  return dtype === 'string' && Array.isArray(data) ? (data as string[]) : undefined;
}

function stringSource(inspected: InspectedTensor, values: readonly string[], className: string): Source {
  const layout = layoutOf(inspected);
  assertWithin(layout, values.length, `${values.length} strings`, className);
  const odd = values.findIndex((value: unknown) => typeof value !== 'string');
  if (odd >= 0) throw invalid(className, `returned a ${typeof values[odd]} among its strings, at ${odd}`);
  const { shape, strides, offset } = layout;
  return { how: 'strings', shape, strides, offset, values };
}

function deviceData(data: InspectedTensor['data']) {
  if (!isObject(data)) return undefined;
  const { device, buffer, byteOffset } = data as { device?: unknown; buffer?: unknown; byteOffset?: number };
  if (!isPlatformObject(device, 'GPUDevice') || !isPlatformObject(buffer, 'GPUBuffer')) return undefined;
  return { device: device as GPUDevice, buffer: buffer as GPUBuffer, byteOffset: byteOffset ?? 0 };
}

/** What the method `Symbol.for('tensor.make')` gets. `data` is a typed array of its own; the bytes where JavaScript has none. */
export interface MadeFrom {
  dtype: DType;
  shape: number[];
  data: ArrayBufferView;
}

function make(value: object, { dtype, shape, bytes }: NewValues): Made {
  const className = classNameOf(value) || 'Object';
  const method = dataValue(value, makeSymbol) as ((this: object, from: MadeFrom) => unknown) | undefined;
  if (typeof method !== 'function') {
    throw new TensorError({
      code: 'not-available',
      message: `No ${className} can be made from outside: it has no method Symbol.for('tensor.make').`,
      help: 'Make it in the debug console, or see "Your own arrays" in docs/readers.md.',
    });
  }
  const made = method.call(value, { dtype, shape, data: typedArrayOf(dtype, bytes) });
  if (!isObject(made)) throw invalid(className, 'returned no object', { method: 'tensor.make' });
  return { tensor: made === value ? null : made, warnings: [] };
}

export const inspectableReader: Reader = {
  make,

  runtimes: ownRuntime,

  claims: (value) => typeof dataValue(value, inspectSymbol) === 'function',

  describe(value, stop): Described {
    const inspected = inspect(value);
    const wrapped = wrappedBy(value, inspected, stop);
    if (wrapped) return describeWrapped(value, inspected, wrapped.reader.describe(wrapped.tensor, stop));
    const { dtype, state, label } = inspected;
    if (!inspected.data) return describeWithoutData(inspected, classNameOf(value) || 'Object', stop);
    const layout = layoutOf(inspected);
    const onHost = stringsOf(inspected) ?? (isObject(inspected.data) ? hostMemory(inspected.data) : undefined);
    const onDevice = deviceData(inspected.data);
    return {
      runtime: inspected.runtime ?? 'ndarray',
      kind: inspected.kind ?? (onDevice ? 'eager' : 'array'),
      className: classNameOf(value) || 'Object',
      ...(label !== undefined && { label }),
      dtype,
      shape: layout.shape,
      strides: layout.strides,
      offset: layout.offset,
      layout: 'strided',
      byteLength: sizeOf(layout.shape) * itemSize(dtype),
      device: { type: onDevice ? 'webgpu' : 'cpu' },
      location: onDevice ? 'device' : 'host',
      state: state ?? 'live',
      access: onDevice
        ? { how: 'copy', reason: 'It is device memory; a copy to the host waits for the work that was queued before.' }
        : onHost
          ? { how: 'view', reason: 'It is host memory: nothing has to be copied from a device.' }
          : noValue(inspected),
      warnings: [],
    };
  },

  sparseParts(value) {
    const { kind, sparse } = inspect(value);
    return kind === 'sparse' && isSparseParts(sparse) ? sparse : undefined;
  },

  source(value, stop): Source {
    const inspected = inspect(value);
    const wrapped = wrappedBy(value, inspected, stop);
    if (wrapped) return wrapped.reader.source(wrapped.tensor, stop);
    const className = classNameOf(value) || 'Object';
    const strings = stringsOf(inspected);
    if (strings) return stringSource(inspected, strings, className);
    if (!inspected.data) {
      return { ...noValue(inspected), code: 'not-readable' };
    }
    const layout = layoutOf(inspected);
    const onDevice = deviceData(inspected.data);
    if (onDevice) {
      const { device, ...place } = onDevice;
      const size = platformValue(place.buffer, 'size') as number;
      assertWithinBytes(layout, size - place.byteOffset, className);
      return { how: 'webgpu', devices: [device], ...place, layout };
    }
    const onHost = isObject(inspected.data) ? hostMemory(inspected.data) : undefined;
    if (!onHost) {
      return { ...noValue(inspected), code: 'not-readable' };
    }
    assertWithinBytes(layout, onHost.bytes.byteLength, className);
    return { how: 'host', bytes: onHost.bytes, layout };
  },
};

/** The innermost tensor that a description names as the one that holds the values. @throws if they name each other */
function wrappedBy(value: object, { tensor }: InspectedTensor, stop: StopContext) {
  const wrappers = new Set<unknown>([value]);
  while (isInspectable(tensor) && inspectableReader.claims(tensor)) {
    if (wrappers.has(tensor)) throw invalid(classNameOf(value) || 'Object', 'named a tensor that names it in turn');
    wrappers.add(tensor);
    const inner = inspect(tensor);
    if (!inner.tensor) break;
    ({ tensor } = inner);
  }
  const reader = isInspectable(tensor) ? stop.readerOf(tensor) : undefined;
  return reader && { tensor: tensor as object, reader };
}

/** Where the values are is the wrapped tensor's affair, what it is called the wrapper's. */
function describeWrapped(value: object, { runtime, kind, label }: InspectedTensor, wrapped: Described): Described {
  return {
    ...wrapped,
    ...(runtime !== undefined && { runtime }),
    ...(kind !== undefined && { kind }),
    className: classNameOf(value) || 'Object',
    ...(label !== undefined && { label }),
  };
}

/** Symbolic tensors, and whatever else says why it has no value. */
function describeWithoutData(inspected: InspectedTensor, className: string, stop: StopContext): Described {
  const { dtype, label, kind = 'array' } = inspected;
  const parts = kind === 'sparse' && isSparseParts(inspected.sparse) ? inspected.sparse : undefined;
  const values = parts && stop.readerOf(parts.values)?.describe(parts.values, stop);
  const shape = (parts && shapeOnHost(parts, stop)) ?? inspected.shape;
  const byteLength = inspected.byteLength ?? (parts ? sparseByteLength(parts, stop) : 0);
  const isKnown = kind === 'sparse' && byteLength > 0 && shape?.every((count) => count !== null);
  const dense = isKnown ? sizeOf(shape) * itemSize(dtype) : undefined;
  const state = inspected.state ?? (kind === 'symbolic' || kind === 'tracer' ? 'uninitialised' : 'live');
  const access = noValue(inspected);
  const noValueHere = { message: access.reason, ...adviceOf(access) };
  const warnings: TensorWarning[] = dense === undefined ? [] : sparseToDense(className, byteLength, dense);
  if (state === 'uninitialised') warnings.push({ code: 'symbolic-no-value', ...noValueHere });
  if (state === 'disposed') warnings.push({ code: 'disposed', ...noValueHere });
  return {
    runtime: inspected.runtime ?? 'ndarray',
    kind,
    className,
    ...(label !== undefined && { label }),
    dtype,
    shape: shape ?? [],
    ...(shape === null && { unknownRank: true as const }),
    byteLength,
    ...(dense !== undefined && { denseByteLength: dense }),
    device: { type: state === 'uninitialised' ? 'unknown' : 'cpu' },
    location: 'host',
    ...(values && { device: values.device, location: values.location }),
    state,
    access,
    warnings,
  };
}

const noData = {
  reason: 'Its description names no data that can be read.',
  help: "Return `data` from Symbol.for('tensor.inspect'): a typed array, or { device, buffer }.",
};
const sparse = {
  reason: 'It is sparse: values with their indices, and no dense elements.',
  help: 'Look at its values and indices, or write it to a .npz file, which keeps it sparse.',
};

function noValue({ kind, reason, help, commandLineHelp }: InspectedTensor) {
  const said = kind === 'sparse' ? sparse : noData;
  const advice: Advice = { help: help ?? said.help, ...(commandLineHelp !== undefined && { commandLineHelp }) };
  return { how: 'none', reason: reason ?? said.reason, ...advice } as const;
}
