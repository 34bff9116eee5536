// Tensors of ONNX Runtime, and what a session makes of them after the stop.
import { Tensor as WrappedTensor } from '@huggingface/transformers';
import * as ort from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';

let matrix = new ort.Tensor('float32', new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
let web = new ortWeb.Tensor('int32', new Int32Array(3), [3]);
let half = new ort.Tensor('float16', new Uint16Array(3), [3]);
let flags = new ort.Tensor('bool', new Uint8Array(3), [3]);
let pinned = new ort.Tensor({ location: 'cpu-pinned', type: 'float32', data: new Float32Array(3), dims: [3] });
let narrow = new ort.Tensor('uint4', new Uint8Array(2), [3]);
let wrapped = new WrappedTensor('float32', new Float32Array(3), [3]);
const original = matrix;
const feeds = { x: new ort.Tensor('float32', new Float32Array(3), [3]) };
debugger;
console.log(
  JSON.stringify({
    matrix: [matrix instanceof ort.Tensor, matrix.location, matrix.dims, ...matrix.data],
    original: [...original.data],
    web: [web instanceof ortWeb.Tensor, ...web.data],
    half: [...new Uint16Array(half.data.buffer)],
    flags: [...flags.data],
    fed: [...feeds.x.data],
    others: [pinned, narrow, wrapped].map(({ dims }) => dims),
  }),
);
