// Scores of causal self-attention.
// Token 9 is padding, and has no direction.
import * as tf from '@tensorflow/tfjs';
import './gpu.ts';

const n = 64;
const time = tf.range(0, n).expandDims(1);
const waves = time.div(tf.range(1, 17).square());
const sides = tf.concat([waves.sin(), waves.cos()], 1);
const queries = sides.mul(time.notEqual(9));

// Nobody looks at what comes after them.
const isLater = tf.range(0, n).greater(time);
const mask = tf.where(isLater, -Infinity, 0);

const news = tf.oneHot([2], n).transpose().mul(0.25);
let keys: tf.Tensor = queries.add(0);
for (let pass = 1; pass <= 6; pass++) {
  keys = keys.add(news);
  const lengths = queries.norm('euclidean', 1, true);
  const looks = queries.div(lengths);
  const dots = looks.matMul(keys, false, true);
  const scores = dots.add(mask);
  console.log(pass, scores.shape); // #pass
}
