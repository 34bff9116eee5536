/** Plain JavaScript arrays of numbers, nested to any rank, as long as they are rectangular. */
import { dataViewOf, elementReader, itemSize } from '../../tensor/dtypes.ts';
import { rowMajorStrides, sizeOf } from '../../tensor/shape.ts';
import { isInspectable, ownValue } from '../safely.ts';
import type { Described, Source } from '../source.ts';
import type { NewValues, Reader } from './reader.ts';

type Leaf = number | boolean | bigint;

/** How many leaves are looked at to say that an array is numeric; the rest is checked when it is read. */
const probedLeaves = 64;
/** As NumPy's. An array that contains itself has no end of axes. */
const maxRank = 64;

/** The shape by the first element of each axis, null if the first leaf is no number. */
function shapeOf(value: unknown[]): number[] | null {
  const shape: number[] = [];
  let level: unknown = value;
  while (Array.isArray(level) && isInspectable(level)) {
    if (shape.push(level.length) > maxRank) return null;
    if (level.length === 0) return shape;
    level = ownValue(level, 0);
  }
  return typeof level === 'number' || typeof level === 'boolean' || typeof level === 'bigint' ? shape : null;
}

function* leavesOf(value: unknown, shape: readonly number[], axis: number): Generator<Leaf | null> {
  if (axis === shape.length) {
    yield typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? value : null;
    return;
  }
  if (!isInspectable(value) || !Array.isArray(value) || value.length !== shape[axis]) {
    yield null;
    return;
  }
  for (let index = 0; index < value.length; index++) yield* leavesOf(ownValue(value, index), shape, axis + 1);
}

function firstLeaf(value: object, shape: readonly number[]): Leaf | null {
  for (const leaf of leavesOf(value, shape, 0)) return leaf;
  return null;
}

function dtypeOf(first: Leaf | null): 'float64' | 'bool' | 'int64' {
  return typeof first === 'boolean' ? 'bool' : typeof first === 'bigint' ? 'int64' : 'float64';
}

const widths = { float64: 8, int64: 8, bool: 1 } as const;

/** Nested arrays of the shape; their leaves are of the dtype that such an array reads as. */
function nest({ dtype, shape, bytes }: NewValues): unknown[] {
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const view = dataViewOf(bytes);
  let next = 0;
  const build = (axis: number): unknown =>
    axis === shape.length ? read(view, next++ * size) : Array.from({ length: shape[axis]! }, () => build(axis + 1));
  return build(0) as unknown[];
}

export const nestedArrayReader: Reader = {
  make: (_value, values) => ({ tensor: nest(values), warnings: [] }),

  claims(value) {
    if (!Array.isArray(value)) return false;
    const shape = shapeOf(value);
    if (!shape) return false;
    let seen = 0;
    for (const leaf of leavesOf(value, shape, 0)) {
      if (leaf === null) return false;
      if (++seen === probedLeaves) break;
    }
    return true;
  },

  describe(value): Described {
    const shape = shapeOf(value as unknown[])!;
    const size = sizeOf(shape);
    const dtype = dtypeOf(firstLeaf(value, shape));
    return {
      runtime: 'ndarray',
      kind: 'array',
      className: 'Array',
      dtype,
      shape,
      byteLength: size * widths[dtype],
      device: { type: 'cpu' },
      location: 'host',
      state: 'live',
      access: { how: 'view', reason: 'It is an array of JavaScript numbers on the host.' },
      warnings: [],
    };
  },

  source(value): Source {
    const shape = shapeOf(value as unknown[])!;
    const size = sizeOf(shape);
    const dtype = dtypeOf(firstLeaf(value, shape));
    const bytes = new Uint8Array(size * widths[dtype]);
    const view = new DataView(bytes.buffer);
    let index = 0;
    for (const leaf of leavesOf(value, shape, 0)) {
      if (leaf === null || dtypeOf(leaf) !== dtype) {
        return {
          how: 'none',
          code: 'not-readable',
          reason: `The nested array is not rectangular, or mixes types, at its element ${index}.`,
          help: `Make every row of the shape [${shape.join(', ')}] complete, with one type of number.`,
        };
      }
      if (typeof leaf === 'number') view.setFloat64(index * 8, leaf, true);
      else if (typeof leaf === 'bigint') view.setBigInt64(index * 8, leaf, true);
      else bytes[index] = leaf ? 1 : 0;
      index++;
    }
    return { how: 'host', bytes, layout: { dtype, shape, strides: rowMajorStrides(shape), offset: 0 } };
  },
};
