// Copies to the host by other ways than TF.js: raw WebGPU, jax-js, ONNX Runtime.
import { gpu } from '../readers/webgpuGlobals.mjs';
import * as jax from '@jax-js/jax';
import * as ort from 'onnxruntime-node';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const source = device.createBuffer({ size: 1024, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });

async function readBack() {
  const staging = device.createBuffer({ size: 1024, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, staging, 0, 1024);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ); // #mapAsync
  const values = new Float32Array(staging.getMappedRange().slice(0));
  staging.unmap();
  return values;
}
for (let pass = 0; pass < 2; pass++) await readBack();
const upload = device.createBuffer({ size: 64, usage: GPUBufferUsage.MAP_WRITE | GPUBufferUsage.COPY_SRC });
await upload.mapAsync(GPUMapMode.WRITE); // #write

const { numpy: np } = jax;
await jax.init('cpu', 'wasm');
for (const name of ['cpu', 'wasm']) {
  jax.defaultDevice(name);
  np.ones([4, 8]).js(); // #js
  np.ones([3]).add(1).dataSync(); // #dataSync
  await np.ones([1000]).mul(2).data(); // #awaited
  np.array(7).item(); // #item
}

// Without an OffscreenCanvas jax-js can't wait for webgpu.
await jax.init('webgpu');
jax.defaultDevice('webgpu');
const unread = np.array(new Float32Array(1600));
try {
  unread.dataSync(); // #throws
} catch (error) {
  console.log(error.message);
}
unread.dispose();
const gone = np.array(new Float32Array(1600));
gone.dispose();
await gone.data().catch((error) => console.log(error.message)); // #rejects
np.arange(2).add(1).js(); // #inline

const onHost = new ort.Tensor('float32', new Float32Array(6), [2, 3]);
await onHost.getData(); // #host
const onDevice = ort.Tensor.fromGpuBuffer(source, {
  dataType: 'float32',
  dims: [16, 16],
  download: readBack,
  dispose: () => undefined,
});
await onDevice.getData(); // #getData
debugger;
process.exit(0);
