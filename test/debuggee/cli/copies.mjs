// Copies a tensor to the host again and again; a debugger that comes late has missed some.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const values = tf.ones([4]);
let steps = 0;
async function work() {
  await values.data(); // #copy
  steps++;
  debugger;
}
setInterval(work, 20);
