// What a program can see while its own copies are counted: stack traces, limits, properties, the order of microtasks,
// rejections that nobody handles, and what is collected.
import '../readers/webgpuGlobals.mjs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

const log = (...parts) => process.stdout.write(`${parts.join(' ')}\n`);
const globals = Object.getOwnPropertyNames(globalThis).filter((name) => name.startsWith('_tf'));

await tf.setBackend(process.env.TFJS_BACKEND);
tf.env().set('WEBGPU_CPU_FORWARD', false);

log('limit', Error.stackTraceLimit, Object.hasOwn(Error, 'prepareStackTrace'), typeof Error.prepareStackTrace);
log('globals', globals, JSON.stringify(Object.getOwnPropertyDescriptor(globalThis, '_tfengine')?.enumerable));
const { prototype } = tf.Tensor;
for (const name of ['data', 'dataSync', 'array', 'arraySync', 'print', 'throwIfDisposed']) {
  const { value, ...rest } = Object.getOwnPropertyDescriptor(prototype, name);
  log(name, value.name, value.length, JSON.stringify(rest), String(value).length);
}
const engine = Object.getPrototypeOf(tf.engine());
for (const name of ['read', 'readSync']) {
  const { enumerable, configurable } = Object.getOwnPropertyDescriptor(engine, name);
  log(name, engine[name].name, engine[name].length, enumerable, configurable, String(engine[name]).length);
}
log('keys', Object.keys(prototype).join(), Object.keys(engine).join());

/** Line numbers and all: nothing may be added, and nothing lost to a limit. */
function stackOf(error) {
  return error.stack.replaceAll('\n', ' | ');
}
export const live = tf.tensor([4, 5]);
const gone = tf.tensor([1, 2, 3]);
gone.dispose();
for (const read of ['dataSync', 'arraySync', 'print']) {
  try {
    gone[read]();
  } catch (error) {
    log(read, stackOf(error));
  }
}
for (const read of ['data', 'array']) await gone[read]().catch((error) => log(read, stackOf(error)));
function deep(levels, act) {
  return levels === 0 ? act() : deep(levels - 1, act);
}
try {
  deep(12, () => gone.dataSync());
} catch (error) {
  log('deep', stackOf(error));
}
if (process.env.TFJS_BACKEND === 'webgpu') {
  try {
    tf.ones([4]).mul(2).dataSync();
  } catch (error) {
    log('device', stackOf(error));
  }
} else {
  const console = globalThis.console;
  globalThis.console = { ...console, log: () => log('print', stackOf(new Error('here'))) };
  tf.tensor([1, 2]).print();
  globalThis.console = console;
  Error.prepareStackTrace = (error, sites) => sites.map((site) => site.getFunctionName()).join();
  try {
    gone.arraySync();
  } catch (error) {
    log('sites', error.stack);
  }
  delete Error.prepareStackTrace;
}
Error.stackTraceLimit = 3;
await tf.ones([2]).data();
log('limit', Error.stackTraceLimit);
Error.stackTraceLimit = 10;

// Who comes first: continuations of the copy against those of the program.
const order = [];
const copied = tf.ones([64]).mul(3).data();
copied.then(() => order.push('copied'));
for (let index = 0; index < 3; index++) {
  let chain = Promise.resolve();
  for (let link = 0; link <= index; link++) chain = chain.then(() => order.push(`${index}.${link}`));
}
process.nextTick(() => order.push('tick'));
await copied;
log('order', order.filter((entry) => entry !== 'copied' || process.env.TFJS_BACKEND !== 'webgpu').join());

// A rejection that nobody handles stays one.
const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason.message));
// The WebAssembly module of TF.js ends the program for one.
if (process.env.TFJS_BACKEND !== 'wasm') gone.data();
await new Promise((resolve) => setTimeout(resolve, 20));
log('unhandled', unhandled.join());

// A tensor lives no longer for having been copied.
const collected = [];
const registry = new FinalizationRegistry((name) => collected.push(name));
await (async () => {
  const tensor = tf.ones([16]);
  registry.register(tensor, 'tensor');
  registry.register(await tensor.data(), 'values');
  tensor.dispose();
})();
debugger;
await new Promise((resolve) => setTimeout(resolve, 0));
globalThis.gc();
await new Promise((resolve) => setTimeout(resolve, 10));
log('collected', collected.sort().join());
log('memory', JSON.stringify(tf.memory().numTensors), tf.memory().numBytes);
debugger;
process.exit(0);
