// Random values, as a program's tensors have them: every digit counts.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const random = () => (Math.random() - 0.5) * 6;
export const float32 = tf.tensor2d(Float32Array.from({ length: 1_000_000 }, random), [1000, 1000]);
/** TensorFlow.js has no float64. */
export const float64 = {
  data: Float64Array.from({ length: 1_000_000 }, random),
  [Symbol.for('tensor.inspect')]() {
    return { dtype: 'float64', shape: [1000, 1000], data: this.data };
  },
};
debugger;
console.log(float32.size, float64.data.length);
