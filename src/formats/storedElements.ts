/** Windows of a dense array in a file, in either order of axes and of bytes; only what a window needs is read. */
import type { AxisRange } from '../protocol/tensor.ts';
import { rowMajorStrides } from '../tensor/shape.ts';
import { sliceSize } from '../tensor/slice.ts';
import { readExactly } from './byteReader.ts';
import type { ByteReader } from './byteReader.ts';

interface StoredLayout {
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
// Many small reads wait for each other's way through Node's thread pool; so many are under way together.
const readsAtOnce = 16;

/** Elements that lie in one stretch of the file, `stride` apart, and where they go: `at`, `at + step`, ... in the result. */
interface Piece {
  offset: number;
  stride: number;
  count: number;
  at: number;
  step: number;
}

/**
 * The elements that the ranges take, row-major and little-endian. They are read in the order of the file, whatever the
 * order of its axes, and those that lie near to each other share a read.
 * @throws TensorError `invalid-file` where the file ends too early
 */
export async function readElements(layout: StoredLayout, ranges: readonly AxisRange[]): Promise<Uint8Array> {
  const { reader, position, itemSize } = layout;
  const bytes = new Uint8Array(sliceSize(ranges) * itemSize);
  let group: Piece[] = [];
  let from = 0;
  let to = 0;
  const underWay: Promise<void>[] = [];
  const readGroup = async (group: readonly Piece[], from: number, to: number): Promise<void> => {
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
      if (group.length > 0) underWay.push(readGroup(group, from, to));
      if (underWay.length === readsAtOnce) await Promise.all(underWay.splice(0));
      group = [];
      from = low;
      to = high;
    }
    group.push(piece);
  }
  if (group.length > 0) underWay.push(readGroup(group, from, to));
  await Promise.all(underWay);
  if (layout.swap > 1) reverseInPlace(bytes, layout.swap);
  return bytes;
}

/** An axis of a window, in elements: how far apart its elements lie in the file, and in the result. */
interface Axis {
  count: number;
  stride: number;
  step: number;
}

function* pieces({ strides, itemSize }: StoredLayout, ranges: readonly AxisRange[]): Generator<Piece, void, undefined> {
  const { start, axes } = fileOrder(strides, ranges);
  if (axes.some(({ count }) => count === 0)) return;
  const inner = axes.pop() ?? { count: 1, stride: 1, step: 1 };
  const distance = Math.abs(inner.stride) * itemSize;
  const longest = distance > largestGap ? 1 : Math.max(1, Math.floor(pieceBytes / Math.max(distance, 1)));
  const index = axes.map(() => 0);
  let offset = start;
  let at = 0;
  for (;;) {
    for (let done = 0; done < inner.count; done += longest) {
      const count = Math.min(longest, inner.count - done);
      yield { ...inner, count, offset: offset + done * inner.stride, at: at + done * inner.step };
    }
    let axis = axes.length - 1;
    for (; axis >= 0; axis--) {
      const { count, stride, step } = axes[axis] as Axis;
      offset += stride;
      at += step;
      const next = (index[axis] as number) + 1;
      if (next < count) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      offset -= stride * count;
      at -= step * count;
    }
    if (axis < 0) return;
  }
}

/** The axes of a window with the one that varies fastest in the file last; those without a gap between them are one. */
function fileOrder(strides: readonly number[], ranges: readonly AxisRange[]): { start: number; axes: Axis[] } {
  const steps = rowMajorStrides(ranges.map(({ count }) => count));
  let start = 0;
  const all = ranges.map((range, axis): Axis => {
    start += range.start * (strides[axis] as number);
    return { count: range.count, stride: range.step * (strides[axis] as number), step: steps[axis] as number };
  });
  const axes: Axis[] = [];
  for (const axis of all.filter(({ count }) => count !== 1).sort((a, b) => Math.abs(b.stride) - Math.abs(a.stride))) {
    const outer = axes.at(-1);
    if (outer && outer.stride === axis.stride * axis.count && outer.step === axis.step * axis.count) {
      axes[axes.length - 1] = { ...axis, count: outer.count * axis.count };
    } else axes.push(axis);
  }
  return { start, axes };
}

/** @param from the element that the span starts with */
function copyPiece(span: Uint8Array, from: number, piece: Piece, itemSize: number, into: Uint8Array): void {
  const start = (piece.offset - from) * itemSize;
  const at = piece.at * itemSize;
  if (piece.stride === 1 && piece.step === 1) into.set(span.subarray(start, start + piece.count * itemSize), at);
  else scatter(span, start, piece.stride * itemSize, into, at, piece.step * itemSize, piece.count, itemSize);
}

function scatter(
  from: Uint8Array,
  start: number,
  stride: number,
  into: Uint8Array,
  at: number,
  step: number,
  count: number,
  itemSize: number,
): void {
  for (let i = 0; i < count; i++, start += stride, at += step) {
    for (let byte = 0; byte < itemSize; byte++) into[at + byte] = from[start + byte] as number;
  }
}

function reverseInPlace(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}
