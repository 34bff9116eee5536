/** The elements of a tensor on their way into a file, piece by piece, in the order that the file has them in. */
import { bytesReader } from '../formats/byteReader.ts';
import { columnMajorBytes, columnMajorWindows } from '../formats/columnMajor.ts';
import { readElements } from '../formats/storedElements.ts';
import type { AxisRange, CopyCost } from '../protocol/tensor.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { rowMajorStrides } from '../tensor/shape.ts';
import { resultShape, sliceSize } from '../tensor/slice.ts';
import { addCost, assertNotCancelled, noCost, type BulkProgress, type BulkReader } from './bulkReader.ts';
import type { Source } from './exportTensors.ts';

/** Of what is here already, so much is looked at at a time; of any dtype whole elements. */
const pieceBytes = 2 ** 20;
/** A window that is turned around is in memory twice, and once more where it is widened. */
const windowBytes = 8 * 2 ** 20;

interface Piece {
  bytes: Uint8Array;
  /** What all so far have cost. */
  cost: CopyCost;
}

/** @throws TensorError `cancelled` once the signal says so */
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
  let cost = noCost;
  let seen = 0;
  for (const ranges of columnMajorWindows(shape, windowBytes / size)) {
    assertNotCancelled(progress.signal, seen, byteLength);
    const length = sliceSize(ranges) * size;
    let window: Uint8Array;
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
      const read = await bulk.readWindow({ ...elements, ranges: within(elements.ranges, ranges) }, length);
      window = read.bytes;
      cost = addCost(cost, read.cost);
    }
    seen += length;
    yield { bytes: await columnMajorBytes(window, resultShape(ranges), size), cost };
    progress.onBytes?.(seen);
  }
}

/** The ranges of a slice of a slice; the inner one has no axes that the outer one dropped. */
function within(outer: readonly AxisRange[], inner: readonly AxisRange[]): AxisRange[] {
  let axis = 0;
  return outer.map((range) => {
    if (range.dropped) return range;
    const { start, step, count } = inner[axis++]!;
    return { start: range.start + start * range.step, step: range.step * step, count, dropped: false };
  });
}
