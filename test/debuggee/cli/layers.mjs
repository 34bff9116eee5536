// A Layers model beside eager tensors: its symbolic tensors are in variables, and in the model.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const input = tf.input({ shape: [2] });
const output = tf.layers.dense({ units: 1, kernelInitializer: 'ones' }).apply(input);
const model = tf.model({ inputs: input, outputs: output });
const warm = model.predict(tf.ones([1, 2]));
debugger;
console.log(warm.shape, model.inputs.length);
