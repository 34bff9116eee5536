// A tensor that changes from stop to stop, beside one that does not.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend(process.env.TFJS_BACKEND ?? 'cpu');
await tf.ready();
if (tf.getBackend() === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);

const first = tf.add(tf.range(0, 6).reshape([2, 3]), 0);
function stop(weights, other, host) {
  debugger;
  return [weights, other, host];
}
stop(first, tf.add(first, [0, 0, 1e-9]), new Int8Array(6));
stop(
  tf.add(first, [
    [0, 0, 0],
    [0, 0.5, 0],
  ]),
  tf.add(first, [0, 0, 2]),
  new Int8Array(6),
);
