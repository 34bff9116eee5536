/** jax-js: `np.array([1, 2, 3, 4], { shape: [2, 2], dtype: np.int32 })`, with `np` being its `numpy`. */
import type { DType } from '../protocol/tensor.ts';
import type { Element } from '../tensor/dtypes.ts';
import { castingTo, elementTexts, javaScriptNumber } from './sourceText.ts';
import type { SourceFormat } from './sourceText.ts';

/** What jax-js has: float16, float32, float64, int32, uint32 and bool. */
const types: Partial<Record<DType, DType>> = {
  float16: 'float16',
  bfloat16: 'float32',
  float32: 'float32',
  float64: 'float64',
  int8: 'int32',
  int16: 'int32',
  int32: 'int32',
  int64: 'int32',
  uint8: 'uint32',
  uint16: 'uint32',
  uint32: 'uint32',
  uint64: 'uint32',
  bool: 'bool',
};

const { typeOf, lossCheck } = castingTo(types, 'jax-js', 'Copy it as NumPy code or TypeScript.');

export const jaxJsCode: SourceFormat = {
  label: 'jax-js code',
  takes: (dtype) => types[dtype] !== undefined,
  lossCheck,
  text(values, dtype, shape) {
    const type = typeOf(dtype);
    const textOf = (value: Element | string): string => {
      if (typeof value === 'boolean') return String(value);
      return typeof value === 'bigint' ? String(value) : javaScriptNumber(value as number, type);
    };
    const list = elementTexts(values, dtype, textOf).join(', ');
    return `np.array([${list}], { shape: [${shape.join(', ')}], dtype: np.${type} })`;
  },
};
