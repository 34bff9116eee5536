// Sessions of ONNX Runtime at a breakpoint, one that the program has run and others that it has not.
import * as ort from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';
import { onnxModel, smallModel } from '../readers/onnxModel.mjs';

const session = await ort.InferenceSession.create(onnxModel(smallModel));
const webSession = await ortWeb.InferenceSession.create(onnxModel(smallModel));
const types = await ort.InferenceSession.create(
  onnxModel({
    inputs: [
      { name: 'big', type: 'int64', shape: ['n'] },
      { name: 'half', type: 'float16', shape: ['n'] },
      { name: 'flags', type: 'bool', shape: ['n'] },
      { name: 'words', type: 'string', shape: ['n'] },
      { name: 'doubles', type: 'float64', shape: ['n'] },
    ],
    outputs: [
      { name: 'bigs', type: 'int64', shape: ['n'] },
      { name: 'halves', type: 'float16', shape: ['n'] },
      { name: 'not', type: 'bool', shape: ['n'] },
      { name: 'text', type: 'string', shape: ['n'] },
      { name: 'twice', type: 'float64', shape: ['n'] },
    ],
    nodes: [
      { op: 'Add', inputs: ['big', 'big'], outputs: ['bigs'] },
      { op: 'Add', inputs: ['half', 'half'], outputs: ['halves'] },
      { op: 'Not', inputs: ['flags'], outputs: ['not'] },
      { op: 'Identity', inputs: ['words'], outputs: ['text'] },
      { op: 'Add', inputs: ['doubles', 'doubles'], outputs: ['twice'] },
    ],
  }),
);
const batch = new ort.Tensor('float32', Float32Array.of(1, 2, 3, 1, 1, 1), [2, 3]);
const ids = new ort.Tensor('int64', BigInt64Array.of(1n, 2n ** 60n), [2]);
const rows = Float32Array.of(1, 2, 3);
const halves = new ort.Tensor(
  'float16',
  globalThis.Float16Array ? Float16Array.of(1, 0.5) : Uint16Array.of(0x3c00, 0x3800),
  [2],
);
const { scores } = await session.run({ x: batch });
const expected = Array.from(scores.data);
const order = [];

class Service {
  session = session;
  answer() {
    debugger;
    return order;
  }
}
// Reading or running must not make what is queued come earlier or later.
setImmediate(() => order.push('immediate'));
Promise.resolve().then(() => order.push('microtask'));
new Service().answer();
function stop() {
  debugger;
  return [session, webSession, types, batch, ids, rows, halves, expected, order];
}
stop();
await new Promise((resolve) => setTimeout(resolve, 5));
console.log(order.join(), Array.from((await session.run({ x: batch })).scores.data).join() === expected.join());
process.exit(0);
