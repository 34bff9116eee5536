/** Elements as the grid writes them. Floats follow the chosen format; integers, bool and strings are always exact. */
import type { DType } from '../../src/protocol/tensor.ts';
import { numberFormats } from '../../src/protocol/viewer.ts';
import type { NumberFormat } from '../../src/protocol/viewer.ts';
import { isComplex, isFloat, itemSize, partDType } from '../../src/tensor/dtypes.ts';
import type { Element } from '../../src/tensor/dtypes.ts';
import { formatElement, shortest } from '../../src/tensor/numbers.ts';

export interface NumberStyle {
  format: NumberFormat;
  /** Of `significant` (all digits), `fixed` and `scientific` (digits after the point). */
  digits: number;
}

/** Those that elements of the dtype can be written in; none where there is but one way. */
export function formatsOf(dtype: DType): readonly NumberFormat[] {
  if (dtype === 'string') return [];
  return isFloat(dtype) || isComplex(dtype) ? numberFormats : ['shortest', 'hexadecimal'];
}

/** What kind of value a cell holds, for its colour. */
export type CellKind = 'finite' | 'nan' | 'positiveInfinity' | 'negativeInfinity' | 'text';

/** As statistics count them: a complex number with a NaN part is a NaN, otherwise an infinite part decides. */
export function kindOf(value: Element | string): CellKind {
  if (typeof value === 'string') return 'text';
  if (Array.isArray(value)) {
    const kinds = value.map(kindOf);
    return kinds.find((kind) => kind === 'nan') ?? kinds.find((kind) => kind !== 'finite') ?? 'finite';
  }
  if (typeof value !== 'number' || value - value === 0) return 'finite';
  if (value !== value) return 'nan';
  return value > 0 ? 'positiveInfinity' : 'negativeInfinity';
}

/** One element as text; strings in quotes, on one line. `hexadecimal` needs the bytes: see `bitsText`. */
export function elementText(value: Element | string, dtype: DType, style: NumberStyle): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && isFloat(dtype)) return floatText(value, dtype, style);
  if (!Array.isArray(value)) return formatElement(value, dtype);
  const part = partDType(dtype);
  const imaginary = floatText(value[1], part, style);
  return `${floatText(value[0], part, style)}${imaginary.startsWith('-') ? '' : '+'}${imaginary}j`;
}

function floatText(value: number, dtype: DType, { format, digits }: NumberStyle): string {
  if (format === 'shortest' || format === 'hexadecimal' || value - value !== 0) return shortest(value, dtype);
  // JavaScript's formatting loses the sign of -0.
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (format === 'fixed') return sign + magnitude.toFixed(digits);
  if (format === 'scientific') return sign + magnitude.toExponential(digits);
  return sign + magnitude.toPrecision(digits);
}

/** The bits of the element at `byteOffset`, most significant first: `0x3f800000`; two words for a complex number. */
export function bitsText(bytes: Uint8Array, byteOffset: number, dtype: DType): string {
  const size = itemSize(dtype);
  const word = (from: number, length: number): string => {
    let digits = '';
    for (let i = from + length - 1; i >= from; i--) digits += (bytes[i] as number).toString(16).padStart(2, '0');
    return `0x${digits}`;
  };
  if (!isComplex(dtype)) return word(byteOffset, size);
  return `${word(byteOffset, size / 2)} ${word(byteOffset + size / 2, size / 2)}`;
}
