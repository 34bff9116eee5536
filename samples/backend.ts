/** Brings TensorFlow.js onto the GPU through WebGPU, or onto plain JavaScript where there is no adapter. */
import * as tf from '@tensorflow/tfjs';

// Dawn needs both of them for as long as the program runs: as garbage they would take the device with them.
let gpu: GPU | undefined;
let adapter: GPUAdapter | null | undefined;

/** @returns the backend and the device, in words */
export async function chooseBackend(): Promise<string> {
  let reason = 'no WebGPU adapter was found';
  try {
    const device = await useWebGpu();
    if (device !== null) return `webgpu, ${device}`;
  } catch (error) {
    reason = (error as Error).message.split('\n')[0] ?? reason;
  }
  // TensorFlow.js has no gradient of a convolution on its wasm backend, so that is no way to train this network.
  await tf.setBackend('cpu');
  return `cpu, for WebGPU can't be used here: ${reason}`;
}

/** @returns the device's name, or null if there is none */
async function useWebGpu(): Promise<string | null> {
  const { create, globals } = await import('webgpu');
  gpu = create([]);
  adapter = await gpu.requestAdapter();
  if (!adapter) return null;
  // What a browser has by itself: Node's own `navigator`, where there is one, knows no GPU.
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) return null;
  return adapter.info.description || adapter.info.device || adapter.info.vendor;
}
