// The order of everything that the event loop does, with GPU work in flight, while it is stopped and looked at everywhere:
// before immediates run, inside of them, in microtasks between them, in a promise executor, in a tick of Node's own.
import { promisify } from 'node:util';
import { gpu } from '../readers/webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const log = [];
const note = (entry) => log.push(entry);
device.addEventListener('uncapturederror', ({ error }) => note(`error ${error.message}`));
const values = Float32Array.from({ length: 256 }, (_, i) => i);
const buffer = device.createBuffer({
  size: 1024,
  usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST | GPUBufferUsage.STORAGE,
});
device.queue.writeBuffer(buffer, 0, values);

async function readback() {
  const staging = device.createBuffer({ size: 1024, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, 1024);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const copy = new Float32Array(staging.getMappedRange().slice(0));
  staging.unmap();
  return copy;
}

function stop(where) {
  const held = { device, buffer, values };
  debugger;
  note(where);
  return held;
}

function queueEverything(round) {
  const once = (text) => note(`${round} ${text}`);
  setImmediate(() => once('immediate'));
  setImmediate(once.bind(null, 'bound'));
  new Promise((resolve) => setImmediate(resolve, 'resolved')).then(once);
  promisify(setImmediate)('promisified').then(once);
  const cancelled = setImmediate(() => once('cancelled'));
  setImmediate(() => {
    stop(`${round} inside an immediate`);
    queueMicrotask(() => once('microtask after an immediate'));
    process.nextTick(() => once('next tick after an immediate'));
    setImmediate(() => once('nested immediate'));
    clearImmediate(cancelled);
  });
  setImmediate(() => Promise.resolve().then(() => stop(`${round} in a microtask between immediates`)));
  setImmediate(() => once('last'));
}

/** Time passes differently under a debugger; turns of the event loop don't. */
async function turns() {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
}

stop('nothing in flight');
// Work of the program's own is in flight at every stop from here on; when it settles is not looked at, what it gives is.
const early = readback();
queueEverything('first');
stop('immediates queued');
new Promise((resolve) => {
  stop('in a promise executor');
  resolve();
}).then(() => stop('in its reaction'));
process.nextTick(() => stop('in a tick'));
await Promise.resolve();
note('after a microtask');
await turns();
note(`early ${(await early)[7]}`);
stop('after an awaited mapAsync');
const late = [readback(), readback()];
queueEverything('second');
await turns();
const [a, b] = await Promise.all(late);
stop('after two');
note(`late ${a[9]} ${b[10]} ${buffer.mapState}`);
const timers = [];
for (let i = 0; i < 3; i++) timers.push(new Promise((resolve) => setTimeout(() => resolve(note(`timer ${i}`)), 5 * i)));
stop('timers running');
await Promise.all(timers);
console.log(log.join('\n'));
