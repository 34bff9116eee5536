/** `tf.tensor([1, 2, 3, 4], [2, 2], 'int32')` */
import type { DType } from '../protocol/tensor.ts';
import type { Element } from '../tensor/dtypes.ts';
import type { TensorValues } from './format.ts';
import { castingTo, elementTexts, javaScriptNumber } from './sourceText.ts';
import type { SourceFormat } from './sourceText.ts';

/** What TF.js has: float32, int32, bool, complex64 and string. */
const types: Partial<Record<DType, DType>> = {
  float16: 'float32',
  bfloat16: 'float32',
  float32: 'float32',
  float64: 'float32',
  int8: 'int32',
  int16: 'int32',
  int32: 'int32',
  int64: 'int32',
  uint8: 'int32',
  uint16: 'int32',
  uint32: 'int32',
  uint64: 'int32',
  bool: 'bool',
  complex64: 'complex64',
  complex128: 'complex64',
  string: 'string',
};

const { typeOf, lossCheck } = castingTo(types, 'TF.js', 'Say how to read it.');

/** A number of the target's dtype: a float32's digits, an integer without the n of a bigint. */
function numberText(value: Element, type: DType): string {
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return javaScriptNumber(type === 'float32' ? Math.fround(value as number) : value, type);
}

function partsOf(values: TensorValues, dtype: DType, part: 0 | 1): string {
  const textOf = (value: Element | string): string => numberText((value as [number, number])[part], 'float32');
  return elementTexts(values, dtype, textOf).join(', ');
}

export const tfjsCode: SourceFormat = {
  label: 'TF.js code',
  lossCheck,
  text(values, dtype, shape) {
    const type = typeOf(dtype);
    const dimensions = `[${shape.join(', ')}]`;
    if (type === 'complex64') {
      const tensor = (part: 0 | 1): string => `tf.tensor([${partsOf(values, dtype, part)}], ${dimensions}, 'float32')`;
      return `tf.complex(${tensor(0)}, ${tensor(1)})`;
    }
    const textOf = (value: Element | string): string =>
      typeof value === 'string' ? JSON.stringify(value) : numberText(value, type);
    return `tf.tensor([${elementTexts(values, dtype, textOf).join(', ')}], ${dimensions}, '${type}')`;
  },
};
