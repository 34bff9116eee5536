import type { ReadResult } from '../../protocol/requests.ts';
import type { JsonValues } from '../../protocol/tensor.ts';

/** The elements of a read whose encoding is `bytes`: their bytes or, of a string tensor, the strings in row-major order. */
export function elementsOf({ bytes, values }: Pick<ReadResult, 'bytes' | 'values'>): Uint8Array | string[] {
  return bytes === undefined ? stringsOf(values) : new Uint8Array(Buffer.from(bytes, 'base64'));
}

/** They come nested as the tensor's shape. */
function stringsOf(values: JsonValues | undefined): string[] {
  if (Array.isArray(values)) return (values as JsonValues[]).flatMap(stringsOf);
  return values === undefined ? [] : [String(values)];
}
