// A training loop that no breakpoint stops.
import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../../../samples/backend.ts';

await chooseBackend();

const steps = 60;
const inputs = tf.randomNormal([256, 64], 0, 1, 'float32', 7);
const targets = tf.matMul(inputs, tf.randomNormal([64, 8], 0, 1, 'float32', 8));
const weights = tf.variable(tf.zeros([64, 8]));
const optimizer = tf.train.sgd(0.05);

function step() {
  const loss = optimizer.minimize(() => tf.losses.meanSquaredError(targets, tf.matMul(inputs, weights)), true)!;
  return loss;
}

for (let i = 1; i <= steps; i++) {
  const loss = step();
  // Two steps are spoiled, as by a learning rate that is too high.
  const update = i === 30 || i === 31 ? tf.log(tf.sub(weights, 10)) : tf.mul(weights, 1);
  const read = loss.data();
  await read;
  tf.dispose([loss, update]);
}
console.log('trained');
