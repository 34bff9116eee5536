/**
 * The webgpu backend of TF.js around an evaluation. What the program had recorded is submitted first; then the kernels
 * record into an encoder of their own, and what they freed is freed at once instead of at the program's next submit.
 */
import { isInspectable, isMap, ownValue } from '../safely.ts';
import type { StopContext } from '../source.ts';
import { flush } from '../readers/tfjs/flush.ts';
import type { EvaluationContext } from './engine.ts';

/** Fields of the backend that belong to what is recorded and not submitted yet. */
interface Backend {
  commandEncoder: object | null;
  dispatchCountInPass: number;
  commandQueueOwnedIds: WeakSet<object>;
  tensorDataPendingDisposal: unknown[];
  uniformPendingDisposal: unknown[];
  stagingPendingDisposal: unknown[];
  pipelineCache: Record<string, unknown>;
  uploadToGPU(dataId: object): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  releaseResource(dataId: object): void;
  tensorMap: {
    has(dataId: object): boolean;
    get(dataId: object): { values?: unknown; resource?: unknown } | undefined;
  };
}

interface BufferManager {
  freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
}

export function inWebgpuBackend<Value>(
  found: object,
  device: GPUDevice,
  { stop, guarded }: EvaluationContext,
  run: () => Value,
): Value {
  // The program's own work comes before the guard: its errors are its own.
  flush(found, device, stop);
  const backend = found as Backend;
  const pipelines = Object.keys(backend.pipelineCache);
  try {
    return guarded(device, () => apart(backend, stop, run));
  } catch (error) {
    // One that doesn't compile would fail the program's own kernel without a word.
    for (const key of Object.keys(backend.pipelineCache))
      if (!pipelines.includes(key)) delete backend.pipelineCache[key];
    throw error;
  }
}

/** Runs with nothing of the program's in what the backend keeps between two submits. */
function apart<Value>(backend: Backend, stop: StopContext, run: () => Value): Value {
  const hadEncoder = backend.commandEncoder !== null && backend.commandEncoder !== undefined;
  const { dispatchCountInPass, commandQueueOwnedIds } = backend;
  const { tensorDataPendingDisposal, uniformPendingDisposal, stagingPendingDisposal } = backend;
  Object.assign(backend, {
    commandEncoder: null,
    dispatchCountInPass: 0,
    commandQueueOwnedIds: new WeakSet(),
    tensorDataPendingDisposal: [],
    uniformPendingDisposal: [],
    stagingPendingDisposal: [],
  });
  const freeBefore = new Set(freeBuffers(backend));
  const uploads = recordUploads(backend);
  try {
    return run();
  } finally {
    backend.endComputePassEncoder();
    backend.ensureCommandEncoderReady();
    backend.submitQueue();
    uploads.undo();
    dropBuffers(backend, freeBefore);
    Object.assign(backend, {
      dispatchCountInPass,
      commandQueueOwnedIds,
      tensorDataPendingDisposal,
      uniformPendingDisposal,
      stagingPendingDisposal,
    });
    if (hadEncoder) {
      backend.ensureCommandEncoderReady();
      stop.freshEncoders.add(backend.commandEncoder as object);
    }
  }
}

/** A kernel uploads tensors that are on the host still, and drops their host values, which `dataSync()` needs. */
function recordUploads(backend: Backend): { undo(): void } {
  const uploaded = new Map<object, unknown>();
  const own = Object.getOwnPropertyDescriptor(backend, 'uploadToGPU');
  const upload = backend.uploadToGPU.bind(backend);
  backend.uploadToGPU = (dataId) => {
    const record = backend.tensorMap.get(dataId);
    const values = record?.resource ? undefined : record?.values;
    upload(dataId);
    if (values !== undefined && values !== null) uploaded.set(dataId, values);
  };
  return {
    undo() {
      if (own) Object.defineProperty(backend, 'uploadToGPU', own);
      else delete (backend as Partial<Backend>).uploadToGPU;
      for (const [dataId, values] of uploaded) {
        // What the evaluation made itself is gone already; asking the map for it would have it moved here.
        const record = backend.tensorMap.has(dataId) ? backend.tensorMap.get(dataId) : undefined;
        if (!record?.resource) continue;
        backend.releaseResource(dataId);
        record.values = values;
      }
    },
  };
}

function bufferManager(backend: Backend): BufferManager | undefined {
  const manager = ownValue(backend, 'bufferManager');
  return isInspectable(manager) ? (manager as BufferManager) : undefined;
}

function freeBuffers(backend: Backend): GPUBuffer[] {
  const free = bufferManager(backend)?.freeBuffers;
  return isMap(free) ? [...free.values()].flat() : [];
}

/** Buffers that the evaluation has left in the pool; `tf.memory()` counts those too. */
function dropBuffers(backend: Backend, before: ReadonlySet<GPUBuffer>): void {
  const manager = bufferManager(backend);
  if (!manager) return;
  for (const [key, buffers] of manager.freeBuffers) {
    const kept = buffers.filter((buffer) => before.has(buffer));
    for (const buffer of buffers) {
      if (before.has(buffer)) continue;
      manager.numFreeBuffers--;
      manager.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
    manager.freeBuffers.set(key, kept);
  }
}
