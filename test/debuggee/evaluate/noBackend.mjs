// Stops before the first op: TF.js has no backend yet, and gets none by being looked at. BACKEND: one that starts asynchronously.
import * as tf from '@tensorflow/tfjs-core';
import * as rt from 'tensor-debugger/runtime';

if (process.env.BACKEND === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
rt.compat.v1.disableEagerExecution();
const a = rt.constant(
  [
    [1, 2],
    [3, 4],
  ],
  { dtype: 'int32' },
);
const out = rt.multiply(a, rt.add(a, 1));
const account = () => {
  const engine = tf.engine();
  const { state, registry, ENV, constructor } = engine;
  const { numTensors, numBytes, nextScopeId } = state;
  const fields = Object.keys(engine).map((key) => [key, String(engine[key])]);
  const { nextTensorId } = constructor;
  return JSON.stringify([fields, Object.keys(registry), ENV.flags, numTensors, numBytes, nextScopeId, nextTensorId]);
};
const before = account();
debugger;
console.log(before === account() ? 'the same' : `${before}\n${account()}`);
if (process.env.BACKEND !== 'wasm') console.log(String(await out.eval({ session: new rt.Session() })));
