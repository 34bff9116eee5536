// A node of a graph makes infinities: in a converted model, and in a graph of the runtime.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as rt from 'tensor-debugger/runtime';

tf.env().set('WEBGPU_CPU_FORWARD', false);
await tf.setBackend(process.env.TFJS_BACKEND);
const float = { type: 'DT_FLOAT' };
const model = loadGraphModelSync({
  format: 'graph-model',
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: { shape: { dim: [{ size: '2' }] } } } },
      { name: 'encoder/root', op: 'Sqrt', input: ['x'], attr: { T: float } },
      { name: 'scores', op: 'Relu6', input: ['encoder/root'], attr: { T: float } },
    ],
    versions: { producer: 1 },
  },
  weightSpecs: [],
  weightData: new ArrayBuffer(0),
});
function predict(x) {
  return model.execute(x); // #EXECUTE
}
const scores = predict(tf.tensor([4, -1]));
console.log(String(await scores.data()));

const graph = new rt.Graph();
const [x, ratio] = graph.asDefault(() => {
  const placeholder = rt.placeholder('float32', { shape: [2], name: 'x' });
  return [placeholder, rt.sqrt(placeholder, { name: 'ratio' })];
});
const result = await new rt.Session(graph).run(ratio, [[x, [9, -9]]]); // #RUN
console.log(String(result));
process.exit(0);
