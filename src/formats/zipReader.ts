/**
 * Reads a ZIP archive's directory and its members: stored ones in place, deflated ones piece by piece. What the
 * directory says is believed only as far as the file bears it out. For the layout see zipWriter.ts.
 */
import { crc32 } from 'node:zlib';
import { Inflate } from 'fflate';
import type { TensorError } from '../protocol/errors.ts';
import { invalidFile, readExactly, sectionReader } from './byteReader.ts';
import type { ByteReader } from './byteReader.ts';

export interface ZipEntry {
  name: string;
  /** 0: stored, 8: deflated; others are refused when the member is read. */
  method: number;
  encrypted: boolean;
  crc: number;
  size: number;
  compressedSize: number;
  /** Of the local header. */
  offset: number;
}

const endSignature = 0x06054b50;
const endLength = 22;
const wideEndLength = 56;
const longestComment = 0xffff;
const largestDirectory = 64 << 20;
const damagedDirectory = "The archive's directory is damaged or shorter than it claims.";

/** @throws TensorError `invalid-file` */
export async function readZipDirectory(reader: ByteReader): Promise<ZipEntry[]> {
  const { size, end, start, count } = await findDirectory(reader);
  if (size > largestDirectory) throw invalidFile(`The archive's directory claims ${size} bytes; that is refused.`);
  // What stands before the archive (a program that unpacks it) counts for no position in it.
  const before = end - size - start;
  if (before < 0) throw invalidFile(damagedDirectory);
  const bytes = await readExactly(reader, start + before, size, "the archive's directory");
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count;) {
    const { entry, length } = parseEntry(bytes, at);
    entries.push({ ...entry, offset: entry.offset + before });
    at += length;
  }
  return entries;
}

interface Directory {
  /** Where it claims to be; it ends at `end`. */
  start: number;
  end: number;
  size: number;
  count: number;
}

async function findDirectory(reader: ByteReader): Promise<Directory> {
  const tailLength = Math.min(reader.size, endLength + longestComment);
  const tailStart = reader.size - tailLength;
  const tail = viewOf(await readExactly(reader, tailStart, tailLength, 'the end of the archive'));
  let at = tailLength - endLength;
  while (at >= 0 && tail.getUint32(at, true) !== endSignature) at--;
  if (at < 0) throw invalidFile('This is not a ZIP archive, or its end is missing.', 'It may be cut off.');
  const wide = tailStart + at - 20;
  if (wide >= 0) {
    const locator = viewOf(await readExactly(reader, wide, 20, 'the ZIP64 locator'));
    // As Python has it, directly before its locator.
    if (locator.getUint32(0, true) === 0x07064b50) return readWideEnd(reader, wide - wideEndLength);
  }
  return {
    end: tailStart + at,
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    start: tail.getUint32(at + 16, true),
  };
}

async function readWideEnd(reader: ByteReader, position: number): Promise<Directory> {
  const record = viewOf(await readExactly(reader, position, wideEndLength, 'the ZIP64 end record'));
  if (record.getUint32(0, true) !== 0x06064b50) throw invalidFile('The ZIP64 end record is missing.');
  return { end: position, count: uint64(record, 32), size: uint64(record, 40), start: uint64(record, 48) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function uint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidFile(`The archive claims an impossible size: ${value}.`);
  return Number(value);
}

function parseEntry(bytes: Uint8Array, at: number): { entry: ZipEntry; length: number } {
  const view = viewOf(bytes);
  if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw invalidFile(damagedDirectory);
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const length = 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  if (at + length > bytes.length) throw invalidFile(damagedDirectory);
  const flags = view.getUint16(at + 8, true);
  const name = bytes.subarray(at + 46, at + 46 + nameLength);
  const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
  const sizes = {
    size: view.getUint32(at + 24, true),
    compressedSize: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  };
  widen(sizes, extra);
  const entry = {
    ...sizes,
    name: new TextDecoder(flags & 0x800 ? 'utf-8' : 'latin1').decode(name),
    method: view.getUint16(at + 10, true),
    encrypted: (flags & 1) !== 0,
    crc: view.getUint32(at + 16, true),
  };
  return { entry, length };
}

/** Replaces what 32 bits could not hold by the values of the ZIP64 extra field. */
function widen(sizes: Pick<ZipEntry, 'size' | 'compressedSize' | 'offset'>, extra: Uint8Array): void {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    for (const field of ['size', 'compressedSize', 'offset'] as const) {
      if (sizes[field] !== 0xffffffff) continue;
      if (next + 8 > extra.length) throw invalidFile('The ZIP64 extra field is too short.');
      sizes[field] = uint64(view, next);
      next += 8;
    }
    return;
  }
}

