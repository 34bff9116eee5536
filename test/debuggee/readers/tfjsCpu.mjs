import * as tf from '@tensorflow/tfjs';
import { bytesOf, Published } from './publish.mjs';
import { addComplex, addStrings, makeTensors } from './tfjsTensors.mjs';

await tf.setBackend('cpu');
const published = new Published();
const where = { device: 'cpu', location: 'host', how: 'view' };
const tensors = makeTensors(published, 'tensors', where);
addComplex(published, 'tensors', tensors, where);
addStrings(published, 'tensors', tensors, where);
tensors.product = tf.matMul([[1, 2]], [[3], [4]]);
published.add('tensors.product', 'float32', [1, 1], Float32Array.of(11), where);
tensors.reshaped = tf.range(0, 24).reshape([2, 3, 4]);
published.add(
  'tensors.reshaped',
  'float32',
  [2, 3, 4],
  Float32Array.from({ length: 24 }, (_, i) => i),
  where,
);
tensors.buffer = tf.buffer([2, 3], 'int32', Int32Array.from([1, -2, 3, -4, 5, 2 ** 31 - 1]));
published.add('tensors.buffer', 'int32', [2, 3], Int32Array.from([1, -2, 3, -4, 5, 2 ** 31 - 1]), {
  className: 'TensorBuffer',
});
tensors.cast = tf.cast(tf.tensor([0, 2, -3]), 'bool');
published.add('tensors.cast', 'bool', [3], Uint8Array.of(0, 1, 1), where);
tensors.words = tf.cast(tf.tensor([0.5, 2.5, -3.5]), 'int32');
published.add('tensors.words', 'int32', [3], Int32Array.of(0, 2, -3), where);

const model = tf.sequential({
  layers: [tf.layers.dense({ inputShape: [3], units: 2, name: 'first' }), tf.layers.batchNormalization()],
});
model.getWeights().forEach((weight, index) => {
  published.add(`model.weights[${index}].val`, 'float32', weight.shape, bytesOf(weight.dataSync()), {
    className: 'Variable',
  });
});
const symbolic = model.inputs[0];
const disposed = tf.tensor([1, 2, 3]);
disposed.dispose();
const view = tf.tensor([1, 2, 3]);
const clone = view.clone();
view.dispose();
published.add('clone', 'float32', [3], Float32Array.of(1, 2, 3));

function stop() {
  debugger;
  return [published, tensors, model, symbolic, disposed, clone];
}
stop();
