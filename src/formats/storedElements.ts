/** Windows of a dense array in a file, in either order of axes and of bytes; only what a window needs is read. */
import type { AxisRange } from '../protocol/tensor.ts';
import { sliceSize } from '../tensor/slice.ts';
import { sliceRuns } from '../tensor/sliceRuns.ts';
import type { Run } from '../tensor/sliceRuns.ts';
import { readExactly } from './byteReader.ts';
import type { ByteReader } from './byteReader.ts';

export interface StoredLayout {
  reader: ByteReader;
  /** Of the first element, in bytes. */
  position: number;
  itemSize: number;
  /** In elements, per axis. */
  strides: readonly number[];
  /** Bytes to reverse as one: the item size of big-endian numbers, half of it for complex ones, 0 for none. */
  swap: number;
}

// What one read may bring into memory at a time, and the gap between two elements above which they are read one by one.
const pieceBytes = 1 << 20;
const largestGap = 1 << 14;

/**
 * The elements that the ranges take, row-major and little-endian.
 * @throws TensorError `invalid-file` where the file ends too early
 */
export async function readElements(layout: StoredLayout, ranges: readonly AxisRange[]): Promise<Uint8Array> {
  const bytes = new Uint8Array(sliceSize(ranges) * layout.itemSize);
  let at = 0;
  for (const run of sliceRuns(ranges, layout.strides, 0)) {
    await readRun(layout, run, bytes, at);
    at += run.count * layout.itemSize;
  }
  if (layout.swap > 1) reverseInPlace(bytes, layout.swap);
  return bytes;
}

async function readRun(layout: StoredLayout, run: Run, into: Uint8Array, at: number): Promise<void> {
  const { reader, position, itemSize } = layout;
  const gap = Math.abs(run.stride) * itemSize;
  const perPiece = gap > largestGap ? 1 : Math.max(1, Math.floor(pieceBytes / Math.max(gap, 1)));
  for (let done = 0; done < run.count; done += perPiece) {
    const count = Math.min(perPiece, run.count - done);
    const first = run.offset + done * run.stride;
    const lowest = run.stride < 0 ? first + (count - 1) * run.stride : first;
    const span = ((count - 1) * Math.abs(run.stride) + 1) * itemSize;
    const piece = await readExactly(reader, position + lowest * itemSize, span, 'the elements');
    if (run.stride === 1) into.set(piece, at);
    else pick(piece, (first - lowest) * itemSize, run.stride * itemSize, count, itemSize, into, at);
    at += count * itemSize;
  }
}

function pick(
  from: Uint8Array,
  start: number,
  step: number,
  count: number,
  itemSize: number,
  into: Uint8Array,
  at: number,
): void {
  for (let i = 0; i < count; i++) {
    for (let byte = 0; byte < itemSize; byte++) into[at++] = from[start + i * step + byte] as number;
  }
}

function reverseInPlace(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}
