// On the cpu backend: numbers and words.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');

function look() {
  const numbers = tf.tensor1d([1, 2, 3]).add(1);
  const words = tf.tensor1d(['one', 'two']);
  const plain = [
    [1, 2],
    [3, 4],
  ];
  return numbers.size + words.size + plain.length; // #words
}
console.log(look());
