// One round per stop. Each round measures the program's own way first, then stops for the debugger's, on fresh tensors.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend('webgpu');
await tf.ready();
const device = tf.backend().device;
const kind = process.env.BENCH_KIND;
const rounds = Number(process.env.BENCH_ROUNDS);
const shape = JSON.parse(process.env.BENCH_SHAPE);
const base = tf.fill(shape, 0.25);
const staging = device.createBuffer({ size: 4096, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });

/** Lets the device finish what TF.js has recorded so far, so that neither side pays for it. */
async function settle() {
  const backend = tf.backend();
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  await device.queue.onSubmittedWorkDone();
}

/** The barest readback that WebGPU allows: 4 KiB of the tensor's buffer. */
async function bareReadback(tensor) {
  const buffer = tf.backend().tensorMap.get(tensor.dataId).resource;
  const start = performance.now();
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, 4096);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ, 0, 4096);
  const copy = staging.getMappedRange(0, 4096).slice(0);
  staging.unmap();
  return { ms: performance.now() - start, bytes: copy.byteLength };
}

function loopStatistics(values) {
  let [min, max, sum, nan, posInf, negInf, zeros] = [Infinity, -Infinity, 0, 0, 0, 0, 0];
  for (const v of values) {
    if (v !== v) nan++;
    else if (v === Infinity) posInf++;
    else if (v === -Infinity) negInf++;
    else {
      if (v === 0) zeros++;
      if (v < min) min = v;
      if (v > max) max = v;
      sum += v;
    }
  }
  const mean = sum / (values.length - nan - posInf - negInf);
  let squares = 0;
  for (const v of values) if (v - v === 0) squares += (v - mean) * (v - mean);
  return { min, max, mean, std: Math.sqrt(squares / values.length), nan, posInf, negInf, zeros };
}

function stop(tensor, own) {
  debugger;
  return [tensor, own];
}

for (let round = 0; round < rounds; round++) {
  const tensor = tf.add(base, round);
  await settle();
  let own = {};
  if (kind === 'window') {
    const other = tf.add(base, round + 0.5);
    await settle();
    const start = performance.now();
    await other.data();
    own = { ms: performance.now() - start };
    other.dispose();
    await bareReadback(tensor);
  } else if (kind === 'small') {
    await bareReadback(tensor);
    own = await bareReadback(tensor);
  } else if (kind === 'statistics') {
    const other = tf.add(base, round + 0.5);
    await settle();
    const start = performance.now();
    const result = loopStatistics(await other.data());
    own = { ms: performance.now() - start, result };
    other.dispose();
    await bareReadback(tensor);
  } else if (kind === 'export') {
    await bareReadback(tensor);
  }
  stop(tensor, own);
  tensor.dispose();
}
process.exit(0);
