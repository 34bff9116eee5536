/** Where the values of a TF.js tensor are: in arrays of the backend, in the WebAssembly heap, or in a GPU buffer. */
import type { DType } from '../../../protocol/tensor.ts';
import { itemSize } from '../../../tensor/dtypes.ts';
import { rowMajorStrides, sizeOf } from '../../../tensor/shape.ts';
import { isInspectable, isPlatformObject, ownValue, runtimeMethod } from '../../safely.ts';
import type { DeviceSource, HostSource, NoSource, Source, StopContext } from '../../source.ts';
import { hostMemory } from '../hostArrays.ts';
import { backendOf, dtypeOfData, find, knownBackends, partsOf, webgpuDevice, type Held } from './engine.ts';
import type { TfDType } from './fields.ts';
import { flush } from './flush.ts';

export const disposedHelp =
  'Read it before dispose(), or before the end of its tf.tidy(); tf.keep() keeps a tensor past the tidy.';

/** The debugger doesn't run it: it is the program's code, and may leave a copy behind. */
const askTfjs = 'Let TF.js itself read it in the debug console: Array.from(tensor.dataSync())';

/** @param keeper what keeps the data: `the cpu backend` */
export function unknownInternals(keeper: string): NoSource {
  return {
    how: 'none',
    code: 'not-readable',
    reason: `The data of this tensor is not where ${keeper} of TF.js 4.0 to 4.22 keeps it.`,
    help: `${askTfjs}, or in the program with \`await tensor.data()\`; and report the version of TF.js.`,
  };
}

/** Why the record of a tensor that is not disposed was not found. */
export function notFound(dataId: object, stop: StopContext): NoSource {
  const backend = backendOf(dataId, stop);
  if (!backend) return unknownInternals('the engine');
  const { name } = backend;
  if (knownBackends.includes(name)) return unknownInternals(`the ${name} backend`);
  return {
    how: 'none',
    code: 'not-readable',
    reason: `Tensors of the TF.js backend "${name}" can't be read at a breakpoint: where it keeps them is not known.`,
    help: `${askTfjs}. Or use the backend webgpu, wasm or cpu while debugging: await tf.setBackend("cpu").`,
  };
}

/** Host values of a backend as bytes in the tensor's dtype, as TF.js itself would convert them. */
export function hostSource(values: unknown, dtype: TfDType, shape: number[]): Source | undefined {
  if (dtype === 'string') {
    const strings = isInspectable(values) && Array.isArray(values) ? values : undefined;
    return strings && { how: 'strings', shape, values: strings as (string | Uint8Array)[] };
  }
  if (!isInspectable(values)) return undefined;
  const layout = { shape, strides: rowMajorStrides(shape), offset: 0 };
  const memory = hostMemory(values);
  if (memory) {
    const isWhole = memory.bytes.byteLength >= sizeOf(shape) * itemSize(memory.dtype);
    return isWhole ? { how: 'host', bytes: memory.bytes, layout: { ...layout, dtype: memory.dtype } } : undefined;
  }
  if (!Array.isArray(values) || values.length < sizeOf(shape)) return undefined;
  const converted =
    dtype === 'int32'
      ? Int32Array.from(values)
      : dtype === 'bool'
        ? Uint8Array.from(values)
        : Float32Array.from(values);
  return {
    how: 'host',
    bytes: new Uint8Array(converted.buffer),
    layout: { ...layout, dtype: dtype === 'bool' ? 'uint8' : dtype === 'int32' ? 'int32' : 'float32' },
  };
}

function wasmSource({ backend, record }: Held, dtype: TfDType, shape: number[]): Source | undefined {
  if (dtype === 'string') return hostSource(record.stringBytes, dtype, shape);
  const wasm = ownValue(backend, 'wasm');
  // Looked up at every read: when the heap grows, the old view of it is detached.
  const heap = isInspectable(wasm) ? ownValue(wasm, 'HEAPU8') : undefined;
  if (!isInspectable(heap) || typeof record.memoryOffset !== 'number') return undefined;
  const memory = hostMemory(heap);
  const stored: DType = dtype === 'bool' ? 'uint8' : dtype;
  const byteLength = sizeOf(shape) * itemSize(stored);
  if (!memory || record.memoryOffset + byteLength > memory.bytes.byteLength) return undefined;
  const bytes = memory.bytes.subarray(record.memoryOffset, record.memoryOffset + byteLength);
  return { how: 'host', bytes, layout: { dtype: stored, shape, strides: rowMajorStrides(shape), offset: 0 } };
}

function webgpuSource(
  { backend, record }: Held,
  dtype: TfDType,
  shape: number[],
  stop: StopContext,
): Source | undefined {
  const device = webgpuDevice(backend);
  if (!isPlatformObject(record.resource, 'GPUBuffer') || !device) return undefined;
  const stored = dtypeOfData(record, dtype);
  return {
    how: 'webgpu',
    devices: [device],
    buffer: record.resource as GPUBuffer,
    byteOffset: 0,
    // On the device TF.js keeps booleans as int32.
    layout: { dtype: stored === 'bool' ? 'int32' : stored, shape, strides: rowMajorStrides(shape), offset: 0 },
    flush: () => flush(backend, device, stop),
  };
}

export function sourceOf(dataId: object, dtype: TfDType, shape: number[], stop: StopContext): Source {
  const held = find(dataId, stop);
  if (!held) return notFound(dataId, stop);
  return held.name === 'tensorflow' ? nativeSource(held, dataId, dtype, shape) : heldSource(held, dtype, shape, stop);
}

/**
 * tfjs-node keeps tensors in TensorFlow's own memory, where only its backend can look. `readSync` is a method of every
 * backend (`KernelBackend` of TF.js); that of tfjs-node copies, and keeps nothing. Not tried with the real one.
 */
function nativeSource({ backend, record }: Held, dataId: object, dtype: TfDType, shape: number[]): Source {
  if (hasValues({ record }))
    return hostSource(record.values, dtype, shape) ?? unknownInternals('the tensorflow backend');
  const readSync = dtype === 'complex64' ? undefined : runtimeMethod(backend, 'readSync');
  if (!readSync) return unknownInternals('the tensorflow backend');
  return hostSource(readSync.call(backend, dataId), dtype, shape) ?? unknownInternals('the tensorflow backend');
}

function heldSource(held: Held, dtype: TfDType, shape: number[], stop: StopContext): Source {
  const { name, record } = held;
  const unknown = unknownInternals(`the ${name} backend`);
  if (name === 'wasm') return wasmSource(held, dtype, shape) ?? unknown;
  if (dtype === 'complex64') {
    const parts = partsOf(held);
    const real = parts && heldSource(parts.real, 'float32', shape, stop);
    const imag = parts && heldSource(parts.imag, 'float32', shape, stop);
    if (real && imag && isStrided(real) && isStrided(imag)) return { how: 'complex', real, imag };
    return unknown;
  }
  // Host values are what the program's own data() would return, without asking the device.
  if (hasValues(held)) return hostSource(record.values, dtype, shape) ?? unknown;
  if (sizeOf(shape) === 0 && dtype !== 'string') return hostSource([], dtype, shape)!;
  if (name === 'webgpu') return webgpuSource(held, dtype, shape, stop) ?? unknown;
  return unknown;
}

function isStrided(source: Source): source is HostSource | DeviceSource {
  return source.how === 'host' || source.how === 'webgpu';
}

export function hasValues({ record }: Pick<Held, 'record'>): boolean {
  return record.values !== null && record.values !== undefined;
}
