// A training loop that no breakpoint stops.
import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../../../samples/backend.ts';

await chooseBackend();

const steps = 60;
const inputs = tf.randomNormal([256, 64], 0, 1, 'float32', 7);
const truth = tf.randomNormal([64, 8], 0, 1, 'float32', 8);
const targets = tf.matMul(inputs, truth);
const weights = tf.variable(tf.zeros([64, 8]));
const optimizer = tf.train.sgd(0.05);

function step() {
  return optimizer.minimize(() => {
    const outputs = tf.matMul(inputs, weights);
    return tf.losses.meanSquaredError(targets, outputs);
  }, true)!;
}

for (let i = 1; i <= steps; i++) {
  const loss = step();
  // Two steps are spoiled, as by a learning rate that is too high.
  const spoiled = i === 30 || i === 31;
  const update = spoiled ? weights.sub(10).log() : weights.mul(1);
  const read = loss.data();
  await read;
  tf.dispose([loss, update]);
}
console.log('trained');
