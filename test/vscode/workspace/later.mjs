// A graph whose engine computes asynchronously only: TensorFlow.js has no other way for the op Where.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const bool = { dtype: { type: 'DT_BOOL' }, shape: { shape: { dim: [{ size: '-1' }] } } };
const model = tf.loadGraphModelSync({
  modelTopology: {
    node: [
      { name: 'c', op: 'Placeholder', attr: bool },
      { name: 'where', op: 'Where', input: ['c'], attr: { T: { type: 'DT_BOOL' } } },
    ],
    versions: { producer: 1 },
  },
  weightSpecs: [],
  weightData: new ArrayBuffer(0),
});
for (let pass = 0; pass < 10; pass++) {
  console.log(model.outputs.length, pass); // #pass
  // Long enough for a slow machine to compute the value meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 1500));
}
