/** `np.array([[1, 2], [3, 4]], dtype=np.int32)` */
import type { DType } from '../protocol/tensor.ts';
import { numpyName } from '../tensor/dtypes.ts';
import type { Element } from '../tensor/dtypes.ts';
import { shortest } from '../tensor/numbers.ts';
import { sizeOf } from '../tensor/shape.ts';
import { paddingLoss, textLoss } from './losses.ts';
import { elementTexts, nestedText } from './sourceText.ts';
import type { SourceFormat } from './sourceText.ts';

function pythonExpression(value: Element | string, dtype: DType): string {
  // JSON's escapes mean the same in Python, but surrogate pairs: those stay as they are.
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `complex(${realExpression(value[0], dtype)}, ${realExpression(value[1], dtype)})`;
  return realExpression(value, dtype);
}

function realExpression(value: number, dtype: DType): string {
  if (value - value === 0) {
    const text = shortest(value, dtype);
    // In Python, -0 is the integer 0, and there are dtypes that take no integer beyond 64 bits.
    return /^-0$|^-?\d{16,}$/.test(text) ? `${text}.0` : text;
  }
  return value > 0 ? 'np.inf' : value < 0 ? '-np.inf' : 'np.nan';
}

export const numpyCode: SourceFormat = {
  label: 'NumPy code',
  lossCheck: textLoss,
  stringLoss: paddingLoss,
  text(values, dtype, shape) {
    const type = dtype === 'bfloat16' ? 'ml_dtypes.bfloat16' : `np.${numpyName(dtype)}`;
    // Brackets alone can't tell [0, 3] from [0].
    if (sizeOf(shape) === 0) return `np.empty((${shape.join(', ')}${shape.length === 1 ? ',' : ''}), dtype=${type})`;
    const texts = elementTexts(values, dtype, (value) => pythonExpression(value, dtype));
    return `np.array(${nestedText(texts, shape)}, dtype=${type})`;
  },
};
