// Conversions that tensors of these kinds don't have.
import '../readers/webgpuGlobals.mjs';
import * as jax from '@jax-js/jax';
import * as tf from '@tensorflow/tfjs';

function attempt(read) {
  try {
    read();
  } catch (error) {
    console.log(error.message);
  }
}

await jax.init('cpu');
jax.defaultDevice('cpu');
debugger; // What is loaded throws, too.
const traced = jax.jit((x) => {
  const doubled = x.ref.add(x);
  attempt(() => doubled.js()); // #jit
  return doubled;
});
traced(jax.numpy.array([1, 2, 3]));
const eager = tf.tensor([1, 2]);
attempt(() => eager.numpy()); // #eager
const array = jax.numpy.array([4, 5]);
debugger; // #array
console.log(array.js());
process.exit(0);
