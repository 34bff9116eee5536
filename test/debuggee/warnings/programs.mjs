// For each warning, a program that provokes it (WARN) and one close to it that must not (else). Both stop at the end.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import * as jax from '@jax-js/jax';
import * as rt from '../../../dist/runtime.mjs';

const warn = process.env.WARN === '1';
tf.env().set('WEBGPU_CPU_FORWARD', false);
const stop = (names) => {
  debugger;
  return names;
};

const programs = {
  async 'symbolic-no-value'() {
    const input = tf.input({ shape: [3] });
    stop(warn ? { input } : { value: tf.ones([1, 3]) });
  },
  async 'graph-mode'() {
    const graph = new rt.Graph();
    const logits = graph.asDefault(() => rt.placeholder('float32', { shape: [2], name: 'logits' }));
    try {
      if (warn) logits.numpy();
      else rt.constant([1, 2]).numpy();
    } catch (error) {
      console.log(error.message);
    }
    stop({ graph });
  },
  async 'mixed-modes'() {
    const graph = new rt.Graph();
    const later = graph.asDefault(() => rt.placeholder('float32', { shape: [2], name: 'later' }));
    stop(warn ? { later, now: rt.constant([1, 2]) } : { later });
  },
  async 'mixed-modes, of a model'() {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3] })] });
    const input = model.inputs[0];
    const batch = tf.ones([1, 3]);
    ((model, batch, extra) => {
      // In variables of their own: the model's inputs and outputs are listed, too.
      debugger;
      return [model, batch, extra];
    })(model, batch, warn ? input : undefined);
  },
  async 'copy-in-loop'() {
    await tf.setBackend('webgpu');
    // Every intermediate of every step, or a loss of each.
    for (let step = 0; step < 8; step++) {
      const activations = tf.ones([1024, 1024]).mul(step);
      const copied = warn ? activations : activations.sum();
      await copied.data();
      tf.dispose([activations, copied]);
    }
    stop({});
  },
  async 'large-copy'() {
    await tf.setBackend('webgpu');
    stop({ tensor: tf.ones(warn ? [2048, 2560] : [64]).mul(2) });
  },
  async 'not-enough-memory'() {
    // Strides of 0: one number, repeated. Its copy would be a petabyte.
    const shape = warn ? [2 ** 24, 2 ** 24] : [4, 4];
    const repeated = {
      [Symbol.for('tensor.inspect')]: () => ({ dtype: 'float32', shape, strides: [0, 0], data: new Float32Array(1) }),
    };
    stop({ repeated });
  },
  async 'leaves-gradient'() {
    const constant = tf.tensor([1, 2]);
    const gradient = tf.grad((x) => {
      const squared = x.square();
      (warn ? squared : constant).dataSync();
      return squared.sum();
    });
    stop({ dx: gradient(tf.tensor([3, 4])) });
  },
  async 'leaves-gradient, remade outside'() {
    const variable = tf.variable(tf.tensor([3, 4]));
    const computed = tf.tensor([1, 2]).square();
    const host = computed.dataSync();
    const factor = warn ? tf.tensor(host) : computed;
    const { grads } = tf.variableGrads(() => variable.mul(factor).sum());
    // Asked for the gradient of one that was made of converted values, nothing ends there.
    const dx = tf.grad((x) => x.square().sum())(tf.tensor(host));
    stop({ grads, dx });
  },
  async 'leaves-gradient, remade inside'() {
    await tf.setBackend('webgpu');
    const computed = tf.tensor([1, 2]).square();
    const own = new Float32Array([1, 2]);
    const host = await computed.data();
    const gradient = tf.grad((x) => x.mul(tf.tensor(warn ? host : own)).sum());
    stop({ dx: gradient(tf.tensor([3, 4])) });
  },
  async 'leaves-gradient, restored'() {
    // What was read back once, and trains on.
    const restored = warn ? tf.tensor([1, 2]).square().dataSync() : new Float32Array([1, 2]);
    const [variable, factor] = [tf.variable(tf.tensor(restored)), tf.tensor(restored)];
    const { grads } = tf.variableGrads(() => (warn ? variable.mul(factor) : variable).sum());
    const again = tf.tensor(new Float32Array(variable.dataSync()));
    stop({ grads, again });
  },
  async 'shared-memory'() {
    const values = new Float32Array([1, 2, 3]);
    stop({ values, tensor: tf.tensor(warn ? values : values.slice()) });
  },
  async 'sync-read'() {
    await tf.setBackend('webgpu');
    const tensor = tf.ones([4]).mul(2);
    if (!warn) await tensor.data();
    try {
      tensor.dataSync();
    } catch (error) {
      console.log(error.message);
    }
    stop({});
  },
  async 'consumes-reference'() {
    await jax.init('cpu');
    jax.defaultDevice('cpu');
    stop({ array: warn ? jax.numpy.array([1, 2]) : new Float32Array([1, 2]) });
  },
  async disposed() {
    const tensor = tf.tensor([1, 2]);
    if (warn) tensor.dispose();
    stop({ tensor });
  },
  async 'lossy-dtype'() {
    const dtype = warn ? 'bfloat16' : 'float16';
    stop({ halves: { [Symbol.for('tensor.inspect')]: () => ({ dtype, shape: [2], data: new Uint16Array(2) }) } });
  },
  async 'sparse-to-dense'() {
    const size = warn ? 1000 : 2;
    stop({
      sparse: new rt.SparseTensorValue(
        [
          [0, 0],
          [0, 1],
        ],
        [1, 2],
        [size, size],
      ),
    });
  },
  async 'not-finite'() {
    stop({ values: new Float32Array([1, warn ? NaN : 2]) });
  },
};

await tf.setBackend('cpu');
await programs[process.env.CODE]();
process.exit(0);
