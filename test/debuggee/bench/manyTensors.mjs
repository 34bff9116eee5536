// A thousand tensors in the scope of a function that stops again and again.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const names = Array.from({ length: 1000 }, (_, index) => `t${index}`);
const stop = new Function(...names, `debugger; return [${names.join(', ')}];`);
const tensors = names.map((_, index) => tf.tensor([index, index + 1]));
for (let round = 0; round < Number(process.env.BENCH_ROUNDS); round++) stop(...tensors);
process.exit(0);
