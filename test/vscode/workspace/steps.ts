import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../../../samples/backend.ts';

await chooseBackend();

const size = 64;
const change = tf.buffer<tf.Rank.R2>([size, size]);
change.set(1, 1, 2);
const bump = change.toTensor();

/** One element is another one after each pass: that in row 1, column 2. */
let state: tf.Tensor = tf
  .range(0, size * size)
  .reshape([size, size])
  .matMul(tf.eye(size));
for (let pass = 0; pass < 100; pass++) {
  state = state.add(bump);
  console.log(pass); // #pass
}
