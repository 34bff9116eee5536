/**
 * How NumPy formats the elements of one array: every element's width and notation follow from all that are shown.
 * A port of the formatters in `numpy/core/arrayprint.py` (NumPy 1.24), with its default print options.
 */
import type { DType } from '../../protocol/tensor.ts';
import {
  bfloat16ToNumber,
  float16ToNumber,
  isComplex,
  isFloat,
  numberToBfloat16,
  numberToFloat16,
  partDType,
} from '../../tensor/dtypes.ts';
import { positional, scientific } from './numberText.ts';

/** An element as an `NDArray` gives it out. */
export type ArrayElement = number | bigint | boolean | string | [number, number];

/** Digits after the point, at most. */
const precision = 8;

export type ElementFormat = (element: ArrayElement) => string;

/**
 * @param elements all that will be shown; for a summarised array its corners
 * @param isScalar a 0-d array: then nothing has to be aligned
 */
export function elementFormat(elements: readonly ArrayElement[], dtype: DType, isScalar: boolean): ElementFormat {
  if (dtype === 'string') return (element) => pythonString(element as string);
  if (dtype === 'bool') return (element) => (element ? (isScalar ? 'True' : ' True') : 'False');
  if (isFloat(dtype)) {
    const format = floatFormat(elements as number[], dtype, false);
    return (element) => format(element as number);
  }
  if (isComplex(dtype)) return complexFormat(elements as [number, number][], dtype);
  const width = Math.max(0, ...elements.map((element) => String(element).length));
  return (element) => String(element).padStart(width);
}

type NumberFormat = (value: number) => string;

function floatFormat(values: readonly number[], dtype: DType, plus: boolean): NumberFormat {
  const finite = values.filter((value) => value - value === 0);
  const layout = layoutOf(finite, dtype, plus);
  if (finite.length !== values.length) {
    const negativeInfinity = plus || values.includes(-Infinity) ? 1 : 0;
    const offset = layout.padRight + 1;
    layout.padLeft = Math.max(layout.padLeft, 3 - offset, 3 + negativeInfinity - offset);
  }
  const width = layout.padLeft + layout.padRight + 1;
  return (value) => {
    if (value - value === 0) return layout.format(value, layout.padLeft);
    const sign = value < 0 ? '-' : plus ? '+' : '';
    return `${sign}${value !== value ? 'nan' : 'inf'}`.padStart(width);
  };
}

interface FloatLayout {
  padLeft: number;
  padRight: number;
  /** Not-finite neighbours may need more room to the left than `padLeft` said. */
  format: (value: number, padLeft: number) => string;
}

function layoutOf(finite: readonly number[], dtype: DType, plus: boolean): FloatLayout {
  if (finite.length === 0) return { padLeft: 0, padRight: 0, format: String };
  if (needsExponent(finite, dtype)) return scientificLayout(finite, dtype, plus);
  const parts = finite.map((value) => splitAt(positional(value, dtype, { precision, plus }), '.'));
  const padLeft = widest(parts.map(([whole]) => whole));
  const padRight = widest(parts.map(([, fraction]) => fraction));
  const format: FloatLayout['format'] = (value, room) => {
    const [whole, fraction] = splitAt(positional(value, dtype, { precision, plus, exactWhole: true }), '.');
    return `${whole.padStart(room)}.${fraction.padEnd(padRight)}`;
  };
  return { padLeft, padRight, format };
}

function scientificLayout(finite: readonly number[], dtype: DType, plus: boolean): FloatLayout {
  const parts = finite.map((value) => splitAt(scientific(value, dtype, { precision, plus }), 'e'));
  const mantissas = parts.map(([mantissa]) => splitAt(mantissa, '.'));
  const exponentDigits = widest(parts.map(([, exponent]) => exponent)) - 1;
  const decimals = widest(mantissas.map(([, fraction]) => fraction));
  const padLeft = widest(mantissas.map(([whole]) => whole));
  const format: FloatLayout['format'] = (value, room) => {
    const text = scientific(value, dtype, { precision: decimals, minimum: decimals, exponentDigits, plus });
    return ' '.repeat(Math.max(0, room - text.indexOf('.'))) + text;
  };
  return { padLeft, padRight: exponentDigits + 2 + decimals, format };
}

function needsExponent(finite: readonly number[], dtype: DType): boolean {
  const magnitudes = finite.filter((value) => value !== 0).map(Math.abs);
  if (magnitudes.length === 0) return false;
  const max = magnitudes.reduce((a, b) => Math.max(a, b));
  const min = magnitudes.reduce((a, b) => Math.min(a, b));
  // NumPy divides in the array's own precision.
  return max >= 1e8 || min < 0.0001 || inPrecisionOf(dtype, max / min) > 1000;
}

function inPrecisionOf(dtype: DType, value: number): number {
  if (dtype === 'float32') return Math.fround(value);
  if (dtype === 'float16') return float16ToNumber(numberToFloat16(value));
  return dtype === 'bfloat16' ? bfloat16ToNumber(numberToBfloat16(value)) : value;
}

function complexFormat(elements: readonly [number, number][], dtype: DType): ElementFormat {
  const part = partDType(dtype);
  const real = floatFormat(
    elements.map(([re]) => re),
    part,
    false,
  );
  const imaginary = floatFormat(
    elements.map(([, im]) => im),
    part,
    true,
  );
  return (element) => {
    const [re, im] = element as [number, number];
    const text = imaginary(im);
    const end = text.trimEnd().length;
    return `${real(re)}${text.slice(0, end)}j${text.slice(end)}`;
  };
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A string as Python's `repr` writes it. */
export function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const character of text) {
    if (character === quote) body += `\\${quote}`;
    else if (escapes[character] !== undefined) body += escapes[character];
    else body += /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(character) ? codeEscape(character) : character;
  }
  return quote + body + quote;
}

function codeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
