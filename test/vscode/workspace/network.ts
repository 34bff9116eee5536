import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../../../samples/backend.ts';

await chooseBackend();

const weights = tf.variable(tf.randomNormal([128, 10], 0, 1, 'float32', 7), true, 'weights');

/** Large enough that TensorFlow.js computes it on the device. */
function multiply(size: number): tf.Tensor {
  const left = tf.range(0, size * size).reshape([size, size]);
  const product = left.matMul(tf.eye(size));
  const host = new Float32Array([1.5, Number.NaN, -2]);
  const bias = tf.tensor1d([0.1, 0.2, 0.3], 'float32');
  const gone = tf.scalar(1);
  gone.dispose();
  console.log(product.shape, host.length, bias.shape, gone.isDisposed, weights.name); // #first
  const scaled = product.mul(2);
  return scaled.add(host[0] ?? 0); // #second
}

multiply(64);
console.log('done');
