// Two threads that stand still at the same line, each with an array of its own.
import { Worker, isMainThread, workerData } from 'node:worker_threads';

/** @param {number} size */
function look(size) {
  const mine = new Float32Array(size).fill(size);
  return mine.length; // #thread
}

if (isMainThread) for (const size of [2, 3]) new Worker(new URL(import.meta.url), { workerData: size });
else console.log(look(Number(workerData)));
