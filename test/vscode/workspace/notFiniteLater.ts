// A NaN on the GPU that is found after its read, when none of the program's functions is on the stack.
import * as tf from '@tensorflow/tfjs';
import './gpu.ts';

const logits = tf.range(0, 4096).sub(1);
const roots = logits.sqrt();
console.log((await roots.data()).length);
setTimeout(() => console.log(roots.shape), 10_000);
