// A vm context with a module registry of its own, as Jest gives each test file one: TF.js is loaded in there.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import vm from 'node:vm';
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
const outside = { console, process, performance, Buffer, URL, TextEncoder, TextDecoder };
const timers = { setTimeout, clearTimeout, setImmediate, clearImmediate, queueMicrotask };
const context = vm.createContext({ ...outside, ...timers, ...globals, navigator: { gpu: create([]) } });
const registry = new Map();

function load(from, request) {
  const path = createRequire(from).resolve(request);
  if (path === request || request.startsWith('node:')) return createRequire(from)(request);
  if (registry.has(path)) return registry.get(path).exports;
  const module = { exports: {} };
  registry.set(path, module);
  const names = ['module', 'exports', 'require', '__filename', '__dirname'];
  const run = vm.compileFunction(readFileSync(path, 'utf8'), names, { filename: path, parsingContext: context });
  run(module, module.exports, (wanted) => load(path, wanted), path, dirname(path));
  return module.exports;
}

context.global = context;
context.tf = load(import.meta.filename, '@tensorflow/tfjs');
context.webgpuBackend = load(import.meta.filename, '@tensorflow/tfjs-backend-webgpu');
const inside = `
async function inside(backend) {
  await tf.setBackend(backend);
  let doubled = tf.tensor2d([[1, 2], [3, 4]]).mul(2);
  let own = new Float32Array([1, 2, 3]);
  const nested = { loss: tf.scalar(0.5) };
  debugger;
  const { numTensors } = tf.memory();
  const squared = await doubled.matMul(doubled).data(); const values = [...await doubled.data()];
  return JSON.stringify([values, [...own], numTensors, Object.getOwnPropertySymbols(globalThis).length, [...squared]]);
}
inside(${JSON.stringify(process.env.TFJS_BACKEND)})
`;
console.log(await vm.runInContext(inside, context, { filename: 'inside.js' }));

// And one that nothing leads out of.
vm.runInContext(
  '(function alone() { const own = new Float32Array(3); debugger; return own; })()',
  vm.createContext({}),
);
