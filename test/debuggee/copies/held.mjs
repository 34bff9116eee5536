// Stops while a copy is under way.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

tf.env().set('WEBGPU_CPU_FORWARD', false);
await tf.setBackend('webgpu');
function stop(tensor) {
  debugger;
  return tensor;
}
const values = tf.ones([8, 4]).mul(2);
const copied = values.data();
stop(values);
await copied;
stop(values);
process.exit(0);
