/** The elements of a tensor on their way into a file, piece by piece, in the order that the file has them in. */
import { bytesReader } from '../../formats/byteReader.ts';
import { columnMajorBytes, columnMajorWindows } from '../../formats/columnMajor.ts';
import { readElements } from '../../formats/storedElements.ts';
import type { AxisRange, CopyCost } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { rowMajorStrides } from '../../tensor/shape.ts';
import { resultShape, sliceSize } from '../../tensor/slice.ts';
import { addCost, assertNotCancelledAfter, noCost, type BulkProgress, type BulkReader } from '../read/bulkReader.ts';
import type { Source } from './exportTensors.ts';

/** Of what is here already, so much is looked at at a time; of any dtype whole elements. */
const pieceBytes = 2 ** 20;
/** A window that is turned around is in memory three times, and once more where it is widened. */
const windowBytes = 4 * 2 ** 20;

interface Piece {
  bytes: Uint8Array;
  /** What all so far have cost. */
  cost: CopyCost;
}

/**
 * A piece stays as it is until the next but one is asked for; see `BulkReader.pieces`.
 * @throws TensorError `cancelled` once the signal says so
 */
export async function* elementPieces(
  source: Source,
  order: 'column-major' | undefined,
  bulk: BulkReader,
  progress: BulkProgress,
): AsyncGenerator<Piece, void, undefined> {
  const { elements, byteLength } = source;
  if (order) {
    yield* columnMajorPieces(source, bulk, progress);
  } else if (!(elements instanceof Uint8Array)) {
    yield* bulk.pieces(elements, byteLength, progress);
  } else {
    for (let from = 0; from < byteLength; from += pieceBytes) {
      yield { bytes: elements.subarray(from, from + pieceBytes), cost: noCost };
    }
  }
}

async function* columnMajorPieces(
  { header: { dtype, shape }, elements, byteLength }: Source,
  bulk: BulkReader,
  progress: BulkProgress,
): AsyncGenerator<Piece, void, undefined> {
  const size = itemSize(dtype);
  const memory = () => new Uint8Array(Math.min(windowBytes, byteLength));
  const read = memory();
  // One is written to the file while the other is filled.
  let [turned, other] = [memory(), memory()];
  let cost = noCost;
  let seen = 0;
  for (const ranges of columnMajorWindows(shape, windowBytes / size)) {
    assertNotCancelledAfter(seen, byteLength, progress.signal);
    const length = sliceSize(ranges) * size;
    let window: Uint8Array = read.subarray(0, length);
    if (elements instanceof Uint8Array) {
      const layout = {
        reader: bytesReader(elements),
        position: 0,
        itemSize: size,
        strides: rowMajorStrides(shape),
        swap: 0,
      };
      window = await readElements(layout, ranges);
    } else {
      const within = { ...elements, ranges: rangesWithin(elements.ranges, ranges) };
      cost = addCost(cost, await bulk.readWindow(within, window));
    }
    seen += length;
    [turned, other] = [other, turned];
    yield { bytes: columnMajorBytes(window, resultShape(ranges), size, turned.subarray(0, length)), cost };
    progress.onBytes?.(seen);
  }
}

/** The ranges of a slice of a slice; the inner one has no axes that the outer one dropped. */
function rangesWithin(outer: readonly AxisRange[], inner: readonly AxisRange[]): AxisRange[] {
  let axis = 0;
  return outer.map((range) => {
    if (range.dropped) return range;
    const { start, step, count } = inner[axis++]!;
    return { start: range.start + start * range.step, step: range.step * step, count, dropped: false };
  });
}
