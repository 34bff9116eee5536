// Arrays of jax-js on the device of JAX_DEVICE: in storage, through views of it, and as expressions.
import './webgpuGlobals.mjs';
import { blockUntilReady, defaultDevice, init, numpy as np, random } from '@jax-js/jax';
import { bytesOf, ordinary, pattern, Published, shapes, sizeOf } from './publish.mjs';

const device = process.env.JAX_DEVICE;
await init(device);
defaultDevice(device);
const published = new Published();
const where = { runtime: 'jax-js', className: 'Array', device };
const stored = {
  ...where,
  location: device === 'webgpu' ? 'device' : 'host',
  how: device === 'webgpu' ? 'copy' : 'view',
};
const arrays = {};
const add = (name, array, dtype, shape, values, more = stored) => {
  arrays[name] = array;
  published.add(`arrays.${name}`, dtype, shape, dtype === 'bool' ? Uint8Array.from(values) : values, more);
};

const views = {
  float32: (bytes) => new Float32Array(bytes.buffer),
  int32: (bytes) => new Int32Array(bytes.buffer),
  uint32: (bytes) => new Uint32Array(bytes.buffer),
  // jax-js asks for Float16Array on its way to either, which Node has from 24 on.
  ...(globalThis.Float16Array &&
    device !== 'webgpu' && {
      float64: (bytes) => new Float64Array(bytes.buffer),
      float16: (bytes) => new Float16Array(bytes.buffer),
    }),
};
for (const [dtype, view] of Object.entries(views)) {
  for (const shape of [...shapes, [40, 30, 3]]) {
    const bytes = pattern(dtype, sizeOf(shape), shape.length + 6);
    // One element is no storage but an expression, which has no bits of a NaN.
    const values = sizeOf(shape) === 1 ? view(new Uint8Array(8)).fill(-7.25).subarray(0, 1) : view(bytes);
    const more = sizeOf(shape) > 1 ? stored : where;
    const made = sizeOf(shape) > 0 ? np.array(values.slice(), { shape, dtype }) : np.zeros(shape, { dtype });
    add(`${dtype}_${shape.join('x')}`, made, dtype, shape, values, more);
  }
}
for (const shape of [[7], [5, 4], [2, 3, 4, 5]]) {
  const flags = pattern('bool', sizeOf(shape), 3);
  add(`bool_${shape.join('x')}`, np.array(Int32Array.from(flags), { shape, dtype: 'bool' }), 'bool', shape, flags);
}
const long = ordinary(40_000, 5, 100, 3);
long[33_000] = -Infinity;
add('long', np.array(long.slice(), { shape: [200, 200] }), 'float32', [200, 200], long);

// Views: strides in any order, masks, and reshapes that one view can't say. Each is made twice, since the library's own way
// to its values makes an ordinary array of it.
const base = np.array(ordinary(120, 9), { shape: [4, 5, 6] });
const flags = np.array(Int32Array.from(pattern('bool', 12, 5)), { shape: [3, 4], dtype: 'bool' });
const made = {
  transposed: () => base.ref.transpose(),
  permuted: () => base.ref.transpose([1, 2, 0]),
  flipped: () => np.flip(base.ref, [0, 2]),
  sliced: () => base.ref.slice([1, 3], 2, [1, 5]),
  broadcast: () => np.broadcastTo(base.ref.slice([], [0, 1], []), [4, 7, 6]),
  padded: () =>
    np.pad(base.ref, [
      [1, 2],
      [0, 0],
      [3, 1],
    ]),
  paddedTwice: () => np.pad(np.pad(base.ref, 1).slice([0, 3], [], [2]), 2),
  reshaped: () => base.ref.transpose().reshape([10, 12]),
  reshapedPadded: () =>
    np
      .pad(base.ref.transpose().reshape([10, 12]), [
        [0, 1],
        [1, 0],
      ])
      .transpose(),
  tiled: () => np.tile(base.ref.slice(0), [2, 3]),
  flags: () => np.pad(flags.ref, 1).transpose(),
};
for (const [name, make] of Object.entries(made)) {
  const twin = make();
  const { shape, dtype } = twin;
  const values = await twin.data();
  add(`view_${name}`, make(), dtype, [...shape], values, where);
}

// What has no storage: nothing is to be run for these, and the values are those that the library gives.
const expressions = {
  zeros: () => np.zeros([3, 4]),
  full: () => np.full([2, 100], 0.1),
  flags: () => np.ones([5], { dtype: 'bool' }),
  scalar: () => np.array(3.7),
  negative: () => np.array(-0),
  range: () => np.arange(-3, 500),
  countdown: () => np.arange(200, -200, -7, { dtype: 'float32' }),
  unsigned: () => np.arange(0, 200, 3, { dtype: 'uint32' }),
  eye: () => np.eye(20, 15),
  triangle: () => np.tri(20, 21, 2),
  spaced: () => np.linspace(0, 1, 50),
  transposed: () => np.arange(0, 300).reshape([15, 20]).transpose(),
  padded: () => np.pad(np.arange(1, 13).reshape([3, 4]), 1),
  sum: () => np.arange(0, 100).add(np.arange(100, 200)),
};
for (const [name, make] of Object.entries(expressions)) {
  const twin = make();
  const { shape, dtype } = twin;
  const values = await twin.data();
  add(`expression_${name}`, make(), dtype, [...shape], values, { ...where, location: 'host', how: 'view' });
}

// Results, once their kernels have run.
const product = np.matmul(
  np.array([
    [1, 2],
    [3, 4],
  ]),
  np.array([
    [5, 6],
    [7, 8],
  ]),
);
const mean = np.mean(np.array(long.subarray(0, 1000)));
const noise = random.uniform(random.key(42), [6, 7]);
await blockUntilReady([product, mean, noise]);
add('product', product, 'float32', [2, 2], Float32Array.of(19, 22, 43, 50));
add('mean', mean, 'float32', [], bytesOf(await mean.ref.data()));
add('noise', noise, 'float32', [6, 7], bytesOf(await noise.ref.data()));

function stop() {
  debugger;
  return [published, arrays];
}
stop();
process.exit(0);
