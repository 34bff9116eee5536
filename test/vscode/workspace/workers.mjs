import { Worker, isMainThread } from 'node:worker_threads';

function load() {
  const batch = new Float32Array([1.5, Number.NaN, -2]);
  return batch.length; // #worker
}

if (isMainThread) new Worker(new URL(import.meta.url));
else console.log(load());
