// A training loop of jax-js on the device of JAX_DEVICE, which says after every stop how many references each array has, which
// kernels have not run yet, and what the values are.
import '../readers/webgpuGlobals.mjs';
import { blockUntilReady, defaultDevice, init, jit, numpy as np, random, valueAndGrad, vmap } from '@jax-js/jax';

await init(process.env.JAX_DEVICE);
defaultDevice(process.env.JAX_DEVICE);

// Everything that would take a reference, or run a kernel, tells.
const log = [];
const counted = np.array([1, 2]);
const prototype = Object.getPrototypeOf(counted);
for (const key of [
  'ref',
  'data',
  'dataSync',
  'js',
  'jsAsync',
  'item',
  'dispose',
  'device',
  'aval',
  'refCount',
  'toString',
]) {
  const { get, value, ...rest } = Object.getOwnPropertyDescriptor(prototype, key);
  Object.defineProperty(prototype, key, {
    ...(get
      ? {
          get: Object.assign(function () {
            return (log.push(key), get.call(this));
          }, {}),
        }
      : {
          value(...args) {
            return (log.push(key), value.apply(this, args));
          },
          writable: rest.writable,
        }),
    configurable: true,
  });
}

function account(where, arrays) {
  const touched = log.splice(0).length;
  const counts = Object.entries(arrays).map(([name, array]) => `${name} ${array.refCount}`);
  log.length = 0;
  console.log(where, `touched ${touched}`, counts.join(', '));
}

function stop(values) {
  debugger;
  return values;
}

const inputs = np.array(
  Float32Array.from({ length: 40 * 3 }, (_, i) => Math.sin(i)),
  { shape: [40, 3] },
);
const targets = np.sum(inputs.ref.mul(np.array([0.5, -1, 2])), 1);
await blockUntilReady([inputs, targets]);
let weights = np.zeros([3]);
const loss = (w, x, y) => {
  const predicted = np.matmul(x, w);
  stop({ w, x, y, predicted });
  return np.mean(np.square(predicted.sub(y)));
};
account('start', { inputs, targets, weights });
stop({ inputs, targets, weights });
account('looked at', { inputs, targets, weights });
for (let step = 0; step < 3; step++) {
  const [value, gradient] = valueAndGrad(loss)(weights.ref, inputs.ref, targets.ref);
  account(`step ${step}`, { value, gradient, weights });
  stop({ value, gradient, weights });
  account(`step ${step}, looked at`, { value, gradient, weights });
  weights = weights.sub(gradient.mul(0.1));
  stop({ weights, value });
  const [number] = await value.data();
  stop({ weights, value });
  console.log('loss', number.toFixed(5));
}
const views = { padded: np.pad(inputs.ref, 1), turned: inputs.ref.transpose(), range: np.arange(300) };
stop(views);
account('views', views);
const double = jit((value) => {
  stop({ value });
  return value.mul(2);
});
const batch = vmap((value) => {
  stop({ value });
  return value.ref.mul(value);
})(inputs.ref);
stop({ batch });
const doubled = double(batch.ref);
stop({ batch, doubled });
account('transformed', { batch, doubled, inputs });
const keys = random.key(7);
stop({ keys });
const noise = random.normal(keys, [4]);
stop({ noise });
console.log([...(await noise.data())].map((each) => each.toFixed(4)).join());
console.log(
  [...(await doubled.data())]
    .slice(0, 4)
    .map((each) => each.toFixed(4))
    .join(),
);
console.log([...(await weights.data())].map((each) => each.toFixed(4)).join(), inputs.refCount);
process.exit(0);
