/** Transforms of raw elements that more than one format can use. */
import { TensorError } from '../protocol/errors.ts';
import { formatBytes } from '../tensor/preview.ts';
import { columnMajorStrides, sizeOf } from '../tensor/shape.ts';
import { wholeSlice } from '../tensor/slice.ts';
import { sliceRuns } from '../tensor/sliceRuns.ts';
import { joinBytes } from './format.ts';
import type { TensorHeader, Transform } from './format.ts';

/** The second transform on what the first one gives. */
export function inTurn(first: Transform, second: Transform): Transform {
  return {
    *push(chunk) {
      for (const piece of first.push(chunk)) yield* second.push(piece);
    },
    *end() {
      for (const piece of first.end()) yield* second.push(piece);
      yield* second.end();
    },
  };
}

const largestTransposed = 256 << 20;

/**
 * Elements with the first axis varying fastest (Fortran order). The first element of the result may stand at the end of
 * the input, so the whole tensor is held.
 * @throws TensorError `too-large` above 256 MiB
 */
export function columnMajorOrder({ name, shape }: TensorHeader, itemSize: number): Transform {
  const byteLength = sizeOf(shape) * itemSize;
  if (byteLength > largestTransposed) {
    throw new TensorError({
      code: 'too-large',
      message: `${name} has ${formatBytes(byteLength)}; Fortran order needs all of them in memory.`,
      help: 'Write it in row-major order and use np.asfortranarray.',
    });
  }
  const chunks: Uint8Array[] = [];
  return {
    *push(chunk) {
      // The caller may use its buffer again.
      chunks.push(chunk.slice());
      yield* [];
    },
    *end() {
      const rowMajor = joinBytes(chunks);
      const columnMajor = new Uint8Array(byteLength);
      let from = 0;
      for (const run of sliceRuns(wholeSlice(shape), columnMajorStrides(shape), 0)) {
        for (let i = 0; i < run.count; i++, from += itemSize) {
          columnMajor.set(rowMajor.subarray(from, from + itemSize), (run.offset + i * run.stride) * itemSize);
        }
      }
      yield columnMajor;
    },
  };
}
