/** Typed arrays, Node buffers, ArrayBuffers and DataViews: memory that the program already has on the host. */
import type { DType, TensorState } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { classNameOf, util } from '../safely.ts';
import type { Described, Source } from '../source.ts';
import type { Made, NewValues, Reader } from './reader.ts';

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

function getter(prototype: object, key: PropertyKey): (this: object) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)!.get!;
}

// The program may have put properties of its own over these; the built-in getters can't be fooled.
const typedArrayTag = getter(typedArrayPrototype, Symbol.toStringTag);
const typedArrayBuffer = getter(typedArrayPrototype, 'buffer');
const typedArrayOffset = getter(typedArrayPrototype, 'byteOffset');
const typedArrayBytes = getter(typedArrayPrototype, 'byteLength');
/** Throws where the array's buffer has been cut off before its elements; its length is 0 then, as that of an empty one. */
const typedArrayKeys = (Uint8Array.prototype as { keys: (this: object) => unknown }).keys;
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

/** The classes themselves, before the program could replace the globals' names. */
const typedArrayClasses = new Map<string, unknown>(
  Object.keys(dtypeOfClass).map((name) => [name, (globalThis as Record<string, unknown>)[name]]),
);

export interface HostMemory {
  className: string;
  dtype: DType;
  /** A view of it, shorter than `byteLength` where the engine has no view so long. */
  bytes: Uint8Array;
  byteLength: number;
  /** The ArrayBuffer was transferred away, or a resizable one shrank below the view. */
  detached: boolean;
}

/** The most bytes in a view: 2^32 in Node 20, which has longer arrays of longer elements; no limit from Node 22 on. */
const largestView = process?.getBuiltinModule?.('buffer').constants.MAX_LENGTH ?? Infinity;

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
    const byteLength = attempt(() => length.call(value) as number) ?? 0;
    const bytes = attempt(
      () => new Uint8Array(memory, offset.call(value) as number, Math.min(byteLength, largestView)),
    );
    const className = classNameOf(value) || (tag ?? 'DataView');
    const isOutside = tag !== undefined && byteLength === 0 && attempt(() => typedArrayKeys.call(value)) === undefined;
    const detached = isDetached(memory) || bytes === undefined || isOutside;
    return { className, dtype, bytes: bytes ?? new Uint8Array(0), byteLength, detached };
  }
  // By the engine's own mark: every object in scope comes here, and throwing for each would cost more than all the rest.
  if (!util.types.isAnyArrayBuffer(value)) return undefined;
  const memory = value as ArrayBuffer;
  const detached = isDetached(memory);
  const byteLength = detached ? 0 : (viewBytes.call(new DataView(memory)) as number);
  return {
    className: classNameOf(value) || 'ArrayBuffer',
    dtype: 'uint8',
    bytes: detached ? new Uint8Array(0) : new Uint8Array(memory, 0, Math.min(byteLength, largestView)),
    byteLength,
    detached,
  };
}

/** `ArrayBuffer.prototype.detached` came with Node 22; making a view of a detached buffer throws everywhere. */
function isDetached(buffer: ArrayBufferLike): boolean {
  return attempt(() => new Uint8Array(buffer, 0, 0)) === undefined;
}

export const hostArrayReader: Reader = {
  claims: (value) => hostMemory(value) !== undefined,

  describe(value): Described {
    const { className, dtype, bytes, byteLength, detached } = hostMemory(value)!;
    const length = byteLength / itemSize(dtype);
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
      byteLength,
      device: { type: 'cpu' },
      location: 'host',
      state,
      access: detached
        ? { how: 'none', ...gone(className) }
        : bytes.byteLength < byteLength
          ? { how: 'none', ...tooLarge(className, byteLength) }
          : { how: 'view', reason: 'It is host memory: nothing has to be copied from a device.' },
      warnings: [],
    };
  },

  source(value): Source {
    const { className, dtype, bytes, byteLength, detached } = hostMemory(value)!;
    if (bytes.byteLength < byteLength) return { how: 'none', code: 'too-large', ...tooLarge(className, byteLength) };
    if (detached) return { how: 'none', code: 'disposed', ...gone(className) };
    const shape = [bytes.byteLength / itemSize(dtype)];
    return { how: 'host', bytes, layout: { dtype, shape, strides: [1], offset: 0 } };
  },

  make: (value, values) => makeArray(value, values),
};

/** Memory of the same class: a Node buffer stays one, and what is not a view of memory becomes the memory itself. */
function makeArray(value: object, { bytes }: NewValues): Made {
  if (!ArrayBuffer.isView(value)) return { tensor: bytes.buffer, warnings: [] };
  const tag = typedArrayTag.call(value) as string | undefined;
  const Class = (tag === undefined ? DataView : typedArrayClasses.get(tag)) as typeof Uint8Array;
  const made = new Class(bytes.buffer);
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (Object.getPrototypeOf(made) !== prototype) Object.setPrototypeOf(made, prototype);
  return { tensor: made, warnings: [] };
}

/** A typed array of the elements; of their bytes, for a dtype that JavaScript has no array of. */
export function typedArrayOf(dtype: DType, bytes: Uint8Array<ArrayBuffer>): ArrayBufferView {
  const name = Object.keys(dtypeOfClass).find((candidate) => dtypeOfClass[candidate] === dtype);
  const Class = name === undefined ? undefined : typedArrayClasses.get(name);
  return typeof Class === 'function' ? new (Class as typeof Uint8Array)(bytes.buffer) : bytes;
}

function tooLarge(className: string, byteLength: number) {
  return {
    reason: `This ${className} has ${byteLength} bytes, and Node 20 can look at no more than ${largestView} in one piece.`,
    help: 'Look at a part of it, its subarray(start, end); or run the program in Node 22 or later.',
  };
}

function gone(className: string) {
  return {
    reason: `The memory of this ${className} is gone: unmapped (unmap() or destroy() of a GPUBuffer), transferred away (postMessage, structuredClone or transfer()), or cut off by resize().`,
    help: 'Stop before that, or copy with slice() first.',
  };
}
