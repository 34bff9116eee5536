// Tensors of TF.js that are alive, and not kept where the reader looks: a backend of the program's own, and what a version that
// nobody knows yet might keep elsewhere. One property at a time is called otherwise, while the program stands still.
import * as tf from '@tensorflow/tfjs';

tf.registerBackend('ours', tf.findBackendFactory('cpu'));
tf.copyRegisteredKernels('cpu', 'ours');
await tf.setBackend('ours');
const numbers = tf.tensor([1, 2]);
const tripled = tf.mul(numbers, 3);
debugger;
console.log(tripled.dataSync().join());

await tf.setBackend('cpu');
const tensor = tf.tensor([1, 2]);
const variable = tf.variable(tensor, true, 'counter');
const engine = tf.engine();
/** TF.js would take it for a tensor, but to find that out its getter has to run. */
const lookalike = {
  dtype: 'float32',
  shape: [2],
  data() {},
  get dataSync() {
    console.log('the getter ran');
  },
  throwIfDisposed() {},
};

/** Stops with a property under another name. */
function renamed(holder, key) {
  const value = holder[key];
  delete holder[key];
  holder.renamed = value;
  debugger;
  delete holder.renamed;
  holder[key] = value;
  return [tensor, variable, lookalike];
}
renamed(globalThis, '_tfengine');
renamed(engine, 'state');
renamed(engine.state, 'tensorInfo');
renamed(tf.backend(), 'data');
renamed(tensor, 'isDisposedInternal');
renamed(tensor, 'dataId');
console.log(tensor.dataSync().join(), variable.dataSync().join());
