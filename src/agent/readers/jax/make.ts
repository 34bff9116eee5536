/**
 * New arrays of jax-js at a stop, as a line `np.array(values, { shape, dtype, device })` of the program would make them: the
 * backend of the old array takes a copy of the values (on webgpu by `queue.writeBuffer`), and the old array's class makes
 * the new one. No kernel runs, nothing is submitted or waited for, and the old array keeps its references.
 */
import { TensorError } from '../../../protocol/errors.ts';
import { dataValue, isInspectable, ownValue } from '../../safely.ts';
import type { StopContext } from '../../source.ts';
import type { Made, NewValues } from '../reader.ts';
import { backendType } from './backends.ts';
import { arrayFields, jaxValue, knownVersions } from './fields.ts';

interface JaxArray {
  dispose(): void;
}

/** @throws TensorError `not-available`, `pending` */
export function makeArray(value: object, { dtype, shape, bytes }: NewValues, stop: StopContext): Made {
  if (jaxValue(value)?.is !== 'array') {
    throw notAvailable('A tracer of jax-js stands for a value that jax-js computes; none can be made from a file');
  }
  const fields = arrayFields(value, stop);
  const hidden = stop.privateFields(value);
  const tracker = hidden?.['#st'];
  const Tracker = isInspectable(tracker) ? dataValue(tracker, 'constructor') : undefined;
  const fromShape = isInspectable(Tracker) ? ownValue(Tracker, 'fromShape') : undefined;
  const Class = dataValue(value, 'constructor');
  const malloc = fields && dataValue(fields.backend, 'malloc');
  if (!fields || typeof Class !== 'function' || typeof malloc !== 'function' || typeof fromShape !== 'function') {
    throw notAvailable(
      `The state of this array is not where jax-js ${knownVersions} keeps it, so none like it can be made`,
    );
  }
  const { backend } = fields;
  const type = backendType(backend);
  if (type !== 'cpu' && type !== 'wasm' && type !== 'webgpu') {
    throw notAvailable(`Arrays of the jax-js device "${type}" can't be made from a file`);
  }
  if (stop.isExecuting(backend)) {
    throw new TensorError({
      code: 'pending',
      message: `The program stopped inside the ${type} backend of jax-js, which is no place to make an array.`,
      help: 'Step out of jax-js, or stop at a line of your own.',
    });
  }
  // bool is kept as int32.
  const stored = dtype === 'bool' ? new Uint8Array(Int32Array.from(bytes).buffer) : bytes;
  const source = (malloc as (this: object, size: number, values: Uint8Array) => number).call(
    backend,
    stored.byteLength,
    stored,
  );
  const st = (fromShape as (this: object, shape: number[]) => object).call(Tracker as object, [...shape]);
  const [weakType, committed] = [hidden?.['#weakType'], hidden?.['#committed']];
  const tensor = new (Class as new (args: object) => JaxArray)({ source, st, dtype, weakType, backend, committed });
  return { tensor, undo: () => tensor.dispose(), warnings: [] };
}

function notAvailable(why: string): TensorError {
  return new TensorError({
    code: 'not-available',
    message: `${why}.`,
    help: 'Make it in the debug console, with np.array(...).',
  });
}
