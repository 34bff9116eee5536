/** What a read brings that has no bytes. */
import type { JsonValues } from '../protocol/tensor.ts';

/** The elements of a string tensor, which come nested as its shape, in row-major order. */
export function stringsOf(values: JsonValues | undefined): string[] {
  if (Array.isArray(values)) return (values as JsonValues[]).flatMap(stringsOf);
  return values === undefined ? [] : [String(values)];
}
