import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../../../samples/backend.ts';

await chooseBackend();

/** Large enough that TensorFlow.js computes it on the device. */
function multiply(size: number): tf.Tensor2D {
  const left: tf.Tensor2D = tf.range(0, size * size).reshape([size, size]);
  const identity: tf.Tensor2D = tf.eye(size);
  const product = left.matMul<tf.Tensor2D>(identity);
  const negative = product.neg();
  return product.add(negative.mul(0)); // #BP
}

const result = multiply(64);
console.log(`backend ${tf.getBackend()}, last ${(await result.data()).at(-1)}, tensors ${tf.memory().numTensors}`);
