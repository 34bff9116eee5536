// Tensors of ONNX Runtime that tell where they are, and a transformers.js tensor that would notice its traps.
import '../readers/webgpuGlobals.mjs';
import { Tensor as WrappedTensor } from '@huggingface/transformers';
import * as ort from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';
import { onnxModel, smallModel } from '../readers/onnxModel.mjs';
import { gpu } from '../readers/webgpuGlobals.mjs';

const device = await (await gpu.requestAdapter()).requestDevice();
const log = [];
const data = () => Float32Array.of(1, 2, 3, 4, 5, 6);

/** A GPU tensor as a session makes one: with a way to download it, and one to let go of it. */
function onDevice() {
  const { COPY_DST, COPY_SRC, STORAGE } = GPUBufferUsage;
  const buffer = device.createBuffer({ size: 32, usage: STORAGE | COPY_SRC | COPY_DST });
  device.queue.writeBuffer(buffer, 0, data());
  return ortWeb.Tensor.fromGpuBuffer(buffer, {
    dataType: 'float32',
    dims: [2, 3],
    download: async () => (log.push('download'), data()),
    dispose: () => log.push('dispose'),
  });
}

// Every trap and every getter of the classes tells that it ran.
const watched = (target) =>
  new Proxy(
    target,
    Object.fromEntries(
      Object.getOwnPropertyNames(Reflect).map((name) => [
        name,
        (...args) => (log.push(`trap ${name} ${String(args[1])}`), Reflect[name](...args)),
      ]),
    ),
  );
for (const { prototype } of [ort.Tensor, ortWeb.Tensor, WrappedTensor, ort.InferenceSession]) {
  for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (!get) continue;
    Object.defineProperty(prototype, key, {
      get() {
        log.push(`getter ${key}`);
        return get.call(this);
      },
    });
  }
}

function account(where, tensors) {
  const entries = log.splice(0).join(', ');
  const states = Object.entries(tensors).map(([name, tensor]) => {
    const keys = Object.keys(tensor.ort_tensor ?? tensor).join();
    return `${name} ${tensor.location} ${tensor.size} ${keys}`;
  });
  log.length = 0;
  console.log(where, `[${entries}]`, states.join('; '));
}

function stop(tensors) {
  debugger;
  return tensors;
}

const session = await ort.InferenceSession.create(onnxModel(smallModel));
const webSession = await ortWeb.InferenceSession.create(onnxModel(smallModel));
const tensors = {
  cpu: new ort.Tensor('float32', data(), [2, 3]),
  big: new ort.Tensor('int64', BigInt64Array.of(1n, -1n), [2]),
  words: new ort.Tensor('string', ['a', 'b'], [2]),
  gpu: onDevice(),
  wrapped: new WrappedTensor('float32', data(), [2, 3]),
};
tensors.around = watched(tensors.wrapped);
account('start', tensors);
stop({ ...tensors, session, webSession });
account('looked at', tensors);

const feeds = { x: tensors.cpu };
const pending = session.run(feeds);
stop({ feeds, pending, session });
const outputs = await pending;
account('run', outputs);
stop({ ...outputs, session });
account('looked at', outputs);

const webOutputs = await webSession.run({ x: new ortWeb.Tensor('float32', data(), [2, 3]) });
stop({ ...webOutputs, webSession });
account('run in WebAssembly', webOutputs);

const moving = tensors.gpu.getData();
stop(tensors);
await moving;
account('moved', tensors);
stop(tensors);
tensors.gpu.dispose();
account('disposed', tensors);
stop(tensors);
account('disposed, looked at', tensors);
const sliced = tensors.wrapped.slice([0, 1]);
stop({ sliced });
console.log(sliced.dims.join(), [...sliced.data].join());
await session.release();
console.log('end', log.length);
process.exit(0);
