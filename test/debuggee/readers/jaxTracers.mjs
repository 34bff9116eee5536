// jax-js where values are late or missing: lazy arrays, arrays that are gone, and tracers of every transformation.
import './webgpuGlobals.mjs';
import { defaultDevice, grad, init, jit, jvp, numpy as np, vmap } from '@jax-js/jax';

await init(process.env.JAX_DEVICE);
defaultDevice(process.env.JAX_DEVICE);

const held = np.array([1, 2, 3]);
const shared = held.ref;
const single = np.array([4, 5, 6]);
const lazy = single.ref.mul(2).add(held.ref);
const view = lazy.ref.reshape([3, 1]);
const spaced = np.linspace(0, 1, 300);
const endless = np.zeros([1e6, 1e6]);
const gone = np.array([7, 8]);
gone.dispose();
// Its state under another name: a version that is not there yet.
class Other {
  #storage = 'elsewhere';
  constructor(like) {
    this._trace = like._trace;
  }
  get refCount() {
    return this.#storage.length;
  }
  get dtype() {
    return 'int32';
  }
  get shape() {
    return [2, 5];
  }
}
const other = new Other(held);

function stop(values) {
  debugger;
  return [values, held, shared, single, lazy, view, spaced, endless, gone, other];
}
stop({ where: 'eager' });

const x = () =>
  np.array([
    [1, 2, 3],
    [4, 5, 6],
  ]);
const square = (where) => (value) => {
  const squared = value.ref.mul(value.ref);
  stop({ where, value, squared });
  return squared.mul(value).sum();
};
grad(square('grad'))(x()).dispose();
for (const each of jvp(square('jvp'), [x()], [x()])) each.dispose();
vmap((value) => {
  stop({ where: 'vmap', value });
  return value.mul(2);
})(x()).dispose();
const spread = spaced.ref.reshape([3, 100]);
vmap((value) => {
  stop({ where: 'vmap of an expression', value });
  return value.mul(2);
})(spread.ref).dispose();
vmap(grad(square('vmap of grad')))(x()).dispose();
jit(square('jit'))(x()).dispose();
// What began when the program went on may take a few turns until it has its value; how many is the machine's affair.
const end = { where: 'end', isOver: false };
for (let turn = 0; turn < 100 && !end.isOver; turn++) {
  await np.linspace(0, turn + 2, 300).data();
  stop(end);
}
console.log(held.refCount, shared.refCount, single.refCount, lazy.refCount, view.refCount, spaced.refCount);
console.log((await lazy.data()).join(), (await view.data()).join());
process.exit(0);
