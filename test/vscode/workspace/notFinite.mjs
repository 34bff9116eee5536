// An op that makes a NaN, after others that don't.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const logits = tf.tensor([4, 1, -1]);
const doubled = logits.mul(2);
const roots = doubled.sqrt(); // #ROOT
console.log(roots.dataSync().join());
