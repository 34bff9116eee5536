import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../../../samples/backend.ts';

await chooseBackend();
const product = tf.range(0, 4096).reshape([64, 64]).matMul(tf.eye(64)); // #begun
for (let i = 0; i < 200; i++) {
  await product.add(i).data();
}
console.log(product.shape); // #copied
