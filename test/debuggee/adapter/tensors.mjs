import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');

class Scaler {
  constructor() {
    this.weights = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  }
}

function step(inputs, target) {
  const scaled = inputs.mul(2);
  const scalar = tf.scalar(3.7);
  const samples = new Float32Array([1, NaN, Infinity, -0]);
  const wide = tf.range(0, 3000).reshape([30, 100]);
  const plain = { name: 'plain' };
  const before = tf.memory().numTensors;
  const done = scaled.sum(); // #STEP
  console.log('tensors', before, tf.memory().numTensors, samples.length, wide.size, plain.name, target, scalar.dtype);
  return done;
}

const scaler = new Scaler();
step(scaler.weights, 1);
step(scaler.weights, 2);
