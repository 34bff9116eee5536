// The compiler gives the inner variables other names, because of the outer ones.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');

interface Layer {
  weights: tf.Tensor[];
}

function look(layer: Layer): number {
  const [kernel, bias] = layer.weights;
  return kernel!.rank + bias!.rank; // #renamed
}

const layer: Layer = { weights: [tf.ones([2, 3]), tf.zeros([3])] };
const bias = tf.scalar(1);
console.log(look(layer), bias.rank);
