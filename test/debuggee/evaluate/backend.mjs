// TF.js on the backend of TFJS_BACKEND, and everything that it counts, so that a trace of an evaluation would show.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`);
setThreadsCount(1);
await tf.setBackend(process.env.TFJS_BACKEND ?? 'cpu');
await tf.ready();
export const backend = tf.backend();
if (tf.getBackend() === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);

/** As text, so that it can be compared. */
export function account() {
  const { state } = tf.engine();
  const storage = backend.tensorMap ?? backend.dataIdMap ?? backend.data;
  return JSON.stringify({
    nextId: tf.engine().constructor.nextTensorId,
    memory: tf.memory(),
    dataIds: storage.numDataIds(),
    tape: state.activeTape?.length ?? null,
    gradientDepth: state.gradientDepth,
    scope: state.activeScope?.track.length ?? null,
    scopes: state.scopeStack.length,
    pendingData: backend.tensorDataPendingDisposal?.length,
    pendingUniforms: backend.uniformPendingDisposal?.length,
    pendingStaging: backend.stagingPendingDisposal?.length,
    dispatches: backend.dispatchCountInPass,
    buffersUsed: backend.bufferManager?.getNumUsedBuffers?.(),
    buffersFree: backend.bufferManager?.getNumFreeBuffers?.(),
    flags: tf.env().flags,
  });
}

/** Every look is a stop; the account before and after it must be the same. */
export function stop(tensors) {
  const before = account();
  look(tensors);
  const after = account();
  console.log(before === after ? 'the same' : `${before}\n${after}`);
}

function look(tensors) {
  debugger;
  return tensors;
}
