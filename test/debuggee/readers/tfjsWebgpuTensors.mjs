// The three places where the webgpu backend of TF.js holds values: on the host, on the device, on both.
import './webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { ordinary, pattern, Published } from './publish.mjs';
import { addComplex, addStrings, makeTensors } from './tfjsTensors.mjs';

await tf.setBackend('webgpu');
await tf.ready();
// Small kernels would run on the host otherwise, and nothing would be uploaded.
tf.env().set('WEBGPU_CPU_FORWARD', false);
const published = new Published();
const gpu = { device: 'webgpu' };
const host = makeTensors(published, 'host', { ...gpu, location: 'host', how: 'view' });
addComplex(published, 'host', host, { ...gpu, location: 'host' });
addStrings(published, 'host', host, { ...gpu, location: 'host' });

/** A kernel that takes it as input brings a tensor to the device. */
function upload(tensor) {
  if (tensor.dtype === 'complex64') {
    upload(tf.real(tensor));
    upload(tf.imag(tensor));
  } else if (tensor.dtype === 'bool') tf.logicalNot(tensor);
  else tf.add(tensor, tf.scalar(0, tensor.dtype));
}

const onDevice = { ...gpu, location: 'device', how: 'copy' };
const device = makeTensors(published, 'device', onDevice);
addComplex(published, 'device', device, onDevice);
for (const tensor of Object.values(device)) if (tensor.size > 0) upload(tensor);
for (const entry of published.list) {
  // Nothing is uploaded of a tensor without elements.
  if (entry.expression.startsWith('device.') && entry.shape.includes(0)) (delete entry.location, delete entry.how);
}

const both = makeTensors(published, 'both', { ...gpu, location: 'both', how: 'view' });
for (const tensor of Object.values(both)) {
  if (tensor.size === 0) continue;
  upload(tensor);
  await tensor.data();
}
for (const entry of published.list) {
  if (entry.expression.startsWith('both.') && entry.shape.includes(0)) delete entry.location;
}

// Kernels whose commands are recorded and not submitted yet when the program stops.
const a = ordinary(64 * 32, 3);
const recorded = {
  doubled: tf.add(tf.tensor(a.slice(), [64, 32]), tf.tensor(a.slice(), [64, 32])),
};
published.add(
  'recorded.doubled',
  'float32',
  [64, 32],
  a.map((value) => value + value),
  onDevice,
);
recorded.flags = tf.greater(recorded.doubled, tf.scalar(0));
published.add(
  'recorded.flags',
  'bool',
  [64, 32],
  Uint8Array.from(a, (value) => (value > 0 ? 1 : 0)),
  onDevice,
);

// A tensor over a buffer of the program's own.
const raw = pattern('int32', 600, 8);
const gpuDevice = tf.backend().device;
const buffer = gpuDevice.createBuffer({
  size: raw.length,
  usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
});
gpuDevice.queue.writeBuffer(buffer, 0, raw);
const wrapped = tf.tensor({ buffer, zeroCopy: true }, [20, 30], 'int32');
published.add('wrapped', 'int32', [20, 30], raw, { ...gpu, location: 'device' });
const disposed = tf.add(tf.tensor([1, 2, 3]), 1);
disposed.dispose();

function stop() {
  debugger;
  return [published, host, device, both, recorded, wrapped, disposed];
}
stop();
process.exit(0);
