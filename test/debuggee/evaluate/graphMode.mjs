// Tensors in graph mode of every runtime that has one, each beside one of the same runtime that has its values.
import * as tf from '@tensorflow/tfjs';
import * as jax from '@jax-js/jax';
import * as rt from '../../../dist/runtime.mjs';

await tf.setBackend('cpu');
await jax.init('cpu');
jax.defaultDevice('cpu');
const graph = new rt.Graph();
const placeholder = graph.asDefault(() => rt.placeholder('float32', { shape: [2], name: 'logits' }));
const unranked = graph.asDefault(() => rt.placeholder('float32'));
const constant = rt.constant([1, 2]);
const input = tf.input({ shape: [3] });
const ones = tf.ones([3]);
jax.grad((inner) => {
  const derived = inner;
  jax.jit((traced) => {
    debugger;
    return [traced, placeholder, unranked, constant, input, ones, derived] && traced;
  })(jax.numpy.array([4, 5]));
  return derived.sum();
})(jax.numpy.array([4, 5]));
process.exit(0);
