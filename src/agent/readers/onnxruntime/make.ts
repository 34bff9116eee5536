/**
 * New tensors of ONNX Runtime at a stop, by the public constructor of the old one's own class, as a line
 * `new ort.Tensor(type, data, dims)` of the program would make them. The constructor copies nothing and calls no session.
 */
import { TensorError } from '../../../protocol/errors.ts';
import { dataValue, isInspectable, ownValue } from '../../safely.ts';
import { typedArrayOf } from '../hostArrays.ts';
import type { Made, NewValues } from '../reader.ts';
import type { OrtFields } from './fields.ts';

type TensorClass = new (type: string, data: ArrayBufferView, dims: number[]) => object;

/** @throws TensorError `not-available` for what has no such constructor: other memory than the host's, wrappers, types of half a byte */
export function makeTensor(value: object, { type, location }: OrtFields, { dtype, shape, bytes }: NewValues): Made {
  if (location !== 'cpu') {
    throw notAvailable(
      `Tensors of ONNX Runtime at "${location}" can't be made from a file: only the runtime itself puts values there`,
      'Assign to a tensor on the host, for example to what session.run() is given.',
    );
  }
  if (isInspectable(ownValue(value, 'ort_tensor'))) {
    throw notAvailable(
      'transformers.js wraps its tensors in proxies, of which none can be made from a file',
      inConsole,
    );
  }
  if (type === 'int4' || type === 'uint4') {
    throw notAvailable(`Tensors of ${type} can't be made from a file: they have two elements to a byte`, inConsole);
  }
  const Class = dataValue(value, 'constructor');
  if (typeof Class !== 'function') {
    throw notAvailable('The class of this tensor of ONNX Runtime is not to be seen', inConsole);
  }
  // Every version takes the bits of float16; those that know Float16Array make one of them. A bool is a byte.
  const stored = dtype === 'float16' ? 'uint16' : dtype === 'bool' ? 'uint8' : dtype;
  const data = typedArrayOf(stored, bytes);
  return { tensor: new (Class as TensorClass)(type, data, [...shape]), warnings: [] };
}

const inConsole = 'Make it in the debug console, with new Tensor(...).';

function notAvailable(why: string, help: string): TensorError {
  return new TensorError({ code: 'not-available', message: `${why}.`, help });
}
