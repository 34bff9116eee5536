// Stops while a buffer is being mapped, which a read of the device settles.
import { gpu } from '../readers/webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
const values = device.createBuffer({ size: 16, usage });
const staging = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
function stop() {
  debugger;
  return [device, values, staging];
}
stop();
const mapped = staging.mapAsync(GPUMapMode.READ);
stop();
await mapped;
stop();
process.exit(0);
