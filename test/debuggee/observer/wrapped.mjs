// A program that counts its own WebGPU calls in every way that programs do, and patches what asynchronous code goes through.
import { gpu } from '../readers/webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const { COPY_DST, COPY_SRC, STORAGE } = GPUBufferUsage;
const buffer = device.createBuffer({ size: 4 * 40_000, usage: COPY_SRC | COPY_DST | STORAGE });
const bound = device.createBuffer({ size: 4096, usage: COPY_DST | STORAGE });
device.queue.writeBuffer(
  buffer,
  0,
  Float32Array.from({ length: 40_000 }, (_, i) => i),
);
const counts = {};
const count = (name) => (counts[name] = (counts[name] ?? 0) + 1);

function stop() {
  const held = { device, buffer, bound };
  debugger;
  return held;
}

/** On the object itself, with a plain function. */
function wrap(object, name) {
  const original = object[name];
  object[name] = function (...args) {
    count(`plain ${name}`);
    return original.apply(this, args);
  };
}
/** With a bound function: it prints as native code. */
function wrapBound(object, name) {
  const original = object[name];
  object[name] = ((self, ...args) => {
    count(`bound ${name}`);
    return original.apply(object, args);
  }).bind(null, object);
}
/** With a proxy of the native function: it prints as native code too. */
function wrapProxy(object, name) {
  object[name] = new Proxy(object[name], {
    apply(target, self, args) {
      count(`proxy ${name}`);
      return Reflect.apply(target, self, args);
    },
    get(target, key) {
      count(`proxy ${name}.${String(key)}`);
      return Reflect.get(target, key);
    },
    getOwnPropertyDescriptor(target, key) {
      count(`proxy descriptor ${name}.${String(key)}`);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
}

wrap(device, 'createBuffer');
wrapBound(device, 'createCommandEncoder');
wrapProxy(device, 'createBindGroup');
wrapProxy(device.queue, 'submit');
wrapBound(device.queue, 'writeBuffer');
wrap(device, 'pushErrorScope');
wrap(device, 'popErrorScope');
wrap(device.queue, 'onSubmittedWorkDone');
Object.defineProperty(buffer, 'usage', { get: () => (count('usage'), 0) });
Object.defineProperty(buffer, 'size', { get: () => (count('size'), 4) });
const { then, catch: rescue } = Promise.prototype;
Promise.prototype.then = function (...args) {
  count('then');
  return then.apply(this, args);
};
Promise.prototype.catch = function (...args) {
  count('catch');
  return rescue.apply(this, args);
};
const immediate = globalThis.setImmediate;
// Dawn calls it too, as often as it needs; only what the program itself queues, and what else is done to it, is counted.
globalThis.setImmediate = new Proxy(immediate, {
  apply(target, self, [callback, ...args]) {
    if (callback.name !== '') count(`setImmediate ${callback.name}`);
    return target(callback, ...args);
  },
  ownKeys(target) {
    count('setImmediate keys');
    return Reflect.ownKeys(target);
  },
  getOwnPropertyDescriptor(target, key) {
    count(`setImmediate descriptor ${String(key)}`);
    return Reflect.getOwnPropertyDescriptor(target, key);
  },
});
stop();
setImmediate(function mine() {
  stop();
  count('mine');
});
await new Promise((resolve) => setTimeout(resolve, 10));
stop();
const staging = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | COPY_DST });
const encoder = device.createCommandEncoder();
encoder.copyBufferToBuffer(buffer, 0, staging, 0, 16);
device.queue.submit([encoder.finish()]);
const mapping = staging.mapAsync(GPUMapMode.READ);
stop();
await mapping;
stop();
console.log(JSON.stringify(counts));

// And on the prototypes, where no way leads around them: then nothing can be read, and nothing is called either.
const prototypes = {};
for (const [className, names] of Object.entries({
  GPUCommandEncoder: ['copyBufferToBuffer', 'beginComputePass', 'finish'],
  GPUComputePassEncoder: ['setPipeline', 'dispatchWorkgroups', 'end'],
  GPUBuffer: ['mapAsync', 'getMappedRange', 'unmap', 'destroy'],
  GPUQueue: ['submit'],
  GPUDevice: ['createBuffer', 'pushErrorScope'],
})) {
  const { prototype } = globalThis[className];
  for (const name of names) {
    const original = prototype[name];
    prototype[name] = function (...args) {
      prototypes[name] = (prototypes[name] ?? 0) + 1;
      return original.apply(this, args);
    };
    stop();
  }
}
stop();
console.log(JSON.stringify(prototypes));
process.exit(0);
