// What of TF.js has no value of its own: the Layers API's symbolic tensors, and graphs that were converted from TensorFlow.
import * as tf from '@tensorflow/tfjs';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';

await tf.setBackend('cpu');

const shapeOf = (...counts) => ({ shape: { dim: counts.map((size) => ({ size: String(size) })) } });
const float = { type: 'DT_FLOAT' };
const weights = Float32Array.of(1, -1, 2, 0.5, -3, 0.25, 0.5, -0.5);
const converted = {
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: shapeOf(-1, 3) } },
      {
        name: 'loose',
        op: 'Placeholder',
        attr: { dtype: { type: 'DT_INT32' }, shape: { shape: { unknownRank: true } } },
      },
      { name: 'kernel', op: 'Const', attr: { dtype: float } },
      { name: 'bias', op: 'Const', attr: { dtype: float } },
      { name: 'dense/MatMul', op: 'MatMul', input: ['x', 'kernel'], attr: { T: float } },
      { name: 'sum', op: 'AddV2', input: ['dense/MatMul', 'bias'], attr: { T: float } },
      { name: 'scores', op: 'Relu', input: ['sum'], attr: { T: float } },
      { name: 'axis', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
      { name: 'best', op: 'ArgMax', input: ['scores', 'axis'], attr: { T: float } },
      { name: 'large', op: 'Greater', input: ['scores', 'bias'], attr: { T: float } },
      { name: 'halves', op: 'Split', input: ['axis', 'scores'], attr: { T: float, num_split: { i: '2' } } },
      { name: 'probabilities', op: 'Softmax', input: ['halves:1'], attr: { T: float } },
      { name: 'same', op: 'Identity', input: ['best'], attr: { T: { type: 'DT_INT64' } } },
      {
        name: 'spectrum',
        op: 'Complex',
        input: ['sum', 'sum'],
        attr: { T: float, Tout: { type: 'DT_COMPLEX64' } },
      },
      { name: 'odd', op: 'NotAnOp', input: ['scores'], attr: {} },
    ],
    versions: { producer: 1 },
  },
  signature: {
    inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '3' }] } } },
    outputs: {
      scores: { name: 'scores:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '2' }] } },
    },
  },
  weightSpecs: [
    { name: 'kernel', shape: [3, 2], dtype: 'float32' },
    { name: 'bias', shape: [2], dtype: 'float32' },
    { name: 'axis', shape: [], dtype: 'int32' },
  ],
  weightData: await new Blob([weights, Int32Array.of(-1)]).arrayBuffer(),
  format: 'graph-model',
};
const model = loadGraphModelSync(converted);

const layers = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [3], units: 2, name: 'first' }),
    tf.layers.lstm({ units: 4, inputShape: [null, 2] }),
  ].slice(0, 1),
});
layers.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
const input = tf.input({ shape: [null, 5], dtype: 'int32', name: 'tokens' });
const embedded = tf.layers.embedding({ inputDim: 10, outputDim: 4, name: 'embedding' }).apply(input);
const functional = tf.model({ inputs: input, outputs: tf.layers.globalAveragePooling2d({}).apply(embedded) });
// A tensor of TF.js in a container that another runtime's reader knows, and the other way round.
model.cached = tf.tensor([7, 8]);
const session = {
  handler: { inputNames: [], outputNames: [], inputMetadata: [], outputMetadata: [], run() {} },
  run() {},
  latest: tf.tensor([9]),
};
const variable = tf.variable(tf.tensor([1, 2]), true, 'counter');
const buffer = tf.buffer([2], 'string', ['a', 'b']);

// Before the model, and in a scope inside of it.
const [input0] = model.inputs;

function stop() {
  const held = model.outputs[0];
  debugger;
  return [held, input0, converted, model, layers, input, embedded, functional, session, variable, buffer];
}
stop();
console.log('executed', model.predict(tf.tensor([[1, 2, 3]])).arraySync());
