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

// What one read may bring into memory at a time, and the gap in the file above which two reads are better than one.
const pieceBytes = 1 << 20;
const largestGap = 1 << 14;

/** A run no longer than one read, and where its elements go. */
interface Piece extends Run {
  at: number;
}

/**
 * The elements that the ranges take, row-major and little-endian. Elements that lie near to each other in the file share
 * a read.
 * @throws TensorError `invalid-file` where the file ends too early
 */
export async function readElements(layout: StoredLayout, ranges: readonly AxisRange[]): Promise<Uint8Array> {
  const { reader, position, itemSize } = layout;
  const bytes = new Uint8Array(sliceSize(ranges) * itemSize);
  let group: Piece[] = [];
  let from = 0;
  let to = 0;
  const readGroup = async (): Promise<void> => {
    const span = await readExactly(reader, position + from * itemSize, (to - from) * itemSize, 'the elements');
    for (const piece of group) copyPiece(span, from, piece, itemSize, bytes);
  };
  for (const piece of pieces(layout, ranges)) {
    const last = piece.offset + (piece.count - 1) * piece.stride;
    const low = Math.min(piece.offset, last);
    const high = Math.max(piece.offset, last) + 1;
    const gap = Math.max(low - to, from - high) * itemSize;
    const joined = (Math.max(to, high) - Math.min(from, low)) * itemSize;
    if (group.length > 0 && gap <= largestGap && joined <= pieceBytes) {
      from = Math.min(from, low);
      to = Math.max(to, high);
    } else {
      if (group.length > 0) await readGroup();
      group = [];
      from = low;
      to = high;
    }
    group.push(piece);
  }
  if (group.length > 0) await readGroup();
  if (layout.swap > 1) reverseInPlace(bytes, layout.swap);
  return bytes;
}

function* pieces({ strides, itemSize }: StoredLayout, ranges: readonly AxisRange[]): Generator<Piece, void, undefined> {
  let at = 0;
  for (const run of sliceRuns(ranges, strides, 0)) {
    const step = Math.abs(run.stride) * itemSize;
    const longest = step > largestGap ? 1 : Math.max(1, Math.floor(pieceBytes / Math.max(step, 1)));
    for (let done = 0; done < run.count; done += longest) {
      const count = Math.min(longest, run.count - done);
      yield { offset: run.offset + done * run.stride, stride: run.stride, count, at };
      at += count * itemSize;
    }
  }
}

/** @param from the element that the span starts with */
function copyPiece(span: Uint8Array, from: number, piece: Piece, itemSize: number, into: Uint8Array): void {
  const start = (piece.offset - from) * itemSize;
  if (piece.stride === 1) into.set(span.subarray(start, start + piece.count * itemSize), piece.at);
  else pick(span, start, piece.stride * itemSize, piece.count, itemSize, into, piece.at);
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
