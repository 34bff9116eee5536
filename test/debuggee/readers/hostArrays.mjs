// Host memory in every form that JavaScript has.
import { bytesOf, numericDTypes, ordinary, pattern, Published, unaligned } from './publish.mjs';

const published = new Published();
const classes = {
  float32: [Float32Array],
  float64: [Float64Array],
  int8: [Int8Array],
  int16: [Int16Array],
  int32: [Int32Array],
  int64: [BigInt64Array],
  uint8: [Uint8Array, Uint8ClampedArray],
  uint16: [Uint16Array],
  uint32: [Uint32Array],
  uint64: [BigUint64Array],
  ...(typeof Float16Array === 'function' && { float16: [Float16Array] }),
};
const arrays = {};
for (const [dtype, constructors] of Object.entries(classes)) {
  for (const constructor of constructors) {
    const name = constructor.name;
    const bytes = pattern(dtype, 101, name.length);
    arrays[name] = new constructor(bytes.buffer);
    published.add(`arrays.${name}`, dtype, [101], bytes, { className: name, location: 'host', how: 'view' });
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    arrays[`${name}Shared`] = new constructor(shared);
    published.add(`arrays.${name}Shared`, dtype, [101], bytes);
    const whole = new constructor(pattern(dtype, 60, 5).buffer);
    arrays[`${name}Part`] = whole.subarray(13, 49);
    published.add(`arrays.${name}Part`, dtype, [36], bytesOf(whole.slice(13, 49)));
    arrays[`${name}Empty`] = new constructor(0);
    published.add(`arrays.${name}Empty`, dtype, [0], new Uint8Array(0));
    const resizable = new ArrayBuffer(bytes.length, { maxByteLength: 4096 });
    new Uint8Array(resizable).set(bytes);
    arrays[`${name}Resizable`] = new constructor(resizable);
    published.add(`arrays.${name}Resizable`, dtype, [101], bytes);
  }
}
const growing = new ArrayBuffer(64, { maxByteLength: 256 });
const tracking = new Int32Array(growing);
growing.resize(128);
new Uint8Array(growing).set(pattern('int32', 32, 9));
published.add('tracking', 'int32', [32], new Uint8Array(growing).slice());
const shrunk = new ArrayBuffer(64, { maxByteLength: 64 });
const outOfBounds = new Float32Array(shrunk, 32, 8);
const viewOutOfBounds = new DataView(shrunk, 32, 32);
shrunk.resize(16);

const nodeBuffer = Buffer.from(pattern('uint8', 77, 3));
published.add('nodeBuffer', 'uint8', [77], nodeBuffer.subarray(), { className: 'Buffer' });
const pooled = Buffer.from('a slice of the pool that all small buffers share').subarray(3, 20);
published.add('pooled', 'uint8', [17], pooled);
const arrayBuffer = pattern('uint8', 90, 4).buffer;
published.add('arrayBuffer', 'uint8', [90], arrayBuffer, { className: 'ArrayBuffer' });
const sharedBuffer = new SharedArrayBuffer(20);
new Uint8Array(sharedBuffer).set(pattern('uint8', 20, 6));
published.add('sharedBuffer', 'uint8', [20], new Uint8Array(sharedBuffer), { className: 'SharedArrayBuffer' });
const dataView = new DataView(pattern('uint8', 90, 7).buffer, 5, 61);
published.add('dataView', 'uint8', [61], dataView, { className: 'DataView' });

class Samples extends Float64Array {}
const samples = Samples.from([1.5, -0, NaN]);
published.add('samples', 'float64', [3], samples, { className: 'Samples' });

// The same memory under another dtype and shape.
const memory = {};
for (const dtype of numericDTypes) {
  const bytes = pattern(dtype, 48, 11);
  memory[dtype] = bytes.buffer;
  published.add(`memory.${dtype} as ${dtype}[4, 3, 4]`, dtype, [4, 3, 4], bytes);
  memory[`${dtype}Unaligned`] = Buffer.from(unaligned(bytes).buffer, 1, bytes.length);
  published.add(`memory.${dtype}Unaligned as ${dtype}[2, 24]`, dtype, [2, 24], bytes);
}

// Statistics over more than one block.
const long = ordinary(50_003, 21, 3, 2);
long[20_000] = NaN;
long[20_001] = Infinity;
published.add('long', 'float32', [50_003], long);

const nested = {
  vector: [1, 2.5, -0, NaN, Infinity],
  matrix: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  cube: Array.from({ length: 3 }, (_, i) => Array.from({ length: 4 }, (_, j) => [i, j, i * j, -1])),
  deep: [
    [
      [
        [
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ],
      ],
    ],
  ],
  flags: [
    [true, false],
    [false, true],
  ],
  big: [1n, -(2n ** 63n), 2n ** 63n - 1n],
  empty: [],
  emptyRows: [[], []],
};
const flat = (array) => array.flat(Infinity);
published.add('nested.vector', 'float64', [5], Float64Array.from(nested.vector), { className: 'Array' });
published.add('nested.matrix', 'float64', [2, 3], Float64Array.from(flat(nested.matrix)));
published.add('nested.cube', 'float64', [3, 4, 4], Float64Array.from(flat(nested.cube)));
published.add('nested.deep', 'float64', [1, 1, 1, 2, 2, 2], Float64Array.from(flat(nested.deep)));
published.add('nested.flags', 'bool', [2, 2], Uint8Array.from(flat(nested.flags)));
published.add('nested.big', 'int64', [3], BigInt64Array.from(nested.big));
const notRectangular = Array.from({ length: 100 }, (_, i) => (i === 99 ? [1] : [1, 2]));
const mixed = Array.from({ length: 100 }, (_, i) => (i === 99 ? 'x' : i));
const transferred = new Float32Array([1, 2, 3]);
const transferredBuffer = transferred.buffer;
structuredClone(transferredBuffer, { transfer: [transferredBuffer] });
const transferredView = (() => {
  const view = new DataView(new ArrayBuffer(8));
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
})();

function stop() {
  debugger;
  return [
    published,
    arrays,
    tracking,
    outOfBounds,
    viewOutOfBounds,
    nodeBuffer,
    pooled,
    arrayBuffer,
    sharedBuffer,
    dataView,
    samples,
    memory,
    long,
    nested,
    notRectangular,
    mixed,
    transferred,
    transferredBuffer,
    transferredView,
  ];
}
stop();
