// Tensors of ONNX Runtime at every location, of every type, and what sessions return.
import './webgpuGlobals.mjs';
import { Tensor as WrappedTensor } from '@huggingface/transformers';
import * as ort from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';
import { onnxModel, smallModel } from './onnxModel.mjs';
import { ordinary, pattern, Published, shapes, sizeOf } from './publish.mjs';
import { gpu } from './webgpuGlobals.mjs';

const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const published = new Published();
const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: globalThis.Float16Array ?? Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};
const onHost = { runtime: 'onnxruntime', className: 'Tensor', device: 'cpu', location: 'host', how: 'view' };
const onDevice = { ...onHost, device: 'webgpu', location: 'device', how: 'copy' };
const groups = { cpu: {}, web: {}, pinned: {}, gpu: {}, wrapped: {} };
for (const [type, Data] of Object.entries(arrays)) {
  for (const shape of [...shapes, [40, 30, 3]]) {
    const name = `${type}_${shape.join('x')}`;
    const bytes = pattern(type, sizeOf(shape), shape.length + 4);
    const data = () => new Data(bytes.slice().buffer);
    groups.cpu[name] = new ort.Tensor(type, data(), shape);
    published.add(`groups.cpu.${name}`, type, shape, bytes, onHost);
    groups.web[name] = new ortWeb.Tensor(type, data(), shape);
    published.add(`groups.web.${name}`, type, shape, bytes, onHost);
    groups.pinned[name] = new ort.Tensor({ location: 'cpu-pinned', type, data: data(), dims: shape });
    published.add(`groups.pinned.${name}`, type, shape, bytes, onHost);
    groups.wrapped[name] = new WrappedTensor(type, data(), shape);
    published.add(`groups.wrapped.${name}`, type, shape, bytes, { ...onHost, className: '_Tensor' });
    if (!['float32', 'float16', 'int32', 'int64', 'uint32', 'uint8', 'bool'].includes(type)) continue;
    const buffer = device.createBuffer({
      size: Math.max(16, Math.ceil(bytes.length / 16) * 16),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const padded = new Uint8Array(buffer.size);
    padded.set(bytes);
    device.queue.writeBuffer(buffer, 0, padded);
    groups.gpu[name] = ortWeb.Tensor.fromGpuBuffer(buffer, {
      dataType: type,
      dims: shape,
      download: () => console.log('downloaded'),
      dispose: () => console.log('disposed'),
    });
    published.add(`groups.gpu.${name}`, type, shape, bytes, onDevice);
  }
}
// A view in the middle of a larger buffer.
const holder = ordinary(40, 3);
groups.cpu.view = new ort.Tensor('float32', holder.subarray(7, 19), [3, 4]);
published.add('groups.cpu.view', 'float32', [3, 4], holder.subarray(7, 19), onHost);
const words = ['', 'plain', 'größer', '漢字', '🙂', 'a\0b', 'x'.repeat(300), 'last'];
for (const shape of [[], [8], [2, 4], [2, 2, 2]]) {
  const name = `string_${shape.join('x')}`;
  groups.cpu[name] = new ort.Tensor('string', words.slice(0, sizeOf(shape)), shape);
  published.add(`groups.cpu.${name}`, 'string', shape, words.slice(0, sizeOf(shape)), onHost);
}
// Two elements to a byte, the first in its lower half.
const halves = Uint8Array.of(0x21, 0x8f, 0x07);
groups.cpu.uint4 = new ort.Tensor('uint4', halves, [5]);
published.add('groups.cpu.uint4', 'uint8', [5], Uint8Array.of(1, 2, 15, 8, 7), onHost);
groups.cpu.int4 = new ort.Tensor('int4', halves, [2, 3]);
published.add('groups.cpu.int4', 'int8', [2, 3], Int8Array.of(1, 2, -1, -8, 7, 0), onHost);

const session = await ort.InferenceSession.create(onnxModel(smallModel));
const webSession = await ortWeb.InferenceSession.create(onnxModel(smallModel));
const rows = Float32Array.of(1, 2, 3, 4, 5, 6);
const outputs = {
  node: (await session.run({ x: new ort.Tensor('float32', rows, [2, 3]) })).scores,
  web: (await webSession.run({ x: new ortWeb.Tensor('float32', rows, [2, 3]) })).scores,
};
// x times [[1, -1], [2, 0.5], [-3, 0.25]], plus [0.5, -0.5], and nothing below 0.
for (const name of Object.keys(outputs)) {
  published.add(`outputs.${name}`, 'float32', [2, 2], Float32Array.of(0, 0.25, 0, 0), onHost);
}

const disposed = new ort.Tensor('float32', rows.slice(), [2, 3]);
disposed.dispose();
const detached = new ort.Tensor('float32', rows.slice(), [2, 3]);
structuredClone(detached.data.buffer, { transfer: [detached.data.buffer] });
const mlTensor = new ortWeb.Tensor({ location: 'ml-tensor', type: 'float32', dims: [2], mlTensor: {} });
const texture = new ortWeb.Tensor({ location: 'texture', type: 'float32', dims: [2], texture: {} });
const packed = ortWeb.Tensor.fromGpuBuffer(groups.gpu.uint8_7.gpuBuffer, { dataType: 'int4', dims: [4] });
const destroyed = ortWeb.Tensor.fromGpuBuffer(
  device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC }),
  { dataType: 'float32', dims: [4] },
);
destroyed.gpuBuffer.destroy();
const unreadable = { disposed, detached, mlTensor, texture, packed, destroyed };

// Versions that are not there: an old one, whose data is its own property, and one whose fields have other names.
class Tensor {
  #values;
  constructor(type, data, dims, location = 'cpu') {
    this.#values = { type, data, dims, location };
  }
  get type() {
    return this.#values.type;
  }
  get dims() {
    return this.#values.dims;
  }
  get location() {
    return this.#values.location;
  }
  get data() {
    if (this.#values.location !== 'cpu') throw new Error('The data is not on CPU.');
    return this.#values.data;
  }
  get gpuBuffer() {
    throw new Error('The data is not stored as a WebGPU buffer.');
  }
  getData() {
    throw new Error('never called');
  }
}
const versions = {
  old: { type: 'float32', data: rows, dims: [3, 2], size: 6 },
  unknown: new Tensor('float32', rows, [2, 3]),
};
/** Of a tensor as it is, only the property with the values is called otherwise. */
class Renamed {
  constructor(type, hostData, dims) {
    Object.assign(this, { type, dims, size: hostData.length, dataLocation: 'cpu', hostData });
  }
  get data() {
    if (!this.hostData) throw new Error('The data is not on CPU.');
    return this.hostData;
  }
  get location() {
    return this.dataLocation;
  }
  get gpuBuffer() {
    throw new Error('never called');
  }
  getData() {
    throw new Error('never called');
  }
}
versions.renamed = new Renamed('float32', rows, [2, 3]);
published.add('versions.renamed', 'float32', [2, 3], rows, { runtime: 'onnxruntime', how: 'view' });
unreadable.empty = Object.assign(new Renamed('float32', rows, [2, 3]), { hostData: undefined });
published.add('versions.old', 'float32', [3, 2], rows, { runtime: 'onnxruntime' });
published.add('versions.unknown', 'float32', [2, 3], rows, { runtime: 'onnxruntime', how: 'view' });
const unknownOnDevice = new Tensor('float32', undefined, [2, 3], 'gpu-buffer');

function stop() {
  debugger;
  return [published, device, groups, session, webSession, outputs, unreadable, versions, unknownOnDevice];
}
stop();
process.exit(0);
