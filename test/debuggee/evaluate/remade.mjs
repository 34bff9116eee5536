// Tensors whose ops are found in the source of the stopped function, and some whose ops are not.
import { account } from './backend.mjs';
import * as tf from '@tensorflow/tfjs';
import { square } from '@tensorflow/tfjs';

const ramp = (count, scale) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) * scale);
const a = tf.tensor(ramp(64 * 96, 3), [64, 96]);
const b = tf.tensor(ramp(96 * 32, 2), [96, 32]);
let counter = 0;
const next = () => tf.scalar(++counter);

class Layer {
  kernel = tf.variable(b);
  step = 0;
  forward(input) {
    const product = tf.matMul(input, this.kernel);
    const { mean, variance } = tf.moments(product, 0);
    const [left, right] = tf.split(product, 2, 1);
    const scaled = product.sub(mean).mul(2).relu();
    const squared = square(product);
    this.hidden = tf.concat([left, right], 1).tanh();
    const summed = tf.matMul(input, tf.fill([96, 1], 0.5)).add(tf.tensor1d([1]));
    const noise = tf.randomNormal([3]);
    const counted = next();
    const lengths = tf.split(product, 2, 1).map((part) => tf.scalar(part.size));
    const length = lengths[0];
    let moved = input.add(this.kernel.sum());
    let state = tf.add(input, 1);
    const before = state;
    state = tf.mul(state, 3);
    this.kernel.assign(this.kernel.mul(2));
    const gone = tf.tidy(() => tf.add(input, 2));
    const kernelDoubled = this.kernel.mul(1);
    const counts = account();
    debugger;
    console.log(counts === account() ? 'the same' : `${counts}\n${account()}`, counter);
    return [variance, scaled, squared, summed, noise, counted, length, moved, before, gone, kernelDoubled];
  }
}
console.log(new Layer().forward(a).length);
process.exit(0);
