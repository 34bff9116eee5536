/**
 * Where a TF.js tensor's values lie right now, found without any call that reads, copies or flushes. What it looks at
 * are internals of TF.js 4.22's backends; anything unexpected is an answer in words, never a guess.
 */
import { backendObjectOf, backendOf, type TfTensor } from '../tfjs.ts';

export interface Resident {
  data?: ArrayBufferView | { device: object; buffer: object };
  /** Work that makes the value is queued still. */
  pending?: boolean;
  /** Why there is no data. */
  reason: string;
}

/** A cpu backend keeps typed arrays by data id. */
interface CpuInternals {
  data?: { get?(id: object): { values?: unknown; complexTensorInfos?: unknown } | undefined };
}
/** wasm keeps offsets into its heap. */
interface WasmInternals {
  wasm?: { HEAPU8?: Uint8Array };
  dataIdMap?: { get?(id: object): { memoryOffset?: unknown; stringBytes?: unknown } | undefined };
}
interface WebGpuInternals {
  device?: object;
  commandEncoder?: unknown;
  tensorMap?: { get?(id: object): { values?: unknown; resource?: unknown; complexTensorInfos?: unknown } | undefined };
}

const bytesPerElement: Record<string, number> = { float32: 4, int32: 4, bool: 1 };

export function residentMemory(tensor: TfTensor): Resident {
  const width = bytesPerElement[tensor.dtype];
  if (width === undefined) return { reason: `A ${tensor.dtype} tensor does not lie in one piece of memory.` };
  const name = backendOf(tensor);
  const backend = backendObjectOf(tensor);
  const found = backend && lookUp(name, backend, tensor, width);
  return found ?? { reason: `Its values are in the ${name} backend, at a place that this version does not know.` };
}

function lookUp(name: string, backend: object, tensor: TfTensor, width: number): Resident | undefined {
  if (name === 'cpu') return inArray((backend as CpuInternals).data?.get?.(tensor.dataId)?.values, tensor);
  if (name === 'wasm') return inHeap(backend, tensor, tensor.size * width);
  return name === 'webgpu' ? onGpu(backend, tensor) : undefined;
}

function inArray(values: unknown, tensor: TfTensor): Resident | undefined {
  if (!ArrayBuffer.isView(values) || values instanceof DataView) return undefined;
  if ((values as Float32Array).length !== tensor.size) return undefined;
  return { data: values, reason: '' };
}

function inHeap({ wasm, dataIdMap }: WasmInternals, tensor: TfTensor, byteLength: number): Resident | undefined {
  const offset = dataIdMap?.get?.(tensor.dataId)?.memoryOffset;
  const heap = wasm?.HEAPU8;
  if (typeof offset !== 'number' || heap === undefined || offset + byteLength > heap.length) return undefined;
  return { data: heap.subarray(offset, offset + byteLength), reason: '' };
}

function onGpu({ device, commandEncoder, tensorMap }: WebGpuInternals, tensor: TfTensor): Resident | undefined {
  const entry = tensorMap?.get?.(tensor.dataId);
  // A tensor made from host values stays on the host until a kernel needs it; bools are widened on the device.
  const onHost = inArray(entry?.values, tensor);
  if (onHost) return onHost;
  if (device === undefined || typeof entry?.resource !== 'object' || entry.resource === null) return undefined;
  if (tensor.dtype === 'bool') return { reason: 'A bool tensor takes four bytes per element on webgpu.' };
  if (commandEncoder)
    return { pending: true, reason: 'TensorFlow.js has recorded the work that makes it, not submitted it.' };
  return { data: { device, buffer: entry.resource }, reason: '' };
}
