// Ops whose kernels are run again on the cpu backend, in plain sight, in a scope and while a tape is being recorded.
import { backend, stop } from './backend.mjs';
import * as tf from '@tensorflow/tfjs';

const ramp = (count, scale) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) * scale);
const a = tf.tensor(ramp(64 * 96, 3), [64, 96]);
const b = tf.tensor(ramp(96 * 32, 2), [96, 32]);
const x = tf.tensor(ramp(1000, 20), [10, 100]);
const counts = tf.tensor([3, 1, 2], [3], 'int32');
const words = tf.tensor(['a', 'b']);
const product = tf.matMul(a, b);
const before = Array.from(await product.data());
const fresh = tf.tensor(ramp(12, 1), [3, 4]);
const twice = async (tensor) => tensor.mul(2);
const failing = () => {
  tf.keep(tf.add(x, 1));
  throw new Error('no such luck');
};
const scope = { a, b, x, counts, words, product, fresh, twice, failing, tf };
const cpuIds = () => tf.findBackend('cpu').constructor.nextDataId;

let errors = 0;
backend.device?.addEventListener('uncapturederror', () => errors++);
const ids = cpuIds();
stop(scope);
tf.tidy(() => {
  const inner = tf.square(x);
  stop({ ...scope, inner });
});
const gradient = tf.grad((weights) => {
  const loss = tf.matMul(a, weights).sum();
  stop(scope);
  return loss;
})(b);
const after = Array.from(await product.data());
const sum = (await gradient.sum().data())[0];
console.log(
  ids === cpuIds(),
  before.every((value, i) => value === after[i]),
  Number.isFinite(sum),
  Object.keys(tf.engine().state.registeredVariables).length,
  Object.hasOwn(tf.engine(), 'runKernel') || Object.hasOwn(tf.engine(), 'keep'),
  errors,
);
process.exit(0);
