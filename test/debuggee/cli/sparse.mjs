import * as tf from '@tensorflow/tfjs';
import * as rt from '../../../dist/runtime.mjs';
await tf.setBackend('cpu');
const places = [
  [2, 0],
  [0, 3],
  [1, 1],
];
const value = new rt.SparseTensorValue(places, [1.5, NaN, -2], [3, 4]);
const eager = new rt.SparseTensor(places, [1.5, NaN, -2], [3, 4]);
const large = new rt.SparseTensor(places, [1, 2, 3], [100_000, 50_000]);
const cube = new rt.SparseTensor([[0, 1, 2]], [7], [2, 3, 4]);
const outside = {
  [Symbol.for('tensor.inspect')]: () => ({
    dtype: 'float64',
    shape: [2, 2],
    kind: 'sparse',
    sparse: {
      indices: {
        [Symbol.for('tensor.inspect')]: () => ({ dtype: 'int64', shape: [1, 2], data: new BigInt64Array([2n, 0n]) }),
      },
      values: new Float64Array([1]),
    },
  }),
};
const twice = {
  [Symbol.for('tensor.inspect')]: () => ({
    dtype: 'float32',
    shape: [2, 2],
    kind: 'sparse',
    sparse: {
      indices: {
        [Symbol.for('tensor.inspect')]: () => ({
          dtype: 'int32',
          shape: [3, 2],
          data: Int32Array.of(1, 0, 0, 1, 1, 0),
        }),
      },
      values: new Float32Array([1, 5, 2]),
    },
  }),
};
const largeCube = new rt.SparseTensor([[0, 1, 2]], [7], [1000, 1000, 1000]);
debugger;
console.log(value, eager, large, cube, outside, twice, largeCube);
