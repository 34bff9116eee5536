// setImmediate in the hands of the program: replaced, and then out of reach.
import { gpu } from './webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const buffer = device.createBuffer({ size: 64, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
device.queue.writeBuffer(buffer, 0, new Float32Array([1, 2, 3]));
const native = globalThis.setImmediate;
let calls = 0;
function stop() {
  const held = { device, buffer };
  debugger;
  return held;
}
await device.queue.onSubmittedWorkDone();
globalThis.setImmediate = (callback, ...args) => {
  calls++;
  return native(() => callback(...args));
};
const before = calls;
stop();
console.log('calls', calls - before);
// Dawn's own callback is inside a closure of the program now.
const pending = device.queue.onSubmittedWorkDone();
stop();
await pending;
Object.defineProperty(globalThis, 'setImmediate', { value: native, configurable: false, writable: true });
stop();
Object.defineProperty(globalThis, 'setImmediate', { value: native, configurable: false, writable: false });
stop();
console.log('ended');
process.exit(0);
