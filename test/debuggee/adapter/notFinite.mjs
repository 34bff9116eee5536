// Ops that make infinities and NaN, on the backend of TFJS_BACKEND; prints what TF.js counts in the end.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

tf.env().set('WEBGPU_CPU_FORWARD', false);
await tf.setBackend(process.env.TFJS_BACKEND);

// On webgpu this is no kernel: the bits of -1 as an integer are those of a NaN.
const labels = tf.tensor([1, 2], [2], 'int32').neg().toFloat();

function step(x) {
  const scaled = x.mul(2);
  const logs = tf.log(scaled); // #LOG
  const doubled = logs.add(1);
  return doubled.sum();
}
const total = step(
  tf.tensor([
    [1, 0],
    [-1, 4],
  ]),
);
const integers = tf.tensor([7, 8], [2], 'int32').div(tf.tensor([2, 2], [2], 'int32'));
const root = tf.tensor([4, -1]).sqrt(); // #SQRT
const values = Array.from(await root.data(), String).join();
console.log(values, (await labels.data()).join(), (await integers.data()).join(), String((await total.data())[0])); // #READ
console.log(tf.memory().numTensors, tf.memory().numBytes, tf.memory().numDataBuffers);
process.exit(0);
