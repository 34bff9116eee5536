// A converted model and Layers models at a breakpoint, and what the program itself would get of them.
import { backend, stop } from './backend.mjs';
import * as tf from '@tensorflow/tfjs';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';

const shapeOf = (...counts) => ({ shape: { dim: counts.map((size) => ({ size: String(size) })) } });
const float = { type: 'DT_FLOAT' };
const weights = Float32Array.of(1, -1, 2, 0.5, -3, 0.25, 0.5, -0.5);
const topology = (nodes) => ({ node: nodes, versions: { producer: 1 } });
const graphModel = loadGraphModelSync({
  format: 'graph-model',
  modelTopology: topology([
    { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: shapeOf(-1, 3) } },
    { name: 'kernel', op: 'Const', attr: { dtype: float } },
    { name: 'bias', op: 'Const', attr: { dtype: float } },
    { name: 'dense/MatMul', op: 'MatMul', input: ['x', 'kernel'], attr: { T: float } },
    { name: 'sum', op: 'AddV2', input: ['dense/MatMul', 'bias'], attr: { T: float } },
    { name: 'scores', op: 'Relu', input: ['sum'], attr: { T: float } },
  ]),
  signature: {
    inputs: { features: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '3' }] } } },
    outputs: { scores: { name: 'scores:0', dtype: 'DT_FLOAT' } },
  },
  weightSpecs: [
    { name: 'kernel', shape: [3, 2], dtype: 'float32' },
    { name: 'bias', shape: [2], dtype: 'float32' },
  ],
  weightData: weights.buffer,
});
const odd = loadGraphModelSync({
  format: 'graph-model',
  modelTopology: topology([
    { name: 'cond', op: 'Placeholder', attr: { dtype: { type: 'DT_BOOL' }, shape: shapeOf(2) } },
    { name: 'places', op: 'Where', input: ['cond'], attr: {} },
    { name: 'strange', op: 'NotAnOp', input: ['cond'], attr: {} },
  ]),
  weightSpecs: [],
  weightData: new ArrayBuffer(0),
});
const models = { graphModel, odd };

const a = tf.input({ shape: [3], name: 'a' });
const b = tf.input({ shape: [2], name: 'b' });
const hidden = tf.layers.dense({ units: 2, activation: 'relu', name: 'hidden', kernelInitializer: 'ones' }).apply(a);
const dropped = tf.layers.dropout({ rate: 0.9 }).apply(hidden);
const joined = tf.layers.concatenate().apply([dropped, b]);
const output = tf.layers.dense({ units: 1, name: 'output', kernelInitializer: 'ones', useBias: false }).apply(joined);
const functional = tf.model({ inputs: [a, b], outputs: output });
const sequential = tf.sequential({
  layers: [tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones', name: 'only' })],
});
const tokens = tf.input({ shape: [4], dtype: 'int32', name: 'tokens' });
const embedded = tf.layers
  .embedding({ inputDim: 5, outputDim: 3, maskZero: true, embeddingsInitializer: 'ones' })
  .apply(tokens);
const summary = tf.layers.lstm({ units: 2, kernelInitializer: 'ones', recurrentInitializer: 'zeros' }).apply(embedded);
const recurrent = tf.model({ inputs: tokens, outputs: summary });
const remembering = tf.sequential({
  layers: [tf.layers.gru({ units: 2, stateful: true, batchInputShape: [1, 2, 3] })],
});
const batch = tf.tensor([
  [1, 2, 3],
  [1, 1, 1],
]);
const ids = tf.tensor([[1, 2, 0, 0]], undefined, 'int32');
const pair = tf.tensor([
  [10, 20],
  [30, 40],
]);
// What the program gets.
const expected = {
  scores: Array.from(await graphModel.execute({ x: batch }).data()),
  product: Array.from(await graphModel.execute({ x: batch }, 'dense/MatMul').data()),
  functional: Array.from(await functional.predict([batch, pair]).data()),
  // Its transposed mask does not compile on webgpu.
  ...(!backend.device && { recurrent: Array.from(await recurrent.predict(ids).data()) }),
};
const tensors = {
  a,
  b,
  hidden,
  joined,
  output,
  functional,
  sequential,
  recurrent,
  remembering,
  summary,
  batch,
  ids,
  pair,
};

let errors = 0;
backend.device?.addEventListener('uncapturederror', () => errors++);
stop({ models, ...tensors, expected });
tf.tidy(() => {
  const kept = graphModel.execute({ x: batch });
  stop({ models, ...tensors, expected, kept });
});
// The program keeps intermediate tensors of its own.
tf.env().set('KEEP_INTERMEDIATE_TENSORS', true);
graphModel.execute({ x: batch });
const own = graphModel.getIntermediateTensors().scores[0];
stop({ models, ...tensors, expected });
console.log(own.isDisposed, own === graphModel.getIntermediateTensors().scores[0], errors);
process.exit(0);
