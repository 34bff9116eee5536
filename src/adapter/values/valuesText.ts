/** Values of tensors as text: as JavaScript writes arrays, so that NaN and -0 stand as they are. */
import type { DType, JsonValues } from '../../protocol/tensor.ts';

/** `[[1, NaN], [-0, 2]]`; strings in quotes. */
export function valuesText(values: JsonValues | undefined, dtype: DType): string {
  if (Array.isArray(values)) return `[${(values as JsonValues[]).map((value) => valuesText(value, dtype)).join(', ')}]`;
  return dtype === 'string' ? JSON.stringify(values) : String(values);
}

/** @param rank of the tensor: a complex element is a list, too */
export function flatten(values: JsonValues, rank: number): JsonValues {
  return rank <= 1 || !Array.isArray(values)
    ? values
    : (values as JsonValues[]).flatMap((value) => flatten(value, rank - 1) as JsonValues[]);
}
