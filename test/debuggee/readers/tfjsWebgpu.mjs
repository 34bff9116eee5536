import './webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend('webgpu');
await tf.ready();
const x = tf.randomUniform([64, 300], -1, 1, 'float32', 42);
const w = tf.variable(tf.randomNormal([300, 10], 0, 1, 'float32', 7), true, 'weights');
const y = tf.matMul(x, w);
const hostHeld = tf.tensor(
  [
    [1, 2],
    [3, 4],
  ],
  [2, 2],
  'int32',
);
const flags = tf.greater(y, 0);
function stop() {
  const z = tf.add(y, 1);
  const params = { w, b: hostHeld, list: [x, y] };
  debugger;
  return [z, params];
}
stop();
console.log('sum', (await y.sum().data())[0].toFixed(3), tf.memory().numTensors);
process.exit(0);
