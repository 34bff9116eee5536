/** `{ data: new Float32Array([1, 2]), shape: [2] }` */
import type { DType } from '../protocol/tensor.ts';
import type { Element } from '../tensor/dtypes.ts';
import { partDType } from '../tensor/dtypes.ts';
import { textLoss } from './losses.ts';
import { elementTexts, javaScriptNumber } from './sourceText.ts';
import type { SourceFormat } from './sourceText.ts';

/** float16 and bfloat16 widen without loss; Float16Array is too new for many programs. */
const arrays: Record<Exclude<DType, 'string'>, string> = {
  float16: 'Float32Array',
  bfloat16: 'Float32Array',
  float32: 'Float32Array',
  float64: 'Float64Array',
  int8: 'Int8Array',
  int16: 'Int16Array',
  int32: 'Int32Array',
  int64: 'BigInt64Array',
  uint8: 'Uint8Array',
  uint16: 'Uint16Array',
  uint32: 'Uint32Array',
  uint64: 'BigUint64Array',
  bool: 'Uint8Array',
  // Real and imaginary parts in turn.
  complex64: 'Float32Array',
  complex128: 'Float64Array',
  unknown: 'Uint8Array',
};

/** In a Float32Array, the digits have to read back as a float32, of which a float16's are too few. */
function heldDType(dtype: DType): DType {
  return dtype === 'float16' || dtype === 'bfloat16' ? 'float32' : partDType(dtype);
}

export const typescriptCode: SourceFormat = {
  label: 'TypeScript',
  lossCheck: textLoss,
  text(values, dtype, shape) {
    const textOf = (value: Element | string): string => {
      if (typeof value === 'string') return JSON.stringify(value);
      if (Array.isArray(value)) return value.map((part) => javaScriptNumber(part, heldDType(dtype))).join(', ');
      return javaScriptNumber(value, heldDType(dtype));
    };
    const list = `[${elementTexts(values, dtype, textOf).join(', ')}]`;
    const data = dtype === 'string' ? list : `new ${arrays[dtype]}(${list})`;
    return `{ data: ${data}, shape: [${shape.join(', ')}] }`;
  },
};
