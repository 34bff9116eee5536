// Tensors in containers within containers; a model whose layers hold its weights once more; and data in which there are none.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';

class Layer {
  constructor(value) {
    this.kernel = tf.tensor1d([value]);
    // What Node keeps of files and sockets is full of these.
    this.scratch = new Uint8Array(8);
  }
}

class Connection {
  state = { buffer: new Uint8Array(16) };
  peer = { connection: this };
  get opened() {
    calls++;
    return [tf.tensor1d([1])];
  }
}

let calls = 0;
const shared = tf.tensor1d([0]);
const params = {
  scale: shared,
  again: { scale: shared },
  encoder: { blocks: [{ w: new Float32Array([1]), b: new Float32Array([2]) }, { w: new Float32Array([3]) }] },
  cache: new Map([['keys', new Map([['a b', new Float32Array([4])]])]]),
};
params.self = params;
const net = { layers: [new Layer(5), new Layer(6)] };
const connection = new Connection();
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
const records = Array.from({ length: 20_000 }, (_, index) => ({ id: index, tags: [{ text: 'none' }] }));
const groups = new Set([{ w: new Float32Array([8]) }, new Float32Array([9]), 'none']);
const byLayer = new Map([
  [net.layers[0], new Float32Array([10])],
  ['bias', new Float32Array([11])],
]);
const behind = { records, late: { w: new Float32Array([7]) } };
debugger;
console.log(
  calls,
  Object.keys(params).length,
  net.layers.length,
  connection.state.buffer.length,
  model.layers.length,
  behind.late.w[0],
  groups.size + byLayer.size,
);
