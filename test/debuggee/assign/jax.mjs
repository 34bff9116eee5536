// Arrays of jax-js on the device of JAX_DEVICE, and what the program computes with them after the stop.
import '../readers/webgpuGlobals.mjs';
import { defaultDevice, init, jit, numpy as np } from '@jax-js/jax';

await init(process.env.JAX_DEVICE);
defaultDevice(process.env.JAX_DEVICE);
let weights = np.array(new Float32Array([1, 2, 3, 4, 5, 6]), { shape: [2, 3] });
let flags = np.array([true, true, false]);
let zeros = np.zeros([3], { dtype: 'int32' });
const original = weights;
const model = { layers: [{ kernel: np.array(new Float32Array([1, 2, 3])).ref }] };
const double = jit((x) => {
  if (process.env.IN_JIT) debugger;
  return x.mul(2);
});
debugger;
const product = np.dot(weights.ref, weights.ref.transpose());
console.log(
  JSON.stringify({
    weights: [...(await weights.ref.data())],
    original: [...(await original.ref.data())],
    references: [weights.refCount, original.refCount],
    product: [...(await product.data())],
    doubled: [...(await double(weights).data())],
    flags: [...(await flags.data())],
    zeros: [...(await zeros.data())],
    kernel: [...(await model.layers[0].kernel.data())],
  }),
);
process.exit(0);
