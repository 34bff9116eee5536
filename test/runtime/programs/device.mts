/** Uses the runtime on the backend that is named as argument, and prints what it saw as JSON. */
import * as core from '@tensorflow/tfjs-core';
import * as tf from '../../../src/runtime/index.ts';

const [backend = ''] = process.argv.slice(2);
if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
if (backend === 'webgpu') {
  await import('../../debuggee/readers/webgpuGlobals.mjs' as string);
  await import('@tensorflow/tfjs-backend-webgpu');
  // Else the backend computes small things on the host.
  core.env().set('WEBGPU_CPU_FORWARD', false);
}
await core.setBackend(backend);

const caught = async (fn: () => unknown): Promise<string> => {
  try {
    await fn();
    return 'nothing thrown';
  } catch (error) {
    return String(error);
  }
};
const host = tf.constant([1, 2]) as tf.EagerTensor;
const a = tf.constant([
  [1, 2],
  [3, 4],
]) as tf.EagerTensor;
const memory = core.memory();
const made = tf.matmul(a, a) as tf.EagerTensor;
const text = String(made);
const asynchronous = await made.numpyAsync();

const graph = new tf.Graph();
const y = graph.asDefault(() =>
  tf.add(tf.matmul(tf.placeholder('float32', { shape: [2, 2], name: 'x' }), [[1], [1]]), 1),
);
const session = new tf.Session(graph);
const feeds = {
  x: [
    [1, 2],
    [3, 4],
  ],
};
const ran = await session.run(y, feeds);
const batches: string[] = [];
for await (const batch of a.numpyBatchesAsync(1)) batches.push(String(batch));
const types: string[] = [];
for (const value of [
  [true, false],
  ['a', 'b'],
])
  types.push((await tf.constant(value).numpyAsync()).repr());
types.push((await tf.add(tf.constant([1, 2], { dtype: 'int32' }), 1).numpyAsync()).repr());

console.log(
  JSON.stringify({
    device: a.device,
    tensorsMade: core.memory().numTensors - memory.numTensors >= 1,
    asynchronous: String(asynchronous),
    synchronous: await caught(() => made.numpy()),
    view: await caught(() => host.numpyView()),
    text,
    run: String(ran),
    runSync: await caught(() => session.runSync(y, feeds)),
    evalSync: await caught(() => y.evalSync({ session, feeds })),
    traced: String(
      await tf
        .function((x: tf.Tensor) => tf.multiply(x, 2))(a)
        .numpyAsync(),
    ),
    batches,
    types,
  }),
);
// Dawn's threads keep the process alive.
process.exit();
