// Casts on the backend of TFJS_BACKEND: where nothing can be lost, TF.js hands out the same data under another dtype.
import './webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

tf.env().set('WEBGPU_CPU_FORWARD', false);
await tf.setBackend(process.env.TFJS_BACKEND);
const integers = tf.tensor([1, -2, 3], [3], 'int32').mul(tf.scalar(2, 'int32'));
const flags = tf.tensor([true, false, true]).logicalNot();
const onHost = tf.tensor([4, -5], [2], 'int32');
const labels = tf.oneHot(tf.tensor([1, 0], [2], 'int32'), 3);
const casts = {
  floats: integers.toFloat(),
  column: integers.toFloat().reshape([3, 1]),
  large: tf.range(0, 5000, 1, 'int32').sub(tf.scalar(2500, 'int32')).toFloat(),
  complex: integers.cast('complex64'),
  bools: integers.toBool(),
  flagsAsIntegers: flags.toInt(),
  flagsAsFloats: flags.toFloat(),
  hostFloats: onHost.toFloat(),
  labels: labels.toFloat(),
};
debugger;
const values = Object.entries(casts).map(async ([name, tensor]) => [name, Array.from(await tensor.data(), Number)]);
console.log(JSON.stringify(Object.fromEntries(await Promise.all(values))));
process.exit(0);
