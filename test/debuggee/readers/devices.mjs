// Two devices, buffers of both, and none of the devices in sight of the stopped function; then buffers of every sad kind.
import { gpu } from './webgpuGlobals.mjs';

const { COPY_DST, COPY_SRC, MAP_READ, STORAGE, UNIFORM } = GPUBufferUsage;
const usage = COPY_SRC | COPY_DST | STORAGE;

async function requestDevice(label) {
  const adapter = await gpu.requestAdapter();
  return adapter.requestDevice({ label });
}

function bufferOf(device, first, options = {}) {
  const buffer = device.createBuffer({ size: 4096, usage, ...options });
  if ((buffer.usage & COPY_DST) !== 0 && buffer.mapState === 'unmapped') {
    device.queue.writeBuffer(
      buffer,
      0,
      Float32Array.from({ length: 1024 }, (_, i) => first + i),
    );
  }
  return buffer;
}

const first = await requestDevice('first');
const second = await requestDevice('second');

/** The devices are in the module's scope, which this function doesn't touch. */
function withoutDevice(ofFirst, ofSecond) {
  debugger;
  return [ofFirst, ofSecond];
}
const [ofFirst, ofSecond] = [bufferOf(first, 1), bufferOf(second, 1001)];
const another = bufferOf(second, 2001);
const noBuffers = await requestDevice('has no buffers');
const withBoth = () => {
  const devices = { noBuffers, first, second };
  debugger;
  return [devices, ofFirst, ofSecond, another];
};

const sad = {
  destroyed: bufferOf(first, 0, { label: 'destroyed one' }),
  mapped: bufferOf(first, 0, { usage: MAP_READ | COPY_DST, mappedAtCreation: true }),
  mapping: bufferOf(first, 0, { usage: MAP_READ | COPY_DST }),
  mapOnly: bufferOf(first, 0, { usage: MAP_READ | COPY_DST }),
  uniform: bufferOf(first, 0, { usage: UNIFORM | COPY_DST }),
  oddBound: first.createBuffer({ size: 4099, usage: STORAGE | COPY_DST }),
  invalid: null,
};
first.pushErrorScope('validation');
sad.invalid = first.createBuffer({ size: 64, usage: MAP_READ | STORAGE });
await first.popErrorScope();
sad.destroyed.destroy();
function withSad() {
  const device = first;
  const mapping = sad.mapping.mapAsync(GPUMapMode.READ);
  debugger;
  return [device, sad, mapping];
}

/** Seconds of work that the device has to finish before any copy of ours. */
function keepBusy(device) {
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
      @compute @workgroup_size(1) fn main() {
        var state = data[0];
        for (var i = 0u; i < 150000000u; i++) { state = state * 1664525u + 1013904223u; }
        data[0] = state;
      }`,
  });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  const buffer = bufferOf(device, 0);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }),
  );
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  return buffer;
}
function busy(device, buffer) {
  debugger;
  return [device, buffer];
}

/** Destroyed in this very turn: nothing has told so yet. */
function lost(device, buffer) {
  device.destroy();
  debugger;
  return [device, buffer];
}

withoutDevice(ofFirst, ofSecond);
withBoth();
withSad();
const doomed = await requestDevice('doomed');
lost(doomed, bufferOf(doomed, 5));
await doomed.lost;
function gone(device, buffer) {
  debugger;
  return [device, buffer];
}
gone(doomed, ofFirst);
busy(first, keepBusy(first));
await first.queue.onSubmittedWorkDone();
busy(first, ofFirst);
console.log('ended');
process.exit(0);
