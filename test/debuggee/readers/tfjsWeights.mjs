// Layers that keep their weights elsewhere: recurrent ones in cells, wrappers in what they wrap, models in models.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const { layers } = tf;

class Scale extends layers.Layer {
  static className = 'Scale';
  build([, features]) {
    this.addWeight('scale', [features], 'float32', tf.initializers.ones());
    this.addWeight('steps', [1], 'float32', tf.initializers.zeros(), undefined, false);
    this.built = true;
  }
  call(inputs) {
    return inputs[0];
  }
  computeOutputShape(shape) {
    return shape;
  }
}

/** Its weights are what its own getter says, which must not be called. */
class Reversed extends Scale {
  static className = 'Reversed';
  get trainableWeights() {
    Reversed.asked++;
    return super.trainableWeights.reverse();
  }
}
Reversed.asked = 0;

const inner = tf.sequential({
  layers: [layers.dense({ units: 2, inputShape: [3] }), layers.batchNormalization(), new Scale({})],
});
inner.layers[0].trainable = false;
const nested = tf.sequential({
  layers: [
    layers.timeDistributed({ layer: layers.dense({ units: 3 }), inputShape: [4, 5] }),
    layers.bidirectional({ layer: layers.gru({ units: 2, returnSequences: true }) }),
    layers.rnn({ cell: [layers.lstmCell({ units: 2 }), layers.gruCell({ units: 3 })] }),
    inner,
  ],
});
const frozen = tf.sequential({
  layers: [layers.lstm({ units: 2, inputShape: [3, 2] }), layers.batchNormalization(), layers.dense({ units: 1 })],
});
frozen.layers[0].trainable = false;
const whole = tf.sequential({ layers: [layers.dense({ units: 2, inputShape: [2] }), layers.batchNormalization()] });
whole.trainable = false;
const reversed = tf.sequential({ layers: [layers.dense({ units: 2, inputShape: [2] }), new Reversed({})] });

const models = Object.entries({ nested, inner, frozen, whole, reversed });
let count = 0;
for (const [, { weights }] of models) for (const weight of weights) weight.write(tf.fill(weight.shape, ++count));
/** Of each model the first value of each weight, which no other weight has. */
const firsts = models.map(([name, model]) => [
  name,
  model.getWeights().map((weight) => weight.flatten().arraySync()[0]),
]);
const expected = JSON.stringify(Object.fromEntries(firsts));
Reversed.asked = 0;
debugger;