/** The member's bytes as they lie in the file, compressed or not. @throws TensorError `invalid-file` */
export async function memberSection(reader: ByteReader, entry: ZipEntry): Promise<ByteReader> {
  if (entry.encrypted) throw invalidFile(`The member ${entry.name} is encrypted.`);
  if (entry.method !== 0 && entry.method !== 8) {
    throw invalidFile(
      `The member ${entry.name} is compressed by method ${entry.method}; known are stored and deflated.`,
      'Write it with np.savez or np.savez_compressed.',
    );
  }
  const header = viewOf(await readExactly(reader, entry.offset, 30, `the header of ${entry.name}`));
  if (header.getUint32(0, true) !== 0x04034b50)
    throw invalidFile(`The member ${entry.name} is not where it should be.`);
  const start = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const end = start + entry.compressedSize;
  if (end > reader.size || (entry.method === 0 && entry.size !== entry.compressedSize)) {
    throw invalidFile(`The member ${entry.name} claims ${entry.compressedSize} bytes that the file does not have.`);
  }
  return sectionReader(reader, start, entry.compressedSize);
}

/**
 * A stored member, whose checksum is looked at once it was read from its start to its end, as whoever takes all of it
 * does. A window says nothing about it.
 * @throws TensorError `invalid-file` by the read that comes to the end, and all after it, if the checksum is wrong
 */
export function checkedMember(section: ByteReader, entry: ZipEntry): ByteReader {
  let crc = 0;
  /** Up to where all bytes were asked for. */
  let seen = 0;
  /** Reads may be answered in any order, sums are made in that of the file. */
  let summing = Promise.resolve();
  let fault: TensorError | undefined;
  const sum = async (reading: Promise<Uint8Array>, skipped: number, isLast: boolean): Promise<void> => {
    crc = crc32((await reading).subarray(skipped), crc);
    if (isLast && crc !== entry.crc) throw (fault = wrongChecksum(entry));
  };
  return {
    size: section.size,
    async read(position, length) {
      if (fault) throw fault;
      const reading = section.read(position, length);
      const end = position + length;
      if (position > seen || end <= seen) return reading;
      const skipped = seen - position;
      seen = end;
      summing = summing.then(() => sum(reading, skipped, end === section.size));
      const [bytes] = await Promise.all([reading, summing]);
      return bytes;
    },
  };
}

function wrongChecksum({ name }: ZipEntry): TensorError {
  return invalidFile(`The checksum of ${name} is wrong: the file is damaged.`, 'Write or download it again.');
}

// Deflate expands at most 1032 times, so one piece never gives more than 16 MiB at once.
const inflatePiece = 16 << 10;

/**
 * The bytes of a deflated member, in order.
 * @throws TensorError `invalid-file` as soon as there is more than the directory promised, or at the end if there is
 * less or the checksum is wrong
 */
export async function* inflateMember(
  section: ByteReader,
  entry: ZipEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pieces: Uint8Array[] = [];
  const inflate = new Inflate((chunk) => pieces.push(chunk));
  let seen = 0;
  let crc = 0;
  for (let at = 0; at < section.size; at += inflatePiece) {
    const length = Math.min(inflatePiece, section.size - at);
    const compressed = await readExactly(section, at, length, `the member ${entry.name}`);
    try {
      inflate.push(compressed.slice(), at + length === section.size);
    } catch (error) {
      throw invalidFile(`The compressed data of ${entry.name} is damaged.`, undefined, error);
    }
    for (const piece of pieces) {
      seen += piece.length;
      if (seen > entry.size)
        throw invalidFile(`The member ${entry.name} unpacks to more than its ${entry.size} bytes.`);
      crc = crc32(piece, crc);
      yield piece;
    }
    pieces = [];
  }
  if (seen !== entry.size) throw invalidFile(`The member ${entry.name} unpacks to ${seen} bytes, not ${entry.size}.`);
  if (crc !== entry.crc) throw wrongChecksum(entry);
}
