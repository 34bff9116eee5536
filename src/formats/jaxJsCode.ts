/** jax-js: `np.array([1, 2, 3, 4], { shape: [2, 2], dtype: np.int32 })`, with `np` being its `numpy`. */
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import type { Element } from '../tensor/dtypes.ts';
import { castLoss, textLoss } from './losses.ts';
import { elementTexts, javaScriptNumber } from './sourceText.ts';
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

function typeOf(dtype: DType): DType {
  const type = types[dtype];
  if (type) return type;
  throw new TensorError({
    code: 'lossy-dtype',
    message: `jax-js has no dtype for ${dtype}.`,
    help: 'Copy it as NumPy code or TypeScript.',
  });
}

export const jaxJsCode: SourceFormat = {
  name: 'jax-js',
  label: 'jax-js code',
  takes: (dtype) => types[dtype] !== undefined,
  lossCheck(dtype) {
    const type = typeOf(dtype);
    return type === dtype ? textLoss(dtype) : (castLoss(dtype, type) ?? textLoss(dtype));
  },
  text(values, dtype, shape) {
    const type = typeOf(dtype);
    const textOf = (value: Element | string): string => {
      if (typeof value === 'boolean') return String(value);
      return typeof value === 'bigint' ? String(value) : javaScriptNumber(value as number, type);
    };
    const list = elementTexts(values, dtype, textOf).join(', ');
    return `np.array([${list}], { shape: [${shape.join(', ')}], dtype: np.${type === 'bool' ? 'bool' : type} })`;
  },
};
