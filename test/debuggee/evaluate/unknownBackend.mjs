// A backend of the program's own beside one of TF.js's, and then in its place.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`);
setThreadsCount(1);
tf.registerBackend('ours', tf.findBackendFactory('cpu'));
tf.copyRegisteredKernels('cpu', 'ours');
await tf.setBackend('ours');
const foreign = tf.tensor([1, 2]);
const holder = () => {
  const { backend } = tf.engine().state.tensorInfo.get(foreign.dataId);
  return ['ours', 'wasm'].find((name) => tf.findBackend(name) === backend);
};
await tf.setBackend('wasm');
const here = tf.tensor([3, 4]);
debugger;
console.log(holder(), here.shape);
await tf.setBackend('ours');
debugger;
console.log(holder(), tf.memory().numTensors);
process.exit(0);
