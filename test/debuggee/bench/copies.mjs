// What a copy takes, and a training loop that copies its loss at each step; the same program with and without a debugger.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

async function perCopy(copy, count) {
  for (let pass = 0; pass < count; pass++) await copy();
  const start = performance.now();
  for (let pass = 0; pass < count; pass++) await copy();
  return ((performance.now() - start) * 1000) / count;
}
await tf.setBackend('cpu');
const values = tf.ones([16]);
const view = await perCopy(() => values.dataSync(), 20_000);
const awaited = await perCopy(() => values.data(), 10_000);

await tf.setBackend('webgpu');
tf.env().set('WEBGPU_CPU_FORWARD', false);
const inputs = tf.randomNormal([256, 64]);
const targets = tf.randomNormal([256, 1]);
const weights = tf.variable(tf.zeros([64, 1]));
const optimizer = tf.train.sgd(0.01);
async function step() {
  const loss = optimizer.minimize(() => inputs.matMul(weights).sub(targets).square().mean(), true);
  await loss.data();
  loss.dispose();
}
for (let warm = 0; warm < 10; warm++) await step();
const start = performance.now();
for (let count = 0; count < 100; count++) await step();
const training = performance.now() - start;
console.log(`measured ${JSON.stringify({ view, awaited, training })}`);
process.exit(0);
