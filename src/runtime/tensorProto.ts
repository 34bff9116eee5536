/** `tf.make_tensor_proto` and `tf.make_ndarray`: values as the protocol buffer that GraphDefs carry. */
import { hostArray, type ConstantOptions, type HostValue } from './convert.ts';
import { EagerTensor } from './eager/eagerTensor.ts';
import { TensorTypeError } from './errors.ts';
import { decodeConstant, tensorProtoOf } from './graph/constants.ts';
import type { TensorProto } from './graph/graphDef.ts';
import { Tensor } from './tensor.ts';

/** A value, or an eager tensor's value, as a TensorProto in its JSON form. */
export function makeTensorProto(value: HostValue | Tensor, options: ConstantOptions = {}): TensorProto {
  if (value instanceof EagerTensor) return tensorProtoOf(value.numpy());
  if (value instanceof Tensor) {
    throw new TensorTypeError(
      `${value.toString()} is symbolic: it has no value to put into a TensorProto.`,
      'Run it first: makeTensorProto(await tensor.eval({ session })).',
    );
  }
  return tensorProtoOf(hostArray(value, options));
}

/** The host array of a TensorProto. */
export const makeNdarray = decodeConstant;
