// Raw GPU buffers: every dtype that memory can be read as, and every combination of usage flags that a read can meet.
import { gpu } from './webgpuGlobals.mjs';
import { numericDTypes, ordinary, pattern, Published } from './publish.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const { COPY_DST, COPY_SRC, STORAGE } = GPUBufferUsage;
const published = new Published();

function bufferOf(bytes, usage, label) {
  const buffer = device.createBuffer({
    size: Math.ceil(bytes.byteLength / 4) * 4,
    usage: usage | COPY_DST,
    ...(label && { label }),
  });
  const padded = new Uint8Array(buffer.size);
  padded.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  device.queue.writeBuffer(buffer, 0, padded);
  return buffer;
}

const flags = { both: COPY_SRC | STORAGE, copied: COPY_SRC, bound: STORAGE };
const buffers = {};
for (const dtype of numericDTypes) {
  for (const [name, usage] of Object.entries(flags)) {
    const key = `${dtype}_${name}`;
    const bytes = pattern(dtype, 40 * 31 * 3, 17);
    buffers[key] = bufferOf(bytes, usage, key);
    published.add(`buffers.${key} as ${dtype}[40, 31, 3]`, dtype, [40, 31, 3], bytes, {
      label: key,
      device: 'webgpu',
      how: 'copy',
    });
    published.add(`buffers.${key} as ${dtype}[2, 3, 2, 5, 2, 31]`, dtype, [2, 3, 2, 5, 2, 31], bytes);
    published.add(`buffers.${key} as ${dtype}[]`, dtype, [], bytes.slice(0, bytes.length / 3720));
    published.add(`buffers.${key} as ${dtype}[3, 0]`, dtype, [3, 0], new Uint8Array(0));
  }
}
const untyped = bufferOf(pattern('uint8', 400, 2), flags.both);
published.add('untyped', 'unknown', [400], pattern('uint8', 400, 2));
// More than one group of the reduction, of an odd number of elements.
for (const [name, usage] of Object.entries(flags)) {
  const long = ordinary(100_001, 6, -5, 4);
  long[70_000] = NaN;
  long[99_999] = Infinity;
  buffers[`long_${name}`] = bufferOf(long, usage);
  published.add(`buffers.long_${name} as float32[100001]`, 'float32', [100_001], long);
}

// Sizes that are no multiple of four: what is beyond the last whole word, copies of buffers don't reach.
const odd = {};
for (const size of [1, 2, 3, 5, 4099, 4102]) {
  for (const [name, usage] of Object.entries({ both: flags.both, copied: flags.copied })) {
    const bytes = pattern('uint8', size, size);
    const target = device.createBuffer({ size, usage: usage | COPY_DST });
    // Texture copies go by texels of one byte.
    const texture = device.createTexture({
      size: [1],
      format: 'r8uint',
      usage: GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC,
    });
    const whole = size - (size % 4);
    if (whole > 0) device.queue.writeBuffer(target, 0, bytes, 0, whole);
    for (let at = whole; at < size; at++) {
      device.queue.writeTexture({ texture }, bytes.subarray(at, at + 1), {}, [1]);
      const encoder = device.createCommandEncoder();
      encoder.copyTextureToBuffer({ texture }, { buffer: target, offset: at }, [1]);
      device.queue.submit([encoder.finish()]);
    }
    odd[`${name}${size}`] = target;
    published.add(`odd.${name}${size}`, 'unknown', [size], bytes);
    if (size > 4000 && size % 2 === 0) published.add(`odd.${name}${size} as uint16`, 'uint16', [size / 2], bytes);
  }
}
await device.queue.onSubmittedWorkDone();

function stop() {
  debugger;
  return [published, device, buffers, untyped, odd];
}
stop();
process.exit(0);
