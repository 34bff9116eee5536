// ONNX Runtime in two copies: the program's own, and the one that transformers.js brings along; and in a part that is
// bundled with the class.
import { Tensor } from '@huggingface/transformers';
import * as ort from 'onnxruntime-node';
import * as bundled from 'onnxruntime-web/webgpu';

const own = new ort.Tensor('float32', new Float32Array(6), [2, 3]);
await own.getData(); // #own
const nested = new Tensor('float32', new Float32Array(4), [2, 2]);
await nested.ort_tensor.getData(); // #nested
const part = new bundled.Tensor('float32', new Float32Array(4), [2, 2]);
await part.getData(); // #part
console.log(own.constructor === nested.ort_tensor.constructor, own.constructor === part.constructor);
debugger;
