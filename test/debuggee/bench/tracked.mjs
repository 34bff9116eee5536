// A training loop on WebGPU that tells its milliseconds per step. READS=1: it reads a tensor at every step, as people do who
// want to know how it goes.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend('webgpu');
await tf.ready();
tf.env().set('WEBGPU_CPU_FORWARD', false);
const inputs = tf.randomNormal([256, 512], 0, 1, 'float32', 1);
const targets = tf.randomNormal([256, 512], 0, 1, 'float32', 2);
const weights = tf.variable(tf.zeros([512, 512]));
const optimizer = tf.train.adam(0.01);
const steps = Number(process.env.STEPS);

async function step() {
  const loss = optimizer.minimize(() => tf.losses.meanSquaredError(targets, tf.matMul(inputs, weights)), true);
  if (process.env.READS === '1') await weights.data(); // #TRACK
  loss.dispose();
  await new Promise((resolve) => setImmediate(resolve));
}

for (let i = 0; i < 10; i++) await step();
await weights.data();
const start = performance.now();
for (let i = 0; i < steps; i++) await step();
await weights.data();
console.log(`per step ${(performance.now() - start) / steps}`);
process.exit(0);
