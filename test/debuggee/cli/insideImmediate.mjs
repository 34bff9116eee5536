// Stops in an immediate that stands before the callback that Dawn waits for, in the list that Node is working off.
import { gpu } from '../readers/webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
const buffer = device.createBuffer({ size: 16, usage });
device.queue.writeBuffer(buffer, 0, Float32Array.of(1.5, 2.5, 3.5, 4.5));

function stop() {
  const held = { device, buffer };
  debugger;
  return held;
}

setTimeout(() => {
  setImmediate(stop);
  const staging = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, 16);
  device.queue.submit([encoder.finish()]);
  void staging.mapAsync(GPUMapMode.READ).then(() => process.exit(0));
}, 200);
