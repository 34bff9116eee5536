// Stops inside the webgpu backend's own methods: whatever is recorded then must stay as it is.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend('webgpu');
await tf.ready();
tf.env().set('WEBGPU_CPU_FORWARD', false);
const backend = tf.backend();
const { device } = backend;
const x = tf.tensor(
  Float32Array.from({ length: 600 }, (_, i) => i),
  [20, 30],
);
const y = tf.add(x, 1);
const ready = tf.mul(y, 2);
await ready.data();
let inside = 0;
const { createBindGroup } = device;
device.createBindGroup = function (descriptor) {
  const { commandEncoder, computePassEncoder } = backend;
  const tensors = { x, y, ready };
  inside++;
  debugger;
  if (backend.commandEncoder !== commandEncoder || backend.computePassEncoder !== computePassEncoder)
    console.log('flushed');
  void tensors;
  return createBindGroup.call(device, descriptor);
};
const z = tf.add(tf.mul(y, 3), tf.sub(y, 5));
device.createBindGroup = createBindGroup;
console.log('inside', inside, [...(await z.data())].slice(0, 3).join(), tf.memory().numTensors);
const after = tf.add(z, y);
debugger;
console.log('after', (await after.data())[599]);
process.exit(0);
