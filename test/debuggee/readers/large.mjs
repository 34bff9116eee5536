// More bytes than one storage binding holds (128 MiB), in buffers that can be bound and that can only be copied.
import { gpu } from './webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const { COPY_DST, COPY_SRC, STORAGE } = GPUBufferUsage;
const rows = 200;
const columns = 2 ** 18;
const bound = device.createBuffer({ size: rows * columns * 4, usage: COPY_DST | STORAGE });
for (let row = 0; row < rows; row++) {
  const values = Float32Array.from({ length: columns }, (_, column) => row + column / columns);
  if (row === 150) values[77] = NaN;
  if (row === 199) values[columns - 1] = -Infinity;
  device.queue.writeBuffer(bound, row * columns * 4, values);
}
await device.queue.onSubmittedWorkDone();

function stop() {
  debugger;
  return [device, bound];
}
stop();
process.exit(0);
