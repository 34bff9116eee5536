// For each warning, a program that provokes it (WARN) and one close to it that must not (else). Both stop at the end.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import * as jax from '@jax-js/jax';
import { Tensor } from 'onnxruntime-common';
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
  async 'mixed-modes, beside a model'() {
    // Building a Layers model beside eager tensors is no mix; a graph of the runtime is.
    const input = tf.input({ shape: [3] });
    const hidden = tf.layers.dense({ units: 2 }).apply(input);
    const output = tf.layers.dense({ units: 1 }).apply(hidden);
    const model = tf.model({ inputs: input, outputs: output });
    const warm = model.predict(tf.ones([1, 3]));
    const graph = new rt.Graph();
    const later = warn ? graph.asDefault(() => rt.placeholder('float32', { shape: [2] })) : undefined;
    ((warm, input, hidden, output, model, later) => {
      // In variables of their own, as in the function that builds the model.
      debugger;
      return [warm, input, hidden, output, model, later];
    })(warm, input, hidden, output, model, later);
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
  async 'copy-in-loop, blocking'() {
    await jax.init('wasm');
    jax.defaultDevice('wasm');
    const square = jax.numpy.ones([600, 600]);
    // Ten numbers each time, of which most is the wait.
    for (const end = performance.now() + 800; performance.now() < end;) {
      const few = jax.numpy.matmul(square.ref, square.ref).slice(0, [0, 10]);
      if (warn) few.dataSync();
      else await few.data();
    }
    stop({});
  },
  async 'large-copy'() {
    await tf.setBackend('webgpu');
    stop({ tensor: tf.ones(warn ? [2048, 2560] : [64]).mul(2) });
  },
  async 'large-copy, of a slice'() {
    await tf.setBackend('webgpu');
    stop({ tensor: tf.ones([2048, 2560]).mul(2) });
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
  async 'leaves-gradient, of what it is asked for'() {
    const [x, y] = [tf.tensor([3, 4]), tf.tensor([1, 2])];
    const square = (x) => {
      const host = x.dataSync();
      return x.square().mul(host.length).sum();
    };
    square(x);
    if (warn) tf.valueAndGrad(square)(x);
    // It may be either of two.
    const gradient = tf.grad((x) => x.mul(y).mul(y.dataSync().length).sum());
    stop({ dx: gradient(x) });
  },
  async 'leaves-gradient, of one of several'() {
    const [x, y] = [tf.tensor([3, 4]), tf.tensor([1, 2])];
    const gradient = tf.grad((x) => {
      const host = (warn ? x : y).dataSync();
      return x.square().mul(y.square()).mul(host.length).sum();
    });
    stop({ dx: gradient(x) });
  },
  async 'leaves-gradient, remade beside others'() {
    const host = tf.tensor([1, 2]).square().dataSync();
    const [x, y] = [tf.tensor(host), tf.tensor(host)];
    // Asked for both, nothing ends there; of a factor of what the gradient is asked for nothing is known.
    const unsure = tf.grads((x, y) => x.square().mul(y.square()).sum())([x, y]);
    tf.grad((x) => x.mul(y).sum())(x);
    const factor = tf.tensor(host); // made of the copy
    if (warn) tf.grad((x) => x.square().mul(factor.sqrt()).sum())(x);
    stop({ unsure, factor });
  },
  async 'leaves-gradient, of one that it does not use'() {
    const x = tf.tensor([1, 2, 3]);
    const remade = (x) => tf.tensor(x.arraySync()).sum();
    remade(x);
    try {
      if (warn) tf.grad(remade)(x);
    } catch (error) {
      console.log(error.message);
    }
    stop({ x });
  },
  async 'leaves-gradient, of a variable'() {
    const weights = tf.variable(tf.tensor([3, 4]));
    const frozen = tf.variable(tf.tensor([1, 2]), false);
    const optimizer = tf.train.sgd(0.1);
    weights.dataSync();
    for (let step = 0; step < 2; step++) {
      optimizer.minimize(() => {
        const host = (warn ? weights : frozen).dataSync();
        return weights.mul(frozen).mul(host.length).sum();
      });
    }
    stop({ weights });
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
  async 'shared-memory, of several tensors'() {
    const tensor = tf.tensor([1, 2, 3]);
    const reshaped = tensor.reshape([3, 1]);
    const buffer = warn ? reshaped.bufferSync() : tf.buffer([3, 1]);
    stop({ tensor, reshaped, buffer });
  },
  async 'shared-memory, of the runtime'() {
    await tf.setBackend('cpu');
    const tensor = rt.constant([1, 2]);
    stop({ tensor, view: warn ? tensor.numpyView() : tensor.numpy() });
  },
  async 'shared-memory, of another runtime'() {
    const bytes = Buffer.from([1, 2, 3]);
    const tensor = new Tensor('uint8', warn ? bytes : new Uint8Array(bytes), [3]);
    stop({ bytes, tensor });
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
  async 'sync-read, of jax-js'() {
    await jax.init('webgpu');
    jax.defaultDevice('webgpu');
    const loss = jax.numpy.ones([300]).add(jax.numpy.arange(300)).sum();
    try {
      if (warn) loss.item();
      else await loss.data();
    } catch (error) {
      console.log(error.message);
    }
    // What jax-js computes on the host, whatever the device, blocks for nothing.
    jax.numpy.arange(2).add(1).js();
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
  async 'disposed, a variable without a name'() {
    const variable = tf.variable(tf.tensor([1, 2, 3]));
    if (warn) variable.dispose();
    stop({ variable });
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
  async 'debugger-fault'() {
    const recorder = globalThis[Symbol.for('tensor-debugger.recorder.v1')];
    const defect = () => {
      throw new Error('a defect');
    };
    if (warn) recorder.begin = defect;
    const copied = tf.ones([2]);
    if (copied.dataSync()[0] === 1) copied.dataSync();
    stop({ copied });
  },
};

await tf.setBackend('cpu');
await programs[process.env.CODE]();
process.exit(0);
