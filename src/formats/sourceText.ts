/** A tensor as source code for the clipboard: what the languages share. */
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, itemSize } from '../tensor/dtypes.ts';
import type { Element } from '../tensor/dtypes.ts';
import { shortest } from '../tensor/numbers.ts';
import type { Loss, LossCheck, TensorValues } from './format.ts';
import { castLoss, textLoss } from './losses.ts';

/** Writes a tensor as an expression of some language. */
export interface SourceFormat {
  /** For menus: "NumPy code". */
  label: string;
  /** Whether the language's library has something for this dtype; where there is none, it does for every one. */
  takes?(dtype: DType): boolean;
  /**
   * @param values little-endian elements in row-major order, or the strings of a `string` tensor
   * @throws TensorError `lossy-dtype` for a dtype that the language's library does not have
   */
  text(values: TensorValues, dtype: DType, shape: readonly number[]): string;
  /** How to look for values that the pasted code would not have; null if there are none. */
  lossCheck(dtype: DType): LossCheck | null;
  /** The first string that the pasted code would not have; absent where there is none. */
  stringLoss?(strings: readonly string[]): Loss | null;
}

/**
 * What a library that has fewer dtypes makes of each.
 * @param types to the dtype that it becomes; absent where there is none
 * @param help where there is none
 */
export function castingTo(types: Partial<Record<DType, DType>>, library: string, help: string) {
  /** @throws TensorError `lossy-dtype` */
  const typeOf = (dtype: DType): DType => {
    const type = types[dtype];
    if (type) return type;
    throw new TensorError({ code: 'lossy-dtype', message: `${library} has no dtype for ${dtype}.`, help });
  };
  const lossCheck = (dtype: DType): LossCheck | null => {
    const type = typeOf(dtype);
    return type === dtype || type === 'string' ? textLoss(dtype) : (castLoss(dtype, type) ?? textLoss(dtype));
  };
  return { typeOf, lossCheck };
}

/** Every element as text. */
export function elementTexts(
  values: TensorValues,
  dtype: DType,
  textOf: (value: Element | string) => string,
): string[] {
  if (!(values instanceof Uint8Array)) return values.map(textOf);
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const view = dataViewOf(values);
  return Array.from({ length: values.length / size }, (_, i) => textOf(read(view, i * size)));
}

/** Nested brackets as the shape; the bare text for a 0-d tensor. */
export function nestedText(texts: readonly string[], shape: readonly number[]): string {
  let next = 0;
  const build = (axis: number): string => {
    if (axis === shape.length) return texts[next++] as string;
    return `[${Array.from({ length: shape[axis] as number }, () => build(axis + 1)).join(', ')}]`;
  };
  return build(0);
}

/** A real number as JavaScript writes it. */
export function javaScriptNumber(value: Element, dtype: DType): string {
  if (typeof value === 'number') return shortest(value, dtype);
  if (typeof value === 'bigint') return `${value}n`;
  return String(Number(value));
}
