// The program's own error scopes and error events, with buffers in sight that can't be read.
import { gpu } from '../readers/webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const other = await (await gpu.requestAdapter()).requestDevice();
const { COPY_DST, COPY_SRC, MAP_READ, STORAGE, UNIFORM } = GPUBufferUsage;
const events = [];
for (const each of [device, other]) {
  each.addEventListener('uncapturederror', function listener({ error }) {
    const held = { good, foreign };
    debugger;
    events.push(error.constructor.name, held.good.size);
  });
}
const good = device.createBuffer({ size: 64, usage: COPY_SRC | COPY_DST | STORAGE });
device.queue.writeBuffer(good, 0, new Float32Array([1, 2, 3]));
const foreign = other.createBuffer({ size: 64, usage: COPY_SRC | COPY_DST });
const unreadable = device.createBuffer({ size: 64, usage: UNIFORM | COPY_DST });
const destroyed = device.createBuffer({ size: 64, usage: COPY_SRC | COPY_DST });
destroyed.destroy();
const mapped = device.createBuffer({ size: 64, usage: MAP_READ | COPY_DST, mappedAtCreation: true });
const pending = device.createBuffer({ size: 64, usage: MAP_READ | COPY_DST });
const mapping = pending.mapAsync(GPUMapMode.READ);
const odd = device.createBuffer({ size: 7, usage: COPY_SRC | COPY_DST });

function stop() {
  const all = { good, foreign, unreadable, destroyed, mapped, pending, odd };
  debugger;
  return all;
}

stop();
device.pushErrorScope('validation');
device.pushErrorScope('out-of-memory');
const bad = device.createBuffer({ size: 64, usage: MAP_READ | STORAGE });
stop();
const memory = await device.popErrorScope();
const validation = await device.popErrorScope();
console.log('scopes', memory, validation?.constructor.name);
// No scope: an event, and in its listener a stop.
const worse = device.createBuffer({ size: 64, usage: MAP_READ | STORAGE });
await device.queue.onSubmittedWorkDone();
await new Promise((resolve) => setTimeout(resolve, 20));
stop();
await mapping;
console.log('mapState', mapped.mapState, pending.mapState, good.mapState, destroyed.mapState);
pending.unmap();
stop();
await new Promise((resolve) => setTimeout(resolve, 20));
console.log(events.join());
const lost = device.lost.then(({ reason }) => console.log('lost', reason));
device.destroy();
stop();
await lost;
stop();
console.log('end', bad.size, worse.size, events.length);
