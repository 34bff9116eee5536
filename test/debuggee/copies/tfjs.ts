// Every way in which a program of TF.js copies values to the host, each on a line of its own.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

const backend = process.env['TFJS_BACKEND'] ?? 'cpu';
tf.env().set('WEBGPU_CPU_FORWARD', false);
await tf.setBackend(backend);
const fresh = (): tf.Tensor => tf.ones([8, 4]).mul(2);

for (let step = 0; step < 3; step++) await fresh().data(); // #data
await fresh().array(); // #array
if (backend !== 'webgpu') {
  const both = fresh();
  [both.dataSync(), both.dataSync()].forEach((values) => console.log(values.length)); // #twice
  both.arraySync(); // #arraySync
  both.print(); // #print
  tf.print(both); // #function
  both.bufferSync(); // #bufferSync
}
const kept = fresh();
await kept.data(); // #first
await kept.data(); // #second
await tf.browser.toPixels(tf.ones([4, 4, 3], 'float32').mul(0.5) as tf.Tensor3D); // #toPixels
const disposed = fresh();
disposed.dispose();
await disposed.data().catch((error: Error) => console.log(error.message)); // #disposed
function stop(): string {
  debugger;
  return backend;
}
stop();
process.exit(0);
