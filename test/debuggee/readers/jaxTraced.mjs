// jax-js: a traced function that takes the last reference of its input, so that no array in sight has been read before.
import './webgpuGlobals.mjs';
import { defaultDevice, grad, init, jit, jvp, numpy as np, vmap } from '@jax-js/jax';

await init(process.env.JAX_DEVICE);
defaultDevice(process.env.JAX_DEVICE);

const triple = (where) => (x) => {
  const m = x.mul(3);
  debugger;
  return where === 'grad' ? np.sum(m) : m;
};
const mapped = vmap(triple('vmap'))(np.array([1, 2, 7]));
const slope = grad(triple('grad'))(np.array([1, 2, 8]));
const [value, change] = jvp(triple('jvp'), [np.array([1, 2])], [np.array([1, 0])]);
const compiled = jit(vmap(triple('jit of vmap')))(np.array([1, 2, 9]));
for (const array of [mapped, slope, value, change, compiled]) console.log(array.refCount, (await array.data()).join());
process.exit(0);
