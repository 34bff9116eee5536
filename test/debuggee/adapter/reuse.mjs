// Tensors that are disposed at once, so that TF.js hands their buffers out again before anybody has read a flag; one of them
// is not finite. Prints everything that a program can see: values, counts, the order of its microtasks, errors of the device.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

tf.env().set('WEBGPU_CPU_FORWARD', false);
await tf.setBackend('webgpu');
const errors = [];
tf.backend().device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
const seen = [];
const note = (what) => seen.push(what);

const start = tf.tensor([1, 2, 3, 4]);
let sum = tf.zeros([4]);
for (let step = 0; step < 100; step++) {
  const shifted = start.sub(step === 41 ? 3 : 0);
  const root = shifted.sqrt(); // #ROOT
  const finite = step === 41 ? tf.onesLike(root) : root.mul(1);
  const next = sum.add(finite);
  tf.dispose([shifted, root, finite, sum]);
  sum = next;
  if (step % 25 === 0) {
    const { numTensors, numBytes, numDataBuffers, numBytesInGPU, numBytesAllocatedInGPU } = tf.memory();
    note([numTensors, numBytes, numDataBuffers, numBytesInGPU, numBytesAllocatedInGPU].join(' '));
  }
}
const first = sum.data().then(() => note('first'));
Promise.resolve().then(() => note('microtask'));
const second = start.square().data();
queueMicrotask(() => note('queued'));
note(Array.from(await second, (value) => value.toFixed(3)).join());
await first;
note(Array.from(await sum.data(), (value) => value.toFixed(3)).join()); // #READ
note(`${errors.length} errors ${typeof tf.engine().runKernelFunc} ${Object.keys(tf.engine()).length}`);
console.log(seen.join('\n'));
process.exit(0);
