import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { Published } from './publish.mjs';
import { addStrings, makeTensors } from './tfjsTensors.mjs';

const folder = dirname(
  createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'),
);
setWasmPaths(`${folder}/`);
setThreadsCount(1);
await tf.setBackend('wasm');
await tf.ready();
const published = new Published();
const where = { device: 'wasm', location: 'host', how: 'view' };
const tensors = makeTensors(published, 'tensors', where);
addStrings(published, 'tensors', tensors, where);
tensors.product = tf.matMul([[1, 2]], [[3], [4]]);
published.add('tensors.product', 'float32', [1, 1], Float32Array.of(11), where);
// The heap grows here, and with it every address that was taken from the old one is stale.
const large = tf.zeros([6_000_000]);
tensors.after = tf.add(tf.range(0, 6), 1);
published.add('tensors.after', 'float32', [6], Float32Array.of(1, 2, 3, 4, 5, 6), where);
const disposed = tf.tensor([1, 2, 3]);
disposed.dispose();

function stop() {
  debugger;
  return [published, tensors, large, disposed];
}
stop();
