// Tensors of every rank on the device and on the host, some of more than one window.
import './webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend('webgpu');
await tf.ready();
const onDevice = tf.add(tf.range(0, 3_000_000), 0.5).reshape([30, 500, 200]);
const wide = tf.mul(tf.range(0, 2_500_000), 0.25).reshape([2, 1_250_000]);
const five = tf.add(tf.range(0, 360), 1).reshape([3, 1, 4, 5, 6]);
const scalar = tf.add(tf.scalar(1), 2);
const empty = tf.zeros([3, 0, 2]);
const complex = tf.complex(tf.range(0, 6).reshape([2, 3]), tf.range(6, 12).reshape([2, 3]));
const nested = [
  [1, 2, 3],
  [4, 5, 6],
];
debugger;
console.log(onDevice.size + wide.size + five.size + scalar.size + empty.size + complex.size + nested.length);
process.exit(0);
