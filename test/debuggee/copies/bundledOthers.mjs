// Bundled with jax-js and ONNX Runtime: nothing tells of them but the classes themselves.
import '../readers/webgpuGlobals.mjs';
import * as jax from '@jax-js/jax';
import { Tensor } from 'onnxruntime-common';

const { numpy: np } = jax;
await jax.init('cpu', 'webgpu');
jax.defaultDevice('cpu');
np.ones([4, 8]).js(); // #first
np.ones([2]).js(); // #second
for (let pass = 0; pass < 2; pass++) np.ones([3]).add(1).dataSync(); // #dataSync
await np.ones([1000]).mul(2).data(); // #awaited
np.array(7).item(); // #item
await new Tensor('float32', new Float32Array(6), [2, 3]).getData(); // #getData

jax.defaultDevice('webgpu');
await np.array(new Float32Array(1600)).data(); // #webgpu
debugger;
process.exit(0);
