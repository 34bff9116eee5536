// Copies nothing itself. Its graph does when it is run: for the axis of Split, and to count the elements of Where.
import * as jax from '@jax-js/jax';
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const T = { type: 'DT_FLOAT' };
const shape = { shape: { dim: [{ size: '-1' }, { size: '4' }] } };
const node = [
  { name: 'x', op: 'Placeholder', attr: { dtype: T, shape } },
  { name: 'axis', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
  { name: 'zero', op: 'Const', attr: { dtype: T } },
  { name: 'halves', op: 'Split', input: ['axis', 'x'], attr: { T, num_split: { i: '2' } } },
  { name: 'isPositive', op: 'Greater', input: ['x', 'zero'], attr: { T } },
  { name: 'places', op: 'Where', input: ['isPositive'], attr: { T: { type: 'DT_BOOL' } } },
];
const modelTopology = { node, versions: { producer: 1 } };
const weightSpecs = [
  { name: 'axis', shape: [], dtype: 'int32' },
  { name: 'zero', shape: [], dtype: 'float32' },
];
const weightData = new Int32Array([1, 0]).buffer;
const model = await tf.loadGraphModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
const { nodes } = model.executor.graph;
const x = tf.ones([2, 4]);
await jax.init('cpu');
const lazy = jax.numpy.arange(64).mul(0.1).add(jax.numpy.arange(64));
function stop() {
  debugger;
  return [nodes, x, lazy];
}
stop();
// It ends when it is ended.
setInterval(() => {}, 1000);
