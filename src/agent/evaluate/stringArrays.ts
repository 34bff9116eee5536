/** Nested JavaScript arrays of strings: no tensors anywhere else, but feeds for inputs of the dtype `string`. */
import type { Reader } from '../readers/reader.ts';
import { ownValue, util } from '../safely.ts';
import type { Described, Source } from '../source.ts';

interface Strings {
  shape: number[];
  values: string[];
}

function stringsOf(value: unknown): Strings | undefined {
  const shape: number[] = [];
  let first = value;
  // An array that contains itself has no end of axes.
  for (; Array.isArray(first) && !util.types.isProxy(first) && shape.length < 64; first = ownValue(first, 0)) {
    shape.push(first.length);
  }
  if (shape.length === 0 || typeof first !== 'string') return undefined;
  const values: string[] = [];
  const isRectangular = (item: unknown, axis: number): boolean => {
    if (axis === shape.length) return typeof item === 'string' && values.push(item) > 0;
    if (!Array.isArray(item) || util.types.isProxy(item) || item.length !== shape[axis]) return false;
    for (let i = 0; i < item.length; i++) if (!isRectangular(ownValue(item, i), axis + 1)) return false;
    return true;
  };
  return isRectangular(value, 0) ? { shape, values } : undefined;
}

export const stringArrayReader: Reader = {
  claims: (value) => stringsOf(value) !== undefined,

  describe(value): Described {
    const { shape } = stringsOf(value)!;
    return {
      runtime: 'ndarray',
      kind: 'array',
      className: 'Array',
      dtype: 'string',
      shape,
      byteLength: 0,
      device: { type: 'cpu' },
      location: 'host',
      state: 'live',
      access: { how: 'view', reason: 'It is an array of JavaScript strings on the host.' },
      warnings: [],
    };
  },

  source: (value): Source => ({ how: 'strings', ...stringsOf(value)! }),
};
