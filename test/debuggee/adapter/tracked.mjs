// A loop over tensors on the backend of TFJS_BACKEND, which says what it computed and what it counts. AWAITS: it lets the
// event loop turn at every step. ENDING: how it ends.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

await tf.setBackend(process.env.TFJS_BACKEND);
await tf.ready();
if (process.env.TFJS_BACKEND === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
const steps = Number(process.env.STEPS ?? 5);

const model = { layers: [{ kernel: tf.linspace(-1, 1, 40_000).reshape([200, 200]) }] };
const seen = [];

function step(i) {
  const scaled = tf.mul(model.layers[0].kernel, i);
  const loss = tf.mean(tf.square(scaled));
  const spoiled = tf.log(tf.sub(scaled, i % 2));
  const { state } = tf.engine();
  const own = { i, tensors: tf.memory().numTensors, track: state.activeScope?.track.length ?? null }; // #LINE
  return { own, scaled, loss, spoiled };
}

function account({ own, scaled, loss, spoiled }, values) {
  const statistics = values.map((elements) => {
    const finite = elements.filter(Number.isFinite);
    const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
    const min = finite.reduce((a, b) => Math.min(a, b), Infinity);
    const max = finite.reduce((a, b) => Math.max(a, b), -Infinity);
    return { min, max, mean, nan: elements.filter(Number.isNaN).length };
  });
  seen.push({ ...own, statistics });
  tf.dispose([scaled, loss, spoiled]);
}

const kept = [];
for (let i = 1; i <= steps; i++) {
  const made = step(i);
  const reading = () => Promise.all([made.scaled, made.loss, made.spoiled].map(async (t) => [...(await t.data())]));
  if (process.env.AWAITS === '1') account(made, await reading());
  else kept.push([made, reading]);
}
if (process.env.ENDING !== 'early') for (const [made, reading] of kept) account(made, await reading());
console.log(JSON.stringify({ seen, memory: tf.memory().numTensors, globals: Object.keys(globalThis).length }));
if (process.env.ENDING === 'exit' || process.env.ENDING === 'early') process.exit(3);
if (process.env.ENDING === 'throw') throw new Error('the end');
