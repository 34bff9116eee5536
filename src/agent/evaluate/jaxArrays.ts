/**
 * Arrays of jax-js that are not realised yet. Their kernels are run on the program's own backend, into the memory that the
 * program has set aside for them, and nothing is noted of it in jax-js: no reference count moves, and the program runs them
 * again when it needs the values, with the same result.
 */
import { TensorError } from '../../protocol/errors.ts';
import { nameStandIn } from '../../protocol/tensor.ts';
import { isPending } from '../readers/jax.ts';
import { backendType, kernelsToRun, noteRun } from '../readers/jax/backends.ts';
import { arrayFields, type ArrayFields } from '../readers/jax/fields.ts';
import { arrayUnderneath } from '../readers/jax/tracers.ts';
import { ownValue, runtimeMethod } from '../safely.ts';
import type { Evaluable, EvaluationContext, GraphEngine, HostTensor, LaterValue } from './engine.ts';

/** @throws TensorError where the backend of another version is something else */
function method(object: object, name: string): (this: object, ...args: unknown[]) => unknown {
  const found = runtimeMethod(object, name);
  if (found) return found;
  throw new TensorError({
    code: 'not-available',
    message: `This version of jax-js has no ${name}(), so nothing can be run for it at a stop.`,
    help: `Let the program realise it before this line, with \`await ${nameStandIn}.blockUntilReady()\`.`,
  });
}

/** Runs what a `PendingExecute` would, without its being told. */
function runKernel(kernel: object): void {
  const [backend, source] = [ownValue(kernel, 'backend') as object, ownValue(kernel, 'source') as object];
  const isKernel = ownValue(source, 'exp') !== undefined;
  const prepared = method(backend, isKernel ? 'prepareKernelSync' : 'prepareRoutineSync').call(backend, source);
  const slots = [ownValue(kernel, 'inputs'), ownValue(kernel, 'outputs')];
  method(backend, 'dispatch').call(backend, prepared, ...slots);
  noteRun(kernel);
}

/** An expression has no kernel yet: jax-js makes one for an array of its own, which is used up by reading it. */
function runExpression(array: object, { backend, dtype }: ArrayFields): HostTensor | LaterValue {
  const shape = [...(array as { shape: number[] }).shape];
  /** Calls a method of an array of its own: the program's has as many references afterwards as before. */
  const ofOwn = (name: 'data' | 'dataSync'): unknown => {
    const kept = (array as { ref: object }).ref;
    const own = method(kept, 'reshape').call(kept, shape) as object;
    return method(own, name).call(own);
  };
  const hostTensor = (values: Int32Array): HostTensor => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { dtype, shape, bytes: dtype === 'bool' ? Uint8Array.from(values) : bytes };
  };
  if (backendType(backend) !== 'webgpu') return hostTensor(ofOwn('dataSync') as Int32Array);
  return {
    reason: 'jax-js makes a kernel of an expression of 128 elements or more on webgpu asynchronously only.',
    start: async () => hostTensor((await ofOwn('data')) as Int32Array),
  };
}

export const jaxArrays: GraphEngine = {
  runtime: 'jax-js',

  open(value, { stop, read }: EvaluationContext): Evaluable | undefined {
    const found = arrayUnderneath(value);
    if (!found) return undefined;
    const { array, reasons } = found;
    const fields = arrayFields(array, stop);
    if (!fields || !isPending(array, stop)) return undefined;
    // Reading the values takes the backend's fields. Where they are not known yet, this call is made again when they are;
    // asked for after the kernels have run, the second call would find nothing to run.
    if (!stop.privateFields(fields.backend)) return undefined;
    const kernels = kernelsToRun(fields.kernels);
    const ran = kernels.length === 1 ? 'a kernel' : `${kernels.length} kernels`;
    const what = typeof fields.source === 'number' ? ran : 'a kernel';
    return {
      name: 'array',
      note: (when) => [`${what} of jax-js for it ${when}; the array itself stays lazy.`, ...reasons].join(' '),
      inputs: () => [],
      missing: () => [],
      input: () => undefined,
      run() {
        if (typeof fields.source !== 'number') return runExpression(array, fields);
        // In the order in which the program has made them: each before those that need it.
        for (const kernel of kernels) runKernel(kernel);
        return read(array);
      },
    };
  },
};
