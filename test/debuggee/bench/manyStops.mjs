// A thousand tensors in a function that stops again and again; the shape of the first one tells the stops apart.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const names = Array.from({ length: 1000 }, (_, index) => `t${index}`);
const stop = new Function(...names, `debugger; return [${names.join(', ')}];`);
const tensors = names.map((_, index) => tf.tensor([index, index + 1]));
for (let round = 1; round <= 40; round++) stop(tf.zeros([round]), ...tensors.slice(1));
