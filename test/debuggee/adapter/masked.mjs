// Attention with a causal mask of -Infinity, as people write it; nothing of it ends in a NaN. Prints what TF.js counts.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

tf.env().set('WEBGPU_CPU_FORWARD', false);
await tf.setBackend(process.env.TFJS_BACKEND);

const mask = tf.tensor([
  [0, -Infinity, -Infinity],
  [0, 0, -Infinity],
  [0, 0, 0],
]);
const attend = (scores) =>
  tf.tidy(() => {
    const masked = scores.add(mask); // #MASK
    return masked.softmax();
  });

for (let step = 0; step < 3; step++) {
  const weights = attend(tf.randomNormal([3, 3], 0, 1, 'float32', 7 + step));
  const values = await weights.data();
  console.log(Array.from(values, (value) => value.toFixed(5)).join());
  weights.dispose();
}
console.log(tf.memory().numTensors, tf.memory().numBytes, tf.memory().numDataBuffers);
