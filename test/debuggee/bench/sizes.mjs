// 512 MiB and 1 KiB on the device.
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
const gpu = create([]);
const adapter = await gpu.requestAdapter();
if (!adapter) throw new Error('There is no adapter.');
const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize: 2 ** 29 } });

function onDevice(shape) {
  const size = shape.reduce((product, count) => product * count, 4);
  const buffer = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  return { [Symbol.for('tensor.inspect')]: () => ({ dtype: 'float32', shape, data: { device, buffer } }) };
}

const big = onDevice([16384, 8192]);
const small = onDevice([16, 16]);
debugger; // #sizes
console.log(big, small);
