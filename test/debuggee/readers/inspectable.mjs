// Array types that nobody knows, which describe themselves: views with any strides over memory of the host and of the GPU.
import { gpu } from './webgpuGlobals.mjs';
import { itemSize, numericDTypes, pattern, Published, sizeOf, unaligned } from './publish.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const published = new Published();

class View {
  constructor(description) {
    this.description = description;
  }
  [Symbol.for('tensor.inspect')]() {
    return this.description;
  }
}

/** The elements that the strides visit, row-major. */
function gathered(bytes, { dtype, shape, strides, offset }) {
  const size = itemSize(dtype);
  const result = new Uint8Array(sizeOf(shape) * size);
  const index = shape.map(() => 0);
  for (let k = 0; k < sizeOf(shape); k++) {
    let rest = k;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    const element = index.reduce((at, i, axis) => at + i * strides[axis], offset);
    result.set(bytes.subarray(element * size, (element + 1) * size), k * size);
  }
  return result;
}

const layouts = {
  dense: { shape: [12, 30, 4], strides: [120, 4, 1], offset: 0 },
  transposed: { shape: [4, 30, 12], strides: [1, 4, 120], offset: 0 },
  reversed: { shape: [12, 30, 4], strides: [-120, -4, -1], offset: 1439 },
  mixed: { shape: [5, 10], strides: [240, -8], offset: 79 },
  broadcast: { shape: [3, 20, 7], strides: [0, 5, 0], offset: 11 },
  scalar: { shape: [], strides: [], offset: 77 },
  empty: { shape: [2, 0, 3], strides: [0, 3, 1], offset: 0 },
  diagonal: { shape: [11], strides: [121], offset: 3 },
  window: { shape: [100, 9], strides: [3, 1], offset: 2 },
  rank6: { shape: [2, 3, 2, 5, 2, 3], strides: [600, 180, -90, 18, 7, 1], offset: 100 },
};
const host = {};
const onDevice = {};
for (const dtype of numericDTypes) {
  const bytes = pattern(dtype, 1440, 13);
  const size = Math.ceil((bytes.length + 260) / 4) * 4;
  const buffer = device.createBuffer({
    size,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const bound = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  // Where an element of some size might start: not at a multiple of 256, and for small ones not at a word.
  const byteOffset = 256 + Math.min(itemSize(dtype), 2);
  const padded = new Uint8Array(size);
  padded.set(bytes, byteOffset);
  device.queue.writeBuffer(buffer, 0, padded);
  device.queue.writeBuffer(bound, 0, padded);
  for (const [name, layout] of Object.entries(layouts)) {
    const key = `${dtype}_${name}`;
    const expected = gathered(bytes, { dtype, ...layout });
    const shown = { strides: layout.strides, offset: layout.offset };
    host[key] = new View({ dtype, ...layout, data: unaligned(bytes), runtime: 'views', label: key });
    published.add(`host.${key}`, dtype, layout.shape, expected, {
      ...shown,
      label: key,
      runtime: 'views',
      location: 'host',
    });
    onDevice[key] = new View({ dtype, ...layout, data: { device, buffer, byteOffset } });
    published.add(`onDevice.${key}`, dtype, layout.shape, expected, { ...shown, location: 'device', device: 'webgpu' });
    onDevice[`${key}Bound`] = new View({ dtype, ...layout, data: { device, buffer: bound, byteOffset } });
    published.add(`onDevice.${key}Bound`, dtype, layout.shape, expected);
  }
}
const strings = new View({ dtype: 'string', shape: [2, 2], data: ['a', 'ß', '', 'long one'] });
published.add('strings', 'string', [2, 2], ['a', 'ß', '', 'long one']);
const turned = new View({ dtype: 'string', shape: [2, 2], strides: [-1, 2], offset: 1, data: ['a', 'b', 'c', 'd'] });
published.add('turned', 'string', [2, 2], ['b', 'd', 'a', 'c'], { strides: [-1, 2], offset: 1 });
const plain = new View({ dtype: 'float32', shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) });
published.add('plain', 'float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
const wrapping = new View({
  dtype: 'float32',
  shape: [2, 3],
  tensor: new View({ dtype: 'float32', tensor: plain, shape: [2, 3] }),
  label: 'outer',
});
published.add('wrapping', 'float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6), { label: 'outer' });
const bytes = new View({ dtype: 'unknown', shape: [5], data: new Uint8Array([1, 2, 3, 4, 5]).buffer });
published.add('bytes', 'unknown', [5], Uint8Array.of(1, 2, 3, 4, 5));
const halves = new View({ dtype: 'bfloat16', shape: [2], data: new Uint16Array([0x3f80, 0xff80]) });
published.add('halves', 'bfloat16', [2], Uint16Array.of(0x3f80, 0xff80));
const complex = new View({ dtype: 'complex64', shape: [1], data: new Float32Array([1, -2]) });
published.add('complex', 'complex64', [1], Float32Array.of(1, -2));

// Four elements, each of them a million million times; and one that nothing but its overlaps makes large.
const expanded = new View({
  dtype: 'float32',
  shape: [1e6, 4, 1e6],
  strides: [0, 1, 0],
  data: Float32Array.of(1, NaN, 0, 5),
});
const finite = new View({ dtype: 'float32', shape: [1e6, 1e6], strides: [0, 0], data: Float32Array.of(7) });
const overlapping = new View({ dtype: 'float32', shape: [1e6, 1e6], strides: [1, 1], data: new Float32Array(2e6) });

const data = new Float32Array(6);
const bad = {
  throws: {
    [Symbol.for('tensor.inspect')]: () => {
      throw new Error('not now');
    },
  },
  promised: { [Symbol.for('tensor.inspect')]: () => Promise.reject(new Error('offline')) },
  nothing: new View(undefined),
  kind: new View({ dtype: 'float32', shape: [6], data, kind: 'odd' }),
  state: new View({ dtype: 'float32', shape: [6], data, state: 'odd' }),
  dtype: new View({ dtype: 'f32', shape: [6], data }),
  shape: new View({ dtype: 'float32', shape: [-1], data }),
  strides: new View({ dtype: 'float32', shape: [6], strides: [1, 1], data }),
  fractional: new View({ dtype: 'float32', shape: [2], strides: [0.5], data }),
  offset: new View({ dtype: 'float32', shape: [2], offset: 'x', data }),
  outside: new View({ dtype: 'float32', shape: [7], data }),
  before: new View({ dtype: 'float32', shape: [2], strides: [-1], data }),
  noData: new View({ dtype: 'float32', shape: [6], reason: 'It is symbolic.', help: 'Run it with session.run(x).' }),
  wrongData: new View({ dtype: 'float32', shape: [6], data: 'text' }),
  fewStrings: new View({ dtype: 'string', shape: [3], data: ['a', 'b'] }),
  oddString: new View({ dtype: 'string', shape: [2], data: ['a', 7] }),
  sparse: new View({ kind: 'sparse', dtype: 'float32', shape: [3, 3], sparse: { indices: data, values: data } }),
  circle: new View({ dtype: 'float32', shape: [2] }),
  doubles: new View({ dtype: 'float32', shape: [2], data: new Float64Array([1, 2]) }),
};
bad.circle.description.tensor = new View({ dtype: 'float32', shape: [2], tensor: bad.circle });

function stop() {
  debugger;
  return [
    published,
    device,
    host,
    onDevice,
    strings,
    turned,
    plain,
    wrapping,
    bytes,
    halves,
    complex,
    expanded,
    finite,
    overlapping,
    bad,
    data,
  ];
}
stop();
// A rejection that nobody handled would end it before.
await new Promise((resolve) => setImmediate(resolve));
console.log('at its end');
process.exit(0);
