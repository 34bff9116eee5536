// Copies that TensorFlow.js makes by itself: long after fit() was called, none of the program's lines is on the stack.
import * as tf from '@tensorflow/tfjs';

const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
await model.fit(tf.ones([8, 2]), tf.ones([8, 1]), { epochs: 1 });
debugger;
