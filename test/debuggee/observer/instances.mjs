// Two instances of the GPU binding, each with a queue of callbacks of its own: waiting for one must not starve the other.
import { create } from 'webgpu';
import { gpu } from '../readers/webgpuGlobals.mjs';

const otherGpu = create([]);
async function open(instance) {
  const adapter = await instance.requestAdapter();
  const device = await adapter.requestDevice();
  const { COPY_DST, COPY_SRC, STORAGE } = GPUBufferUsage;
  const buffer = device.createBuffer({ size: 256, usage: COPY_SRC | COPY_DST | STORAGE });
  device.queue.writeBuffer(
    buffer,
    0,
    Float32Array.from({ length: 64 }, (_, i) => i),
  );
  return { adapter, device, buffer };
}
const [one, two] = [await open(gpu), await open(otherGpu)];

async function readback({ device, buffer }) {
  const staging = device.createBuffer({ size: 256, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, 256);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return new Float32Array(staging.getMappedRange())[63];
}

function stop(...seen) {
  debugger;
  return seen;
}

stop(one, two);
for (const [busy, looked] of [
  [one, two],
  [two, one],
  [one, one],
]) {
  // In flight on one; looked at is the other.
  const pending = readback(busy);
  stop(looked);
  stop(looked);
  console.log(await pending);
  stop(looked);
  setImmediate(() => stop(looked));
  const both = [readback(one), readback(two)];
  await null;
  stop(looked);
  console.log((await Promise.all(both)).join());
}
process.exit(0);
