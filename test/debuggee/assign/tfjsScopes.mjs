// Variables and kept tensors that get new values inside scopes and gradients of TF.js: by a debugger at each stop, or, with
// BY_HAND, by the program itself as its author would write it. What is printed at the end is the same.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`);
setThreadsCount(1);
await tf.setBackend('cpu');
/** Made on cpu, and assigned to while another backend is the current one. */
const elsewhere = tf.variable(tf.ones([2, 3]));
await tf.setBackend(process.env.TFJS_BACKEND ?? 'cpu');
await tf.ready();
if (tf.getBackend() === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);

const byHand = process.env.BY_HAND === '1';
const results = [];
const ones = () => tf.mul(tf.ones([2, 3]), 1);
const values = () => tf.tensor2d([10, 11, 12, 13, 14, 15], [2, 3]);

function set(variable) {
  const tensor = values();
  variable.assign(tensor);
  tensor.dispose();
}

async function record(name, tensors) {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  const read = [];
  for (const tensor of tensors) read.push(tensor.isDisposed ? 'disposed' : [...(await tensor.data())]);
  results.push({ name, numTensors, numDataBuffers, numBytes, read });
}

/** Made in the scope in which it is assigned to. */
async function ofTheScope() {
  let variable;
  tf.tidy(() => {
    variable = tf.variable(ones());
    if (byHand) set(variable);
    else debugger;
  });
  await record('of the scope', [variable, tf.add(variable, 1)]);
  variable.dispose();
  await record('of the scope, disposed', []);
}

/** Two scopes further in, and twice. */
async function fromOutside() {
  const variable = tf.variable(ones());
  const sum = tf.tidy(() => {
    const before = tf.mul(variable, 2);
    return tf.tidy(() => {
      for (let i = 0; i < 2; i++) {
        if (byHand) set(variable);
        else debugger;
      }
      return tf.add(before, variable);
    });
  });
  await record('from outside', [variable, sum]);
}

async function ofAnotherBackend() {
  tf.tidy(() => {
    if (byHand) set(elsewhere);
    else debugger;
  });
  await record('of another backend', [elsewhere, tf.add(elsewhere, 1)]);
}

/** The tape has ops before and behind the assignment. */
async function inGradients() {
  const variable = tf.variable(ones());
  const { value, grads } = tf.variableGrads(() => {
    const before = tf.square(variable);
    if (byHand) set(variable);
    else debugger;
    return tf.sum(tf.mul(before, variable));
  }, [variable]);
  await record('in variableGrads', [value, variable, ...Object.values(grads)]);
  const gradient = tf.grad((x) => {
    if (byHand) set(variable);
    else debugger;
    return tf.sum(tf.mul(x, variable));
  })(tf.ones([2, 3]));
  await record('in grad', [gradient, variable]);
}

/** A layer's weight, between the steps of an optimizer. */
async function ofALayer() {
  const dense = tf.layers.dense({ units: 3, inputShape: [2], useBias: false, kernelInitializer: 'ones' });
  const model = tf.sequential({ layers: [dense] });
  const optimizer = tf.train.momentum(0.1, 0.9);
  const [x, y] = [tf.ones([4, 2]), tf.ones([4, 3])];
  for (let step = 0; step < 3; step++) {
    optimizer.minimize(() => {
      const { kernel } = dense;
      const loss = tf.losses.meanSquaredError(y, model.predict(x));
      if (step === 1) {
        if (byHand) set(kernel.val);
        else debugger;
      }
      return loss;
    });
  }
  await record('of a layer', [dense.kernel.val, model.predict(x)]);
}

/** `tf.keep` of the scope itself, of one further out, and of one that has ended; and what is returned, or left behind. */
async function kept() {
  let early = tf.tidy(() => tf.keep(ones()));
  let own, outer, dropped;
  const returned = tf.tidy(() => {
    outer = tf.keep(ones());
    return tf.tidy(() => {
      own = tf.keep(ones());
      dropped = ones();
      let result = ones();
      if (byHand) {
        early = tf.keep(values());
        own = tf.keep(values());
        outer = tf.keep(values());
        dropped = values();
        result = values();
      } else debugger;
      return result;
    });
  });
  await record('kept', [early, own, outer, dropped, returned]);
  for (const tensor of [early, own, outer, dropped, returned]) tensor.dispose();
  await record('kept, disposed', []);
}

await ofTheScope();
await fromOutside();
await ofAnotherBackend();
await inGradients();
await ofALayer();
await kept();
console.log(JSON.stringify(results));
