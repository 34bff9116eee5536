// Host arrays and the runtime's own tensors, and what the program sees of them after the stop.
import * as tf from '@tensorflow/tfjs';
import * as np from '../../../dist/runtime.mjs';

await tf.setBackend('cpu');
let typed = new Float64Array([1, 2, 3]);
let buffer = Buffer.from([1, 2, 3]);
let memory = new ArrayBuffer(3);
let nested = [
  [1, 2, 3],
  [4, 5, 6],
];
let flags = [true, false, true];
let half = np.array([1, 2, 3], { dtype: 'float16' });
let constant = np.constant([1, 2, 3]);
const variable = np.Variable([1, 2, 3]);
const ours = {
  dtype: 'float32',
  values: new Float32Array(3),
  [Symbol.for('tensor.inspect')]() {
    return { dtype: 'float32', shape: [3], data: this.values };
  },
};
globalThis.everywhere = new Int8Array([1, 2, 3]);
const used = () => [typed, buffer, memory, nested, flags, half, constant, variable, ours];
function stop(argument) {
  debugger;
  return argument;
}
const argument = stop(new Int8Array([1, 2, 3]));
used();
console.log(
  JSON.stringify({
    typed: [typed.constructor.name, ...typed],
    buffer: [buffer.constructor.name, Buffer.isBuffer(buffer), ...buffer],
    memory: [...new Uint8Array(memory)],
    nested,
    flags,
    half: half.repr(),
    constant: constant.repr(),
    variable: variable.numpy().repr(),
    argument: [...argument],
    everywhere: [...globalThis.everywhere],
  }),
);
