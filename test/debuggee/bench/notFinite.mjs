// A network in training that looks at its loss at each step. Before each block of steps the debugger stops it, to set what it
// breaks on; a block called `debug` runs with what TF.js itself has for that.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

// The debug mode of TF.js 4.22 looks at tensors on webgpu that may be disposed by then, and lets that error go.
process.on('unhandledRejection', (error) => {
  if (!/reading 'backend'/.test(String(error))) throw error;
});
await tf.setBackend(process.env.TFJS_BACKEND);
const inputs = tf.randomUniform([128, 784]);
const labels = tf.oneHot(tf.randomUniform([128], 0, 10, 'int32'), 10).toFloat();
const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 256, activation: 'relu', inputShape: [784] }),
    tf.layers.dense({ units: 128, activation: 'relu' }),
    tf.layers.dense({ units: 10 }),
  ],
});
const optimizer = tf.train.adam(0.001);
async function step() {
  const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, model.predict(inputs)).mean(), true);
  await loss.data();
  loss.dispose();
}
const { log } = console;
async function block(kind, steps) {
  // eslint-disable-next-line no-debugger
  debugger;
  const isDebug = kind === 'debug';
  if (isDebug) console.log = () => undefined;
  tf.env().set('DEBUG', isDebug);
  const start = performance.now();
  for (let count = 0; count < steps; count++) await step();
  const ms = (performance.now() - start) / steps;
  tf.env().set('DEBUG', false);
  console.log = log;
  return ms;
}
const kinds = ['off', 'deferred', 'debug'];
const measured = { off: [], deferred: [], debug: [] };
const steps = Number(process.env.STEPS);
for (let round = -1; round < 5; round++) {
  for (const kind of kinds) {
    const ms = await block(kind, kind === 'debug' ? Math.ceil(steps / 5) : steps);
    // The first round compiles shaders.
    if (round >= 0) measured[kind].push(ms);
  }
}
console.log(`measured ${JSON.stringify(measured)}`);
process.exit(0);
