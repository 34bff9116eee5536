// Every function of the language's own is replaced by one of the program's that counts, halfway through, while tensors of all kinds are
// looked at and copied: none of these may run for that, or be another afterwards.
import * as tf from '@tensorflow/tfjs';
import { defaultDevice, init, numpy as np } from '@jax-js/jax';
import * as ort from 'onnxruntime-node';
import { gpu } from '../readers/webgpuGlobals.mjs';

await tf.setBackend('cpu');
await init('cpu');
defaultDevice('cpu');
const device = await (await gpu.requestAdapter()).requestDevice();
const buffer = device.createBuffer({ size: 64, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
device.queue.writeBuffer(
  buffer,
  0,
  Float32Array.from({ length: 16 }, (_, i) => i),
);

class Layer {
  #kernel = new Float32Array([5, 6]);
  tensors = new Map([['bias', tf.tensor([1, 2])]]);
  stop() {
    debugger;
    return this.#kernel;
  }
}

const layer = new Layer();
const eager = tf
  .tensor([
    [1, NaN],
    [3, 4],
  ])
  .add(1);
const texts = tf.tensor(['a', 'b']);
const arrays = Array.from({ length: 12 }, (_, i) => np.array([i, i + 1]));
const lazy = np.array([1, 2]).mul(2);
const longs = new ort.Tensor('int64', [1n, -1n], [2]);
const held = { eager, texts, arrays, lazy, longs, device, buffer };

const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { get: getEntry, set: setEntry } = Map.prototype;
const calls = new Map();
let isCounting = false;
/** The way to the agent is a registered symbol. */
const allowed = 'Symbol.for';

function replaced(name, fn) {
  const count = () => {
    if (isCounting && name !== allowed) apply(setEntry, calls, [name, (apply(getEntry, calls, [name]) ?? 0) + 1]);
  };
  return new Proxy(fn, {
    apply: (target, receiver, args) => (count(), apply(target, receiver, args)),
    construct: (target, args, newTarget) => (count(), construct(target, args, newTarget)),
    get: (target, key, receiver) => (count(), Reflect.get(target, key, receiver)),
  });
}

const classes = [
  'Object',
  'Function',
  'Array',
  'String',
  'Number',
  'Boolean',
  'Symbol',
  'BigInt',
  'RegExp',
  'Date',
  'Error',
  'Map',
  'Set',
];
const more = [
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'Promise',
  'ArrayBuffer',
  'DataView',
  'Float32Array',
  'Uint8Array',
  'BigInt64Array',
];
const holders = Object.fromEntries([
  ...[...classes, ...more].flatMap((name) => [
    [name, globalThis[name]],
    [`${name}.prototype`, globalThis[name].prototype],
  ]),
  ...Object.entries({ Math, JSON, Reflect, Atomics }),
  ['TypedArray.prototype', getPrototypeOf(Float32Array.prototype)],
  ['ArrayIterator', getPrototypeOf([].values())],
  ['MapIterator', getPrototypeOf(new Map().values())],
  ['Generator', getPrototypeOf(getPrototypeOf((function* () {})()))],
  ['Iterator', getPrototypeOf(getPrototypeOf([].values()))],
]);
const expected = [];

function replaceAll() {
  for (const [name, holder] of Object.entries(holders)) {
    for (const key of ownKeys(holder)) {
      const property = getOwnPropertyDescriptor(holder, key);
      if (key === 'constructor' || !property.configurable) continue;
      for (const role of ['value', 'get']) {
        if (typeof property[role] === 'function') property[role] = replaced(`${name}.${String(key)}`, property[role]);
      }
      expected.push({ holder, key, property });
    }
  }
  // Afterwards: until then the loops above would run them.
  for (let i = 0; i < expected.length; i++) defineProperty(expected[i].holder, expected[i].key, expected[i].property);
}

function changed() {
  for (let i = 0; i < expected.length; i++) {
    const { holder, key, property } = expected[i];
    const now = getOwnPropertyDescriptor(holder, key);
    if (now.value !== property.value || now.get !== property.get || now.enumerable !== property.enumerable) return key;
  }
  return 'nothing';
}

layer.stop();
replaceAll();
for (let round = 0; round < 2; round++) {
  isCounting = true;
  layer.stop();
  isCounting = false;
  console.log(`round ${round}: called ${JSON.stringify([...calls])}, changed ${String(changed())}`);
}
isCounting = true;
debugger;
// What the library itself calls, and nobody who counts the copies.
for (let round = 0; round < 2; round++) {
  eager.dataSync();
  eager.arraySync();
  arrays[round].js();
  eager.square().dispose();
}
isCounting = false;
console.log(JSON.stringify([...calls]), Object.keys(held).length);
