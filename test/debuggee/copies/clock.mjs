// Puts a clock of its own in the place of the real one, as fake timers do; it notices who looks at it.
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

await tf.setBackend('wasm');
const values = tf.ones([64, 64]).mul(2);
let looks = 0;
performance.now = () => {
  looks++;
  return 5;
};
for (let pass = 0; pass < 20; pass++) values.dataSync();
await values.data();
function stop(tensor) {
  debugger;
  return tensor;
}
stop(values);
console.log(`${looks} looks`);
process.exit(0);
