// What a tracked line must leave alone: the order of the program's own callbacks, its hooks, its globals and handlers.
import '../readers/webgpuGlobals.mjs';
import { once } from 'node:events';
import vm from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend('webgpu');
await tf.ready();
tf.env().set('WEBGPU_CPU_FORWARD', false);
const { device } = tf.backend();
device.addEventListener('uncapturederror', ({ error }) => console.log('uncaptured', error.message));
const log = [];
const base = tf.linspace(0, 1, 1000);

function step(i) {
  const tensor = tf.mul(base, i);
  const counted = tf.memory().numTensors;
  Promise.resolve().then(() => log.push(`microtask ${i}`));
  process.nextTick(() => log.push(`tick ${i}`)); // #TRACK
  queueMicrotask(() => log.push(`queued ${i}`));
  log.push(`step ${i} ${counted} ${tf.backend().dispatchCountInPass}`);
  return tensor;
}

let collected = 0;
const registry = new FinalizationRegistry(() => collected++);
for (let i = 0; i < 30; i++) {
  const tensor = step(i);
  registry.register(tensor, i);
  tensor.dispose();
  await new Promise((resolve) => setImmediate(() => resolve(log.push(`immediate ${i}`))));
  if (i % 10 === 0) await new Promise((resolve) => setTimeout(() => resolve(log.push(`timeout ${i}`)), 5));
}
// A validation error of the program's own, caught by its own scope around a tracked line.
device.pushErrorScope('validation');
const wrong = device.createBuffer({ size: 16, usage: 0 });
const last = step(30);
wrong.destroy();
const scope = await device.popErrorScope();
console.log(log.join('\n'));
console.log('scope', scope?.constructor.name ?? null, await last.data().then((values) => values[999]));
for (let turn = 0; turn < 20 && collected < 30; turn++) {
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log('collected', collected, 'tensors', tf.memory().numTensors);
console.log(
  Object.getOwnPropertyNames(globalThis)
    .filter((name) => name.includes('ensor'))
    .join(),
);
console.log(Object.keys(vm.runInNewContext('globalThis')).join());
console.log(process.listenerCount('exit'), process.listenerCount('uncaughtException'), typeof once);
