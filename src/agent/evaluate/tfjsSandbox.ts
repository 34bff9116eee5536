/**
 * Runs kernels of TF.js at a stop so that the program can't tell afterwards: its gradient tape and its profile don't see
 * them, `tf.memory()` and the ids of tensors to come are as before, and tensors that were on the host still are.
 *
 * TF.js is called through its engine at `globalThis._tfengine`, the methods that its own ops call. Known from 4.0 to 4.22.
 */
import { TensorError } from '../../protocol/errors.ts';
import { dataViewOf } from '../../tensor/dtypes.ts';
import { engine as findEngine, engineState, webgpuDevice } from '../readers/tfjs/engine.ts';
import { isInspectable, ownValue } from '../safely.ts';
import { lendBackend, type Backends } from './cpuBackend.ts';
import type { EvaluationContext, HostTensor } from './engine.ts';
import { beginOwnWork } from './ownWork.ts';
import { inWebgpuBackend } from './webgpuSandbox.ts';

export type TfjsTensor = object;

interface Engine extends Backends {
  makeTensor(values: ArrayLike<unknown>, shape: readonly number[], dtype: string): TfjsTensor;
  runKernel(name: string, inputs: Record<string, TfjsTensor>): TfjsTensor;
  startScope(name: string): void;
  endScope(): void;
}

/** Fields that running kernels changes, or that would make kernels leave traces. */
interface State {
  activeTape: unknown;
  gradientDepth: number;
  kernelDepth: number;
  profiling: boolean;
  nextScopeId: number;
  numTensors: number;
  numBytes: number;
  scopeStack: unknown[];
}

export interface Tfjs {
  /** A tensor of these values; it lives until the evaluation is over. */
  tensor(value: HostTensor): TfjsTensor;
  /** The values of a tensor, on the host. */
  read(tensor: TfjsTensor): HostTensor;
}

/** @throws TensorError `pending` where the program stopped inside of the backend */
export function inTfjs<Value>(context: EvaluationContext, run: (tfjs: Tfjs) => Value): Value {
  const found = findEngine();
  const takeBack = found && lendBackend(found as Engine);
  try {
    return onBackend(context, run);
  } finally {
    takeBack?.();
  }
}

function onBackend<Value>(context: EvaluationContext, run: (tfjs: Tfjs) => Value): Value {
  const { engine, state, backend } = openEngine();
  const device = webgpuDevice(backend);
  const inScope = () => {
    const leave = isolate(engine, state);
    try {
      return run(tfjsOf(engine, context));
    } finally {
      leave();
    }
  };
  return device ? inWebgpuBackend(backend, device, context, inScope) : inScope();
}

/**
 * The same for what takes microtasks, in a task of its own while the program runs. On cpu and wasm, TF.js waits for nothing
 * else, so the program's next task finds everything as it was.
 * @throws TensorError `not-available` on other backends
 */
export async function inTfjsLater<Value>(
  context: EvaluationContext,
  run: (tfjs: Tfjs) => Promise<Value>,
): Promise<Value> {
  const { engine, state } = openEngine();
  assertMicrotasks();
  const leave = isolate(engine, state);
  try {
    return await run(tfjsOf(engine, context));
  } finally {
    leave();
  }
}

/** Backends whose `data()` waits for no device. */
const microtaskBackends = new Set(['cpu', 'wasm']);

/** @throws TensorError `not-available` where TF.js would wait for a device, and the program's ops meet ours */
export function assertMicrotasks(): void {
  const { backendName = '' } = openEngine().engine;
  if (microtaskBackends.has(backendName)) return;
  throw new TensorError({
    code: 'not-available',
    message: `On ${backendName}, TensorFlow.js runs this graph asynchronously and waits for the device meanwhile; the program's own ops would mix with ours.`,
    help: 'Feed a tensor behind the op that needs it, use the cpu or wasm backend, or let the program call model.executeAsync.',
  });
}

