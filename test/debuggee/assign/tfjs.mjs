// Tensors of the backend TFJS_BACKEND in every kind of place, and what becomes of them after the stop.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`);
setThreadsCount(1);
await tf.setBackend(process.env.TFJS_BACKEND ?? 'cpu');
await tf.ready();
if (tf.getBackend() === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);

let weights = tf.add(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), 0);
const original = weights;
const fixed = tf.tensor1d([1, 2, 3]);
const variable = tf.variable(tf.tensor2d([0, 0, 0, 0, 0, 0], [2, 3]));
const model = {
  layers: [{ kernel: tf.tensor1d([1, 2, 3], 'int32') }],
  mask: tf.tensor1d([1, 0, 1], 'bool'),
  get first() {
    return this.layers[0].kernel;
  },
};
const frozen = Object.freeze({ kernel: tf.tensor1d([1, 2, 3]) });

/** A tensor of the outer scope, replaced inside of a tidy, must live on; one of the tidy itself must not. */
function inTidy() {
  let outer = tf.tensor1d([1, 2, 3]);
  const inner = tf.tidy(() => {
    let own = tf.mul(fixed, 2);
    debugger;
    return tf.add(own, outer);
  });
  return { outer, inner };
}

function stop() {
  let local = tf.mul(weights, 10);
  const before = tf.memory().numTensors;
  // V8 keeps what is mentioned.
  void [frozen, model, variable, original];
  debugger;
  const made = tf.memory().numTensors - before;
  return { local, made };
}

const { local, made } = stop();
const { outer, inner } = inTidy();
const product = tf.matMul(weights, tf.transpose(local));
const all = {
  weights,
  original,
  local,
  outer,
  inner,
  variable,
  product,
  kernel: model.layers[0].kernel,
  mask: model.mask,
};
const result = { made, tensors: tf.memory().numTensors };
for (const [name, tensor] of Object.entries(all))
  result[name] = tensor.isDisposed ? 'disposed' : [...(await tensor.data())];
result.same = weights === original;
console.log(JSON.stringify(result));
