/**
 * The pieces that a window is moved in: whether a buffer can be read at all, what of it goes into the staging buffer and
 * where, and how the window's own bytes are taken out of that.
 */
import { TensorError } from '../../protocol/errors.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { platformValue } from '../safely.ts';
import type { DeviceSource } from '../source.ts';
import { usage, type Recorder } from './device.ts';
import { forEachRun, spanOf, type WindowPlan } from './plan.ts';

/** A piece of a window that one round moves: `staged` bytes at `stagingOffset`, cut to the window's bytes by `take`. */
export interface Piece {
  source: DeviceSource;
  plan: WindowPlan;
  mode: 'copy' | 'gather';
  stagedBytes: number;
  /** It reaches beyond the last whole word of its buffer: those bytes are staged apart, at the piece's end. */
  tail: Tail | null;
  /** Where the piece's elements go in the whole result, in bytes. */
  resultOffset: number;
}

/** The one to three bytes of a buffer behind its last whole word: neither buffer copies nor bindings reach them. */
export interface Tail {
  from: number;
  bytes: number;
}

export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

export function assertReadable(buffer: GPUBuffer): void {
  const mapState = platformValue(buffer, 'mapState');
  if (mapState !== 'unmapped') {
    throw new TensorError({
      code: 'not-readable',
      message:
        mapState === 'mapped'
          ? 'The buffer is mapped for the program; the device may not touch it now.'
          : 'The program waits for mapAsync() on this buffer; the device may not touch it now.',
      help: 'Look at the array that getMappedRange() returns, after the `await` of its mapAsync(); or stop after its unmap().',
    });
  }
  const flags = platformValue(buffer, 'usage') as number;
  if ((flags & (usage.copySrc | usage.storage)) !== 0) return;
  throw new TensorError({
    code: 'not-readable',
    message: `The buffer has neither COPY_SRC nor STORAGE among its usage flags (0x${flags.toString(16)}), so the device refuses to copy from it.`,
    help:
      (flags & usage.mapRead) !== 0
        ? 'It is a buffer that the program maps: look at the one that it is copied from, or at the array that getMappedRange() returns.'
        : 'Add GPUBufferUsage.COPY_SRC where the program creates it.',
  });
}

/** Bytes that the copy of a run starts before the run itself: copies start at multiples of four bytes. */
function copyLead({ source }: Pick<Piece, 'source'>, element: number): number {
  return (source.byteOffset + element * itemSize(source.layout.dtype)) % 4;
}

/** How many bytes one run of the piece takes in the staging buffer. */
function stagedBytesOfRun(source: DeviceSource, element: number, runBytes: number): number {
  return alignUp(copyLead({ source }, element) + runBytes, 4);
}

export function stagedBytesOfCopies(plan: WindowPlan, source: DeviceSource, size: number): number {
  let bytes = 0;
  forEachRun(plan, (element) => (bytes += stagedBytesOfRun(source, element, plan.run * size)));
  return bytes;
}

export function encodeCopies(recorder: Recorder, piece: Piece, staging: GPUBuffer, stagingOffset: number): void {
  const { source, plan, tail } = piece;
  const size = itemSize(source.layout.dtype);
  let to = stagingOffset;
  forEachRun(plan, (element) => {
    const bytes = stagedBytesOfRun(source, element, plan.run * size);
    const from = source.byteOffset + element * size - copyLead(piece, element);
    const reached = tail ? Math.min(bytes, tail.from - from) : bytes;
    if (reached > 0) recorder.copyBuffer(source.buffer, from, staging, to, reached);
    to += bytes;
  });
}

/** Where its bytes begin in the staging buffer, if they stand there as they are wanted; null if they have to be unpacked. */
export function denseLead(piece: Piece): number | null {
  const { mode, plan, tail } = piece;
  if (tail) return null;
  if (mode === 'gather') return 0;
  return plan.runs === 1 ? copyLead(piece, plan.start) : null;
}

/** Takes the window's own bytes out of what was staged. */
export function unpack(piece: Piece, view: Uint8Array, result: Uint8Array, resultOffset: number): void {
  const { source, plan, tail } = piece;
  const size = itemSize(source.layout.dtype);
  const runBytes = plan.run * size;
  if (piece.mode === 'gather') {
    result.set(view.subarray(0, plan.elements * size), resultOffset);
  } else {
    let from = 0;
    let to = resultOffset;
    forEachRun(plan, (element) => {
      const lead = copyLead(piece, element);
      result.set(view.subarray(from + lead, from + lead + runBytes), to);
      from += stagedBytesOfRun(source, element, runBytes);
      to += runBytes;
    });
  }
  if (!tail) return;
  const tailBytes = view.subarray(piece.stagedBytes - 4);
  forEachRun(plan, (element, index) => {
    const start = source.byteOffset + element * size;
    for (let at = Math.max(start, tail.from); at < start + runBytes; at++) {
      result[resultOffset + index * runBytes + at - start] = tailBytes[at - tail.from]!;
    }
  });
}

export function wholeWords(buffer: GPUBuffer): number {
  return Math.floor((platformValue(buffer, 'size') as number) / 4) * 4;
}

export function tailOf(source: DeviceSource, plan: WindowPlan): Tail | null {
  const size = platformValue(source.buffer, 'size') as number;
  const from = wholeWords(source.buffer);
  const end = source.byteOffset + spanOf(plan).to * itemSize(source.layout.dtype);
  return end > from ? { from, bytes: size - from } : null;
}

export function tailOutOfReach(buffer: GPUBuffer): TensorError {
  const size = platformValue(buffer, 'size') as number;
  return new TensorError({
    code: 'not-readable',
    message: `The buffer has ${size} bytes and no COPY_SRC among its usage flags: its last ${size % 4} are out of reach, since a shader sees whole words of 4 bytes.`,
    help: `Read the first ${size - (size % 4)} bytes of it, or add GPUBufferUsage.COPY_SRC where the program creates it.`,
  });
}
