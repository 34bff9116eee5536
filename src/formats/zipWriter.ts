/**
 * A ZIP archive as parts of a stream: nothing is read back or patched, so that any sink will do.
 * Layout per member: local header, name, ZIP64 extra field, the data, and after it the data descriptor with what was
 * not known before (checksum and sizes); at the end the central directory with all of it, which is what NumPy reads.
 * Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.5.3.
 */
import { crc32 } from 'node:zlib';
import { Deflate } from 'fflate';
import { joinBytes } from '../tensor/bytes.ts';
import type { Part, Transform } from './format.ts';

interface ZipMember {
  name: string;
  parts: readonly Part[];
}

const versionZip64 = 45;
const madeOnUnix = 3 << 8;
// Bit 3: sizes follow the data; bit 11: the name is UTF-8.
const flags = 0x0808;
// 1980-01-01, the earliest that the format knows; NumPy writes it too.
const dosDate = 0x21;
const readableByOwner = 0o600 << 16;
const limit32 = 0xffffffff;
const limit16 = 0xffff;

interface Written {
  name: Uint8Array;
  method: number;
  offset: number;
  crc: number;
  size: number;
  compressedSize: number;
}

/** The parts of an archive; members are stored as they are, or deflated. */
export function zipParts(members: readonly ZipMember[], compress: boolean): Part[] {
  const written: Written[] = [];
  let position = 0;
  const counted = (bytes: Uint8Array): Uint8Array => {
    position += bytes.length;
    return bytes;
  };
  const parts = members.flatMap((member): Part[] => {
    const body = new MemberBody(compress);
    const entry: Written = {
      name: new TextEncoder().encode(member.name),
      method: compress ? 8 : 0,
      offset: 0,
      crc: 0,
      size: 0,
      compressedSize: 0,
    };
    const start = (): Uint8Array => {
      entry.offset = position;
      return counted(localHeader(entry));
    };
    const end = (): Uint8Array => {
      const rest = body.finish();
      entry.crc = body.crc;
      entry.size = body.size;
      entry.compressedSize = body.compressedSize;
      written.push(entry);
      position += body.compressedSize;
      const descriptor = dataDescriptor(entry);
      position += descriptor.length;
      return joinBytes([...rest, descriptor]);
    };
    return [
      { kind: 'bytes', bytes: start },
      ...member.parts.map((part) => body.wrap(part)),
      { kind: 'bytes', bytes: end },
    ];
  });
  return [...parts, { kind: 'bytes', bytes: () => centralDirectory(written, position) }];
}

/** Counts, checks and deflates what goes through the parts of one member. */
class MemberBody {
  crc = 0;
  size = 0;
  compressedSize = 0;
  readonly #deflate: Deflate | null;
  #output: Uint8Array[] = [];

  constructor(compress: boolean) {
    this.#deflate = compress ? new Deflate({ level: 6 }, (chunk) => this.#output.push(chunk)) : null;
  }

  /** The same part with its bytes seen, and deflated if the member is. */
  wrap(part: Part): Part {
    if (part.kind === 'bytes') return { kind: 'bytes', bytes: () => joinBytes(this.#take(part.bytes())) };
    // As they are, elements may go from the device straight into the file; they are only looked at.
    if (!part.transform && !this.#deflate) return { ...part, observe: (chunk) => void this.#take(chunk) };
    return { ...part, transform: this.#through(part.transform) };
  }

  #through(transform: Transform | undefined): Transform {
    const take = (bytes: Uint8Array): Uint8Array[] => this.#take(bytes);
    return {
      *push(chunk) {
        for (const piece of transform ? transform.push(chunk) : [chunk]) yield* take(piece);
      },
      *end() {
        for (const piece of transform ? transform.end() : []) yield* take(piece);
      },
    };
  }

  #take(bytes: Uint8Array): Uint8Array[] {
    this.crc = crc32(bytes, this.crc);
    this.size += bytes.length;
    if (!this.#deflate) {
      this.compressedSize += bytes.length;
      return [bytes];
    }
    this.#deflate.push(bytes, false);
    return this.#flush();
  }

  /** What is left in the compressor. */
  finish(): Uint8Array[] {
    this.#deflate?.push(new Uint8Array(0), true);
    return this.#flush();
  }

  #flush(): Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    for (const piece of output) this.compressedSize += piece.length;
    return output;
  }
}

/** Little-endian fields, one after the other. */
class Fields {
  readonly #view: DataView<ArrayBuffer>;
  #at = 0;

  constructor(length: number) {
    this.#view = new DataView(new ArrayBuffer(length));
  }

  u16(...values: number[]): this {
    for (const value of values) this.#view.setUint16((this.#at += 2) - 2, value, true);
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) this.#view.setUint32((this.#at += 4) - 4, value, true);
    return this;
  }

  u64(...values: number[]): this {
    for (const value of values) this.#view.setBigUint64((this.#at += 8) - 8, BigInt(value), true);
    return this;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#view.buffer);
  }
}

function localHeader({ name, method }: Written): Uint8Array {
  const header = new Fields(30)
    .u32(0x04034b50)
    .u16(versionZip64, flags, method, 0, dosDate)
    .u32(0, limit32, limit32)
    .u16(name.length, 20);
  // The sizes, in 64 bits: not known yet. Their presence makes those of the descriptor 64 bits wide.
  const extra = new Fields(20).u16(1, 16).u64(0, 0);
  return joinBytes([header.bytes(), name, extra.bytes()]);
}

function dataDescriptor({ crc, size, compressedSize }: Written): Uint8Array {
  return new Fields(24).u32(0x08074b50, crc).u64(compressedSize, size).bytes();
}

function centralDirectory(entries: readonly Written[], start: number): Uint8Array {
  const headers = entries.map(centralHeader);
  const size = headers.reduce((length, header) => length + header.length, 0);
  const tail: Uint8Array[] = [];
  if (entries.length >= limit16 || size >= limit32 || start >= limit32) {
    const record = new Fields(56)
      .u32(0x06064b50)
      .u64(44)
      .u16(versionZip64 | madeOnUnix, versionZip64)
      .u32(0, 0)
      .u64(entries.length, entries.length, size, start);
    const locator = new Fields(20)
      .u32(0x07064b50, 0)
      .u64(start + size)
      .u32(1);
    tail.push(record.bytes(), locator.bytes());
  }
  const count = Math.min(entries.length, limit16);
  const end = new Fields(22)
    .u32(0x06054b50)
    .u16(0, 0, count, count)
    .u32(Math.min(size, limit32), Math.min(start, limit32))
    .u16(0);
  return joinBytes([...headers, ...tail, end.bytes()]);
}

function centralHeader({ name, method, crc, size, compressedSize, offset }: Written): Uint8Array {
  // In this order, and only those that 32 bits can't hold.
  const wide = [size, compressedSize, offset].filter((value) => value >= limit32);
  const extra = new Fields(wide.length === 0 ? 0 : 4 + 8 * wide.length);
  if (wide.length > 0) extra.u16(1, 8 * wide.length).u64(...wide);
  const header = new Fields(46)
    .u32(0x02014b50)
    .u16(versionZip64 | madeOnUnix, versionZip64, flags, method, 0, dosDate)
    .u32(crc, Math.min(compressedSize, limit32), Math.min(size, limit32))
    .u16(name.length, extra.bytes().length, 0, 0, 0)
    .u32(readableByOwner, Math.min(offset, limit32));
  return joinBytes([header.bytes(), name, extra.bytes()]);
}
