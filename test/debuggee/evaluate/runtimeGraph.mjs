// Graphs of the runtime at a breakpoint: placeholders, constants, variables, sessions; and tensors to feed.
import { backend, stop } from './backend.mjs';
import * as tf from '@tensorflow/tfjs';
import {
  compat,
  Graph,
  multiply,
  add,
  array,
  matmul,
  constant,
  greater,
  placeholder,
  reduceSum,
  Session,
  SparseTensor,
  Variable,
  cast,
} from 'tensor-debugger/runtime';

const graph = new Graph();
const parts = graph.asDefault(() => {
  const x = placeholder('float32', { shape: [null, 2], name: 'x' });
  const n = placeholder('int32', { shape: [], name: 'n' });
  const unranked = placeholder('float32', { name: 'unranked' });
  const weights = new Variable([[1], [10]], { name: 'weights' });
  const product = matmul(x, weights);
  const y = add(product, cast(n, 'float32'), { name: 'y' });
  return {
    x,
    n,
    unranked,
    weights,
    sparse: new SparseTensor([[0, 1]], [5], [1, 2]),
    product,
    y,
    classic: multiply(
      constant(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: 'int32' },
      ),
      2,
    ),
    sum: reduceSum(y),
    words: constant(['a', 'b']),
    assignment: weights.assign([[2], [2]]),
    init: compat.v1.globalVariablesInitializer(),
  };
});
const session = new Session(graph);
await session.run(parts.init);
const { x, n, unranked, weights, sparse, product, y, classic, sum, words, assignment } = parts;

const batch = tf.tensor([
  [1, 2],
  [3, 4],
]);
const doubled = tf.mul(batch, 2);
const rows = new Float32Array([5, 6]);
const doubles = new Float64Array([1, 2]);
const nested = [
  [1, 2],
  [0.5, 0.25],
];
const cyclic = [[1, 2]];
cyclic.push(cyclic);
const itself = [];
itself[0] = itself;
// Eager tensors of the runtime read as the TF.js tensors that they wrap.
const eager = constant([
  [1, 2],
  [3, 4],
]);
const computed = add(eager, 0.5);
const flags = greater(eager, 2);
const counter = new Variable([7, 8], { name: 'counter' });
const gone = constant([1]);
gone.dispose();
const letters = array([
  ['a', 'b'],
  ['c', 'd'],
]).T;
const tensors = {
  eager,
  computed,
  flags,
  counter,
  gone,
  letters,
  x,
  n,
  unranked,
  weights,
  sparse,
  product,
  y,
  classic,
  sum,
  words,
  assignment,
  batch,
  doubled,
  rows,
  doubles,
  nested,
  cyclic,
  itself,
  graph,
  session,
  backend,
};

stop(tensors);
// On the tape, in a scope, with work recorded that was not submitted.
const gradient = tf.grad((input) => {
  const inner = tf.mul(input, input);
  stop({ ...tensors, inner });
  return tf.sum(inner);
})(batch);
console.log(Array.from(await gradient.data()).join());
tf.tidy(() => {
  const inner = tf.add(doubled, 1);
  stop({ ...tensors, inner });
});
tf.env().set('DEBUG', true);
stop(tensors);
tf.env().set('DEBUG', false);
console.log(Array.from(await doubled.data()).join());
session.close();
process.exit(0);
