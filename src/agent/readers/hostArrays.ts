/** Typed arrays, Node buffers, ArrayBuffers and DataViews: memory that the program already has on the host. */
import type { DType, TensorState } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { classNameOf, util } from '../safely.ts';
import type { Described, Source } from '../source.ts';
import type { Reader } from './reader.ts';

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

function getter(prototype: object, key: PropertyKey): (this: object) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)!.get!;
}

// The program may have put properties of its own over these; the built-in getters can't be fooled.
const typedArrayTag = getter(typedArrayPrototype, Symbol.toStringTag);
const typedArrayBuffer = getter(typedArrayPrototype, 'buffer');
const typedArrayOffset = getter(typedArrayPrototype, 'byteOffset');
const typedArrayBytes = getter(typedArrayPrototype, 'byteLength');
const viewBuffer = getter(DataView.prototype, 'buffer');
const viewOffset = getter(DataView.prototype, 'byteOffset');
const viewBytes = getter(DataView.prototype, 'byteLength');

const dtypeOfClass: Partial<Record<string, DType>> = {
  Float16Array: 'float16',
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int8Array: 'int8',
  Int16Array: 'int16',
  Int32Array: 'int32',
  BigInt64Array: 'int64',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Uint16Array: 'uint16',
  Uint32Array: 'uint32',
  BigUint64Array: 'uint64',
};

export interface HostMemory {
  className: string;
  dtype: DType;
  bytes: Uint8Array;
  /** The ArrayBuffer was transferred away, or a resizable one shrank below the view. */
  detached: boolean;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // The built-in getters throw a TypeError on an object of another class, and on a view that is out of bounds.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The memory of a typed array, DataView, ArrayBuffer or SharedArrayBuffer; undefined for anything else. */
export function hostMemory(value: object): HostMemory | undefined {
  if (ArrayBuffer.isView(value)) {
    const tag = typedArrayTag.call(value) as string | undefined;
    const dtype = tag === undefined ? 'uint8' : dtypeOfClass[tag];
    if (!dtype) return undefined;
    const [buffer, offset, length] =
      tag === undefined
        ? ([viewBuffer, viewOffset, viewBytes] as const)
        : ([typedArrayBuffer, typedArrayOffset, typedArrayBytes] as const);
    const memory = buffer.call(value) as ArrayBuffer;
    const bytes = attempt(() => new Uint8Array(memory, offset.call(value) as number, length.call(value) as number));
    const className = classNameOf(value) || (tag ?? 'DataView');
    return { className, dtype, bytes: bytes ?? new Uint8Array(0), detached: isDetached(memory) || bytes === undefined };
  }
  // By the engine's own mark: every object in scope comes here, and throwing for each would cost more than all the rest.
  if (!util.types.isAnyArrayBuffer(value)) return undefined;
  const detached = isDetached(value as ArrayBuffer);
  return {
    className: classNameOf(value) || 'ArrayBuffer',
    dtype: 'uint8',
    bytes: detached ? new Uint8Array(0) : new Uint8Array(value as ArrayBuffer),
    detached,
  };
}

/** `ArrayBuffer.prototype.detached` came with Node 22; making a view of a detached buffer throws everywhere. */
function isDetached(buffer: ArrayBufferLike): boolean {
  return attempt(() => new Uint8Array(buffer)) === undefined;
}

export const hostArrayReader: Reader = {
  claims: (value) => hostMemory(value) !== undefined,

  describe(value): Described {
    const { className, dtype, bytes, detached } = hostMemory(value)!;
    const length = bytes.byteLength / itemSize(dtype);
    const state: TensorState = detached ? 'disposed' : 'live';
    return {
      runtime: 'typed-array',
      kind: 'array',
      className,
      dtype,
      shape: [length],
      strides: [1],
      offset: 0,
      layout: 'strided',
      byteLength: bytes.byteLength,
      device: { type: 'cpu' },
      location: 'host',
      state,
      access: detached
        ? { how: 'none', ...gone(className) }
        : { how: 'view', reason: 'It is host memory: nothing has to be copied from a device.' },
      warnings: [],
    };
  },

  source(value): Source {
    const { className, dtype, bytes, detached } = hostMemory(value)!;
    if (detached) return { how: 'none', code: 'disposed', ...gone(className) };
    const shape = [bytes.byteLength / itemSize(dtype)];
    return { how: 'host', bytes, layout: { dtype, shape, strides: [1], offset: 0 } };
  },
};

function gone(className: string) {
  return {
    reason: `The memory of this ${className} is gone: transferred away (postMessage, structuredClone or transfer()), or cut off by resize().`,
    help: 'Stop before that, or copy with slice() first.',
  };
}
