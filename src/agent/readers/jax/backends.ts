/**
 * Backends of jax-js: where the values of an array are, by the slot that it names. Nothing of jax-js is called.
 *
 * | `type` | storage of a slot |
 * |---|---|
 * | cpu | `#buffers.get(slot)`: `{ buffer, ref }`, a Uint8Array |
 * | wasm | `#buffers.get(slot)`: `{ ptr, size, ref }` in `#memory`; `#pendingWork` has the slots that workers still write |
 * | webgpu | `buffers.get(slot)`: `{ buffer, size, ref }`, a GPUBuffer of `device`; every kernel is submitted at once |
 *
 * On all of them a bool is an int32.
 */
import type { TensorDevice } from '../../../protocol/tensor.ts';
import { adapterName } from '../../read/device.ts';
import { isInspectable, isPlatformObject, ownValue, platformMethod, platformValue, util } from '../../safely.ts';
import type { StopContext } from '../../source.ts';
import { hostMemory } from '../hostArrays.ts';

export type Storage =
  | { how: 'host'; bytes: Uint8Array }
  | { how: 'webgpu'; buffer: GPUBuffer; device: GPUDevice }
  /** Workers of the program still compute it. */
  | { how: 'pending' };

export function backendType(backend: object): string {
  const type = ownValue(backend, 'type');
  return typeof type === 'string' ? type : 'unknown';
}

export function backendDevice(backend: object): GPUDevice | undefined {
  const device = ownValue(backend, 'device');
  return isPlatformObject(device, 'GPUDevice') ? (device as GPUDevice) : undefined;
}

export function deviceOf(backend: object): TensorDevice {
  const type = backendType(backend);
  if (type === 'webgpu') {
    const device = backendDevice(backend);
    const name = device && adapterName(device);
    return { type, ...(name !== undefined && { name }) };
  }
  return type === 'cpu' || type === 'wasm' || type === 'webgl' ? { type } : { type: 'unknown', name: type };
}

function entryOf(map: unknown, slot: number): unknown {
  const get = isInspectable(map) && util.types.isMap(map) ? platformMethod(map, 'get') : undefined;
  return get?.(slot as never);
}

/** @returns undefined where the backend does not keep it as expected, or not at all */
export function storageOf(backend: object, slot: number, stop: StopContext): Storage | undefined {
  if (backendType(backend) === 'webgpu') {
    const entry = entryOf(ownValue(backend, 'buffers'), slot);
    const buffer = isInspectable(entry) ? ownValue(entry, 'buffer') : undefined;
    const device = backendDevice(backend);
    if (!isPlatformObject(buffer, 'GPUBuffer') || !device) return undefined;
    return { how: 'webgpu', buffer: buffer as GPUBuffer, device };
  }
  const fields = stop.privateFields(backend);
  const entry = fields && entryOf(fields['#buffers'], slot);
  if (!fields || !isInspectable(entry)) return undefined;
  if (backendType(backend) === 'cpu') {
    const buffer = ownValue(entry, 'buffer');
    const memory = isInspectable(buffer) ? hostMemory(buffer) : undefined;
    return memory && { how: 'host', bytes: memory.bytes };
  }
  if (isBusy(fields, slot, stop)) return { how: 'pending' };
  const memory = fields['#memory'];
  // Looked up at every read: when the memory grows, the old view of it is detached.
  const heap = isInspectable(memory) ? platformValue(memory, 'buffer') : undefined;
  const [start, length] = [ownValue(entry, 'ptr'), ownValue(entry, 'size')];
  const bytes = isInspectable(heap) ? hostMemory(heap)?.bytes : undefined;
  if (!bytes || typeof start !== 'number' || typeof length !== 'number') return undefined;
  return start + length <= bytes.byteLength ? { how: 'host', bytes: bytes.subarray(start, start + length) } : undefined;
}

function isBusy(fields: Readonly<Record<string, unknown>>, slot: number, stop: StopContext): boolean {
  const epoch = entryOf(fields['#pendingWork'], slot);
  const pool = fields['#workerPool'];
  if (typeof epoch !== 'bigint' || !isInspectable(pool)) return false;
  const done = stop.privateFields(pool)?.['#epoch'];
  return typeof done === 'bigint' && done < epoch;
}

/** Kernels that were run for somebody who asked, though jax-js does not know of it: their outputs have the values. */
const runForUs = new WeakSet<object>();

export function noteRun(kernel: object): void {
  runForUs.add(kernel);
}

/** The kernels that must still be run before an array has its values, in order. */
export function kernelsToRun(kernels: object | null): object[] {
  const values = kernels && util.types.isSet(kernels) ? platformMethod(kernels, 'values') : undefined;
  const pending: object[] = [];
  for (const kernel of (values?.() ?? []) as Iterable<unknown>) {
    if (!isInspectable(kernel) || ownValue(kernel, 'submitted') === true || runForUs.has(kernel)) continue;
    pending.push(kernel);
  }
  return pending;
}