/** @throws TensorError `not-available` */
export function openEngine(): { engine: Engine; state: State; backend: object } {
  const found = findEngine();
  const state = engineState() as State | undefined;
  if (!found || !state || typeof (found as Partial<Engine>).runKernel !== 'function') {
    throw new TensorError({
      code: 'not-available',
      message:
        'TensorFlow.js is not loaded in this program, or is a version whose engine is not where 4.0 to 4.22 keep it.',
      help: 'Evaluate the tensor where TensorFlow.js 4 is loaded.',
    });
  }
  const engine = found as Engine;
  const backend = ownValue(engine, 'backendInstance');
  if (!isInspectable(backend)) {
    throw new TensorError({
      code: 'not-available',
      message: engine.pendingBackendInit
        ? `The backend ${engine.backendName ?? ''} of TensorFlow.js is still being started.`
        : 'TensorFlow.js has no backend yet: the program has run no op, and its backend takes the running program to start.',
      help: "Stop behind the first op or session.run(...), or behind `await tf.ready()`, with import * as tf from '@tensorflow/tfjs-core'.",
    });
  }
  return { engine, state, backend };
}

/** Begins work of our own, in a scope of its own, whose tensors are disposed at its end. @returns what ends it */
function isolate(engine: Engine, state: State): () => void {
  const { activeTape, gradientDepth, kernelDepth, profiling, nextScopeId, numTensors, numBytes } = state;
  const ids = engine.constructor as unknown as { nextTensorId: number };
  const { nextTensorId } = ids;
  const depth = state.scopeStack.length;
  const endOwnWork = beginOwnWork();
  const restoreFlags = quietFlags(engine);
  Object.assign(state, { activeTape: null, gradientDepth: 0, kernelDepth: 0, profiling: false });
  engine.startScope('Tensor Debugger');
  return () => {
    // An op that threw may have left scopes of its own open.
    while (state.scopeStack.length > depth) engine.endScope();
    Object.assign(state, { activeTape, gradientDepth, kernelDepth, profiling, nextScopeId });
    ids.nextTensorId = nextTensorId;
    // TF.js counts the bytes of strings off once more where a tensor and its clone are disposed.
    if (state.numTensors === numTensors) state.numBytes = numBytes;
    restoreFlags();
    endOwnWork();
  };
}

/** Debug mode would print every kernel; kept intermediate tensors would outlive the evaluation. */
function quietFlags(engine: Engine): () => void {
  const environment = ownValue(engine, 'ENV');
  const flags = isInspectable(environment) ? ownValue(environment, 'flags') : undefined;
  if (!isInspectable(flags)) return () => undefined;
  const set = flags as Record<string, unknown>;
  const before = { ...set };
  Object.assign(set, { DEBUG: false, KEEP_INTERMEDIATE_TENSORS: false });
  return () => {
    // A flag that nobody has asked for yet has no entry.
    for (const name of Object.keys(set)) if (!Object.hasOwn(before, name)) delete set[name];
    Object.assign(set, before);
  };
}

function tfjsOf(engine: Engine, { read }: EvaluationContext): Tfjs {
  return {
    tensor({ dtype, shape, bytes, strings }) {
      if (strings) return engine.makeTensor([...strings], shape, 'string');
      if (dtype !== 'complex64') return engine.makeTensor(storage(dtype, bytes), shape, dtype);
      const [real, imag] = [0, 4].map((part) => {
        const view = dataViewOf(bytes);
        const values = Float32Array.from({ length: bytes.byteLength / 8 }, (_, i) =>
          view.getFloat32(i * 8 + part, true),
        );
        return engine.makeTensor(values, shape, 'float32');
      }) as [TfjsTensor, TfjsTensor];
      return engine.runKernel('Complex', { real, imag });
    },
    read,
  };
}

/** The typed array that TF.js keeps values of a dtype in. @throws TensorError `invalid-feed` for dtypes that it does not have */
export function storage(dtype: HostTensor['dtype'], bytes: Uint8Array): ArrayLike<number> {
  // A copy of its own: the cpu backend keeps the array that it is given.
  const { buffer } = bytes.slice();
  if (dtype === 'float32') return new Float32Array(buffer);
  if (dtype === 'int32') return new Int32Array(buffer);
  if (dtype === 'bool') return new Uint8Array(buffer);
  throw new TensorError({
    code: 'invalid-feed',
    message: `TensorFlow.js has no tensors of dtype ${dtype}.`,
    help: 'Feed float32, int32, bool, complex64 or string values.',
  });
}
