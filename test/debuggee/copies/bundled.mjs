// Conversions at lines of their own, for a bundle that has TF.js in the same file.
import * as tf from '@tensorflow/tfjs';

async function main() {
  const values = tf.ones([4]);
  values.dataSync(); // #dataSync
  const print = (tensor) => tensor.print(); // #print
  print(values);
  const read = () => values.arraySync(); // #arraySync
  for (let pass = 0; pass < 3; pass++) read();
  (() => read())();
  await values.data(); // #awaited
  const dx = tf.grad((x) => {
    const squared = x.square();
    squared.arraySync(); // #gradient
    return squared.sum();
  })(values);
  debugger;
  process.exit(dx ? 0 : 1);
}
void main();
