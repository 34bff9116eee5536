// The public side of tfjs-node's backend, which needs a download that not every machine can make: a backend named `tensorflow`
// that answers `readSync()` and keeps its values where nobody else sees them.
import * as tf from '@tensorflow/tfjs';

class NodeBackend extends tf.KernelBackend {
  #memory = new Map();
  reads = 0;
  write(values, shape, dtype) {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }
  move(dataId, values) {
    this.#memory.set(dataId, values);
  }
  readSync(dataId) {
    this.reads++;
    return this.#memory.get(dataId).slice();
  }
  async read(dataId) {
    return this.readSync(dataId);
  }
  disposeData(dataId) {
    return this.#memory.delete(dataId);
  }
  numDataIds() {
    return this.#memory.size;
  }
  floatPrecision() {
    return 32;
  }
  timerAvailable() {
    return false;
  }
}
tf.registerBackend('tensorflow', () => new NodeBackend());
await tf.setBackend('tensorflow');
const numbers = tf.tensor([1.5, -2, 3, 4, 5, 6], [2, 3]);
const flags = tf.tensor([true, false], [2], 'bool');
const gone = tf.tensor([1]);
gone.dispose();
debugger;
console.log(numbers.shape, flags.shape, gone.isDisposed, tf.memory().numTensors);
