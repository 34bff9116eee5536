/**
 * A small convolutional network that learns to tell circles, squares, crosses and stripes apart, on images that it
 * draws itself.
 *
 *     node --import tsx samples/train.ts [steps]
 */
import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from './backend.ts';
import { drawBatch, shapeNames } from './shapes.ts';

const steps = Number(process.argv[2] ?? 40);
const batchSize = 16;
const imageSize = 16;

console.log(`training on ${await chooseBackend()}`);

const filters1 = tf.variable(tf.randomNormal([5, 5, 1, 4], 0, 0.2, 'float32', 1), true, 'filters1');
const filters2 = tf.variable(tf.randomNormal([3, 3, 4, 8], 0, 0.1, 'float32', 2), true, 'filters2');
const weights = tf.variable(tf.randomNormal([4 * 4 * 8, shapeNames.length], 0, 0.05, 'float32', 3), true, 'weights');
const bias = tf.variable(tf.zeros([shapeNames.length]), true, 'bias');
const optimizer = tf.train.adam(0.02);

/** Scores per shape, before the softmax. */
function predict(images: tf.Tensor4D): tf.Tensor2D {
  const layer1 = images
    .conv2d(filters1 as tf.Tensor4D, 1, 'same')
    .relu()
    .maxPool(2, 2, 'same');
  const layer2 = layer1
    .conv2d(filters2 as tf.Tensor4D, 1, 'same')
    .relu()
    .maxPool(2, 2, 'same');
  return layer2
    .reshape([-1, 4 * 4 * 8])
    .matMul(weights as tf.Tensor2D)
    .add(bias);
}

/** One step of gradient descent; the loss stays on the device. */
function trainStep(images: tf.Tensor4D, labels: tf.Tensor1D): tf.Scalar {
  const targets = tf.oneHot(labels, shapeNames.length);
  const { value: loss, grads } = tf.variableGrads(() =>
    tf.losses.softmaxCrossEntropy(targets, predict(images)).asScalar(),
  );
  optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
  tf.dispose([targets, grads]);
  return loss;
}

for (let step = 1; step <= steps; step++) {
  const { pixels, answers } = drawBatch(batchSize, imageSize, step);
  const images = tf.tensor4d(pixels, [batchSize, imageSize, imageSize, 1]);
  const labels = tf.tensor1d(answers, 'int32');
  const loss = trainStep(images, labels);
  if (step % 10 === 0) console.log(`step ${step}  loss ${(await loss.data())[0]?.toFixed(4)}`);
  tf.dispose([images, labels, loss]);
}

const { pixels, answers } = drawBatch(200, imageSize, steps + 1);
const scores = predict(tf.tensor4d(pixels, [200, imageSize, imageSize, 1]));
const guesses = await scores.argMax(1).data();
const right = answers.filter((answer, index) => answer === guesses[index]).length;
console.log(`${right} of 200 new images are told right`);
