// A small training program on the backend of TFJS_BACKEND, which says all that it can see of itself after every step.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`);
setThreadsCount(1);
await tf.setBackend(process.env.TFJS_BACKEND);
await tf.ready();
const backend = tf.backend();
if (process.env.TFJS_BACKEND === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', process.env.CPU_FORWARD === '1');
const storage = backend.tensorMap ?? backend.dataIdMap ?? backend.data;

/** Everything that the engine and the backend count, and what the backend holds of a tensor. */
function account(where, tensors = {}) {
  const state = tf.engine().state;
  const own = {
    where,
    memory: tf.memory(),
    dataIds: backend.numDataIds(),
    tape: state.activeTape?.length ?? null,
    scope: state.activeScope?.track.length ?? null,
    pendingData: backend.tensorDataPendingDisposal?.length,
    pendingUniforms: backend.uniformPendingDisposal?.length,
    pendingStaging: backend.stagingPendingDisposal?.length,
    dispatches: backend.dispatchCountInPass,
    buffersUsed: backend.bufferManager?.numBuffersUsed ?? backend.bufferManager?.getNumUsedBuffers?.(),
    buffersFree: backend.bufferManager?.getNumFreeBuffers?.(),
  };
  const records = Object.entries(tensors).map(([name, tensor]) => {
    if (tensor.isDisposed) return `${name} disposed`;
    const record = storage.get(tensor.dataId);
    const held = record.values === null || record.values === undefined ? 'no values' : 'values';
    return `${name} ${held} ${record.resource ? 'resource' : 'no resource'} ${record.refCount} ${tensor.kept}`;
  });
  console.log(JSON.stringify(own), records.join('; '));
}

function stop(tensors) {
  debugger;
  return tensors;
}

const x = tf.randomUniform([64, 20], -1, 1, 'float32', 42);
const labels = tf.tensor1d(
  Array.from({ length: 64 }, (_, i) => i % 5),
  'int32',
);
const model = tf.sequential();
model.add(
  tf.layers.dense({
    inputShape: [20],
    units: 8,
    activation: 'relu',
    kernelInitializer: tf.initializers.randomNormal({ seed: 1 }),
  }),
);
model.add(tf.layers.dense({ units: 5, kernelInitializer: tf.initializers.randomNormal({ seed: 2 }) }));
const optimizer = tf.train.adam(0.05);
account('start', { x, labels });
stop({ x, labels, model });
account('after the first stop', { x, labels });

for (let step = 0; step < 3; step++) {
  const loss = optimizer.minimize(() => {
    const logits = model.apply(x);
    const hot = tf.oneHot(labels, 5);
    // On the tape, with commands recorded and not submitted.
    stop({ logits, hot, model });
    return tf.losses.softmaxCrossEntropy(hot, logits);
  }, true);
  account(`step ${step}`, { loss, x });
  stop({ loss, x, model });
  account(`step ${step}, looked at`, { loss, x });
  if (step < 2) {
    const pending = loss.data();
    stop({ loss, step });
    console.log('loss', (await pending)[0].toFixed(5));
    stop({ loss });
  }
  account(`step ${step}, read`, { loss });
  loss.dispose();
  stop({ loss });
}

const kept = tf.tidy(() => {
  const a = tf.add(x, 1);
  const b = tf.matMul(a, a, false, true);
  stop({ a, b });
  account('in tidy', { a, b });
  const c = tf.mul(b, 0.5);
  const flags = tf.greater(c, 10);
  stop({ c, flags });
  return tf.keep(c);
});
account('after tidy', { kept });
stop({ kept });
const other = tf.sub(kept, 3);
stop({ other });
if (process.env.TFJS_BACKEND !== 'wasm') {
  // The wasm backend has no complex numbers.
  const complex = tf.complex(tf.slice(kept, [0, 0], [4, 4]), tf.slice(other, [0, 0], [4, 4]));
  stop({ complex, strings: tf.tensor(['a', 'b']) });
  console.log((await tf.real(complex).data())[3].toFixed(3));
}
account('more', { kept, other });
const values = await other.data();
console.log('values', values.length, values[0].toFixed(4), values[4095].toFixed(4));
account('cached', { kept, other });
stop({ kept, other, values });
account('cached, looked at', { kept, other });
console.log('again', (await kept.data())[17].toFixed(4), (await tf.sum(tf.add(other, kept)).data())[0].toFixed(1));
const random = tf.randomNormal([3], 0, 1, 'float32', 9);
stop({ random });
console.log('random', [...(await random.data())].map((value) => value.toFixed(5)).join());
optimizer.dispose();
model.dispose();
account('end');
process.exit(0);
