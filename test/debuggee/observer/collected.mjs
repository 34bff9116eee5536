// What the program lets go of is collected, and its finalizers run, though it was looked at. Run with --expose-gc.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend('webgpu');
await tf.ready();
const device = tf.backend().device;
const finalized = [];
const registry = new FinalizationRegistry((name) => finalized.push(name));
const refs = new Map();
function track(name, value) {
  registry.register(value, name);
  refs.set(name, new WeakRef(value));
  return value;
}

function scope(round) {
  const array = track(`${round} array`, new Float32Array([1, 2, 3]));
  const buffer = track(
    `${round} buffer`,
    device.createBuffer({ size: 64, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST }),
  );
  const tensor = track(
    `${round} tensor`,
    tf.tensor([
      [1, 2],
      [3, 4],
    ]),
  );
  const sum = track(`${round} sum`, tf.add(tensor, 1));
  const model = track(`${round} container`, { weights: [array, tensor], nested: new Map([['sum', sum]]) });
  debugger;
  tf.dispose([tensor, sum]);
  return Object.keys(model).length;
}

for (const round of ['first', 'second']) {
  scope(round);
  debugger;
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    globalThis.gc();
  }
  console.log(
    round,
    [...refs].map(([name, ref]) => `${name} ${ref.deref() === undefined ? 'collected' : 'kept'}`).join(', '),
  );
}
console.log(finalized.sort().join(', '), tf.memory().numTensors);
process.exit(0);
