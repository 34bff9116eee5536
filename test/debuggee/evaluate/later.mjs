// What computes asynchronously only, at a breakpoint with a run of the program's own under way. Afterwards everything is as
// it was, and came in its order. EXIT ends the program before anything else can come.
import { account, backend } from './backend.mjs';
import * as tf from '@tensorflow/tfjs';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as ort from 'onnxruntime-web';
import { graphFromModel } from 'tensor-debugger/runtime';
import { onnxModel, smallModel } from '../readers/onnxModel.mjs';

// Most programs have no WebGPU.
if (tf.getBackend() !== 'webgpu') Object.defineProperty(globalThis, 'navigator', { value: {} });
const shapeOf = (...counts) => ({ shape: { dim: counts.map((size) => ({ size: String(size) })) } });
const bool = { dtype: { type: 'DT_BOOL' }, shape: shapeOf(-1) };
const float = { type: 'DT_FLOAT' };
const versions = { producer: 1 };
// y = x + 1 where `flag` is true, x * 10 elsewhere: the branches of TensorFlow 1.
const control = loadGraphModelSync({
  format: 'graph-model',
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: shapeOf(2) } },
      { name: 'flag', op: 'Placeholder', attr: { dtype: { type: 'DT_BOOL' }, shape: shapeOf() } },
      { name: 'one', op: 'Const', attr: { dtype: float } },
      { name: 'ten', op: 'Const', attr: { dtype: float } },
      { name: 'branch', op: 'Switch', input: ['x', 'flag'], attr: { T: float } },
      { name: 'more', op: 'AddV2', input: ['branch:1', 'one'], attr: { T: float } },
      { name: 'tenfold', op: 'Mul', input: ['branch', 'ten'], attr: { T: float } },
      { name: 'y', op: 'Merge', input: ['tenfold', 'more'], attr: { T: float } },
      { name: 'strange', op: 'NotAnOp', input: ['y'], attr: {} },
    ],
    versions,
  },
  weightSpecs: [
    { name: 'one', shape: [], dtype: 'float32' },
    { name: 'ten', shape: [], dtype: 'float32' },
  ],
  weightData: Float32Array.of(1, 10).buffer,
});
const graph = graphFromModel({
  node: [
    { name: 'c', op: 'Placeholder', attr: bool },
    { name: 'where', op: 'Where', input: ['c'], attr: { T: { type: 'DT_BOOL' } } },
  ],
  versions,
});
const places = graph.asElement('where:0');
const session = await ort.InferenceSession.create(onnxModel(smallModel));
const rows = [
  [1, 2, 3],
  [1, 1, 1],
];
const batch = new ort.Tensor('float32', Float32Array.from(rows.flat()), [2, 3]);
const own = (await session.run({ x: batch })).scores.data;
const fed = Float32Array.of(3, 4);
const nodes = control.executor.graph.nodes;
const kept = tf.tensor([1, 2]);

const order = [];
function stop(expected) {
  debugger;
  return [control, nodes, places, session, batch, fed, kept, rows, expected];
}
const before = account();
// Under way at the stop, and started right behind it.
const early = session.run({ x: batch }).then(({ scores }) => order.push(`early ${scores.data}`));
setTimeout(() => order.push('timeout'), 0);
setImmediate(() => order.push('immediate'));
Promise.resolve().then(() => order.push('microtask'));
tf.tidy(() => stop(Array.from(own)));
fed.fill(NaN);
if (process.env.EXIT) process.exit(0);
const late = session.run({ x: batch }).then(({ scores }) => order.push(`late ${scores.data}`));
await Promise.all([early, late]);
await new Promise((resolve) => setTimeout(resolve, 20));
stop(Array.from(own));
const after = account();
console.log(before === after ? 'the same' : `${before}\n${after}`);
// Node itself promises no order between a timer, an immediate and a thread's answer.
const isTimer = (name) => name === 'timeout' || name === 'immediate';
console.log([...order.filter((name) => !isTimer(name)), ...order.filter(isTimer).sort()].join('; '));
console.log(backend === tf.backend(), kept.dataSync().join());
process.exit(0);
