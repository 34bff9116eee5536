// A gradient function, and a loop: only a breakpoint's condition converts their tensors.
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const weights = tf.variable(tf.ones([4]));
for (let step = 0; step < 3; step++) {
  const { value } = tf.variableGrads(() => {
    const loss = weights
      .square()
      .sum()
      .mul(step + 1);
    return loss; // #BP
  });
  value.dispose();
}
process.exit(0);
