/** `tf.make_tensor_proto` and `tf.make_ndarray`: values as the protocol buffer that GraphDefs carry. */
import { arrayOf, type HostValue } from './convert.ts';
import { EagerTensor } from './eager/eagerTensor.ts';
import { TensorTypeError } from './errors.ts';
import { decodeConstant, tensorProtoOf } from './graph/constants.ts';
import type { TensorProto } from './graph/graphDef.ts';
import type { ArrayElement } from './numpy/elementFormat.ts';
import type { ArrayDType } from './numpy/storage.ts';
import { optionsOf, type Given } from './options.ts';
import { Tensor } from './tensor.ts';

export interface TensorProtoOptions {
  /** Any dtype of host arrays, also one that TF.js has no tensors of. Default: as for `constant`. */
  dtype?: ArrayDType;
  shape?: readonly number[];
}

/** A value, or an eager tensor's value, as a TensorProto in its JSON form. */
export function makeTensorProto(
  value: HostValue | Tensor,
  ...given: Given<TensorProtoOptions, ['dtype', 'shape']>
): TensorProto {
  const options = optionsOf<TensorProtoOptions>('makeTensorProto', given, ['dtype', 'shape']);
  if (value instanceof EagerTensor) return tensorProtoOf(arrayOf(value.numpy<ArrayElement>(), options));
  if (value instanceof Tensor) {
    throw new TensorTypeError(
      `${value.toString()} is symbolic: it has no value to put into a TensorProto.`,
      'Run it first: makeTensorProto(await tensor.eval({ session })).',
    );
  }
  return tensorProtoOf(arrayOf(value, options));
}

/** The host array of a TensorProto. */
export const makeNdarray = decodeConstant;
