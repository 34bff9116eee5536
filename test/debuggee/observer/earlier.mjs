// The one exception: GPU work of the program that has finished may settle earlier when a GPU buffer is read.
import { gpu } from '../readers/webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const buffer = device.createBuffer({ size: 64, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
const hostArray = new Float32Array([1, 2, 3]);
const order = [];
const staging = device.createBuffer({ size: 64, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
const mapping = staging.mapAsync(GPUMapMode.READ).then(() => order.push('mapAsync'));
function stop() {
  const held = { device, buffer, hostArray };
  debugger;
  console.log(staging.mapState);
  return held;
}
stop();
queueMicrotask(() => order.push('microtask'));
await mapping;
console.log(order.join());
process.exit(0);
