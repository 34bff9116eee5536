/** Random access to the bytes of a file, whatever holds it. */
import { TensorError } from '../protocol/errors.ts';

export interface ByteReader {
  size: number;
  /** Exactly `length` bytes from `position`; both lie within the size. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/** Where unpacked bytes go that do not fit into memory. Whoever gives it removes the files. */
export interface ScratchFiles {
  /**
   * @param size how many bytes there will be
   * @throws TensorError `too-large` if that is more than it gives room to
   */
  create(size: number): Promise<ScratchFile>;
}
interface ScratchFile {
  append(bytes: Uint8Array): Promise<void>;
  /** After the last `append`. */
  reader(): Promise<ByteReader>;
}

/** The bytes of an array as a file. */
export function bytesReader(bytes: Uint8Array): ByteReader {
  return {
    size: bytes.byteLength,
    read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
  };
}

/** A stretch of a file as a file of its own. */
export function sectionReader(reader: ByteReader, start: number, size: number): ByteReader {
  return { size, read: (position, length) => reader.read(start + position, length) };
}

export function invalidFile(message: string, help?: string, cause?: unknown): TensorError {
  return new TensorError({ code: 'invalid-file', message, ...(help !== undefined && { help }) }, { cause });
}

/** @throws TensorError `invalid-file` where the file ends too early */
export async function readExactly(
  reader: ByteReader,
  position: number,
  length: number,
  what: string,
): Promise<Uint8Array> {
  if (!(position >= 0 && length >= 0 && position + length <= reader.size)) {
    throw invalidFile(
      `The file ends within ${what}: bytes ${position} to ${position + length} are needed, it has ${reader.size}.`,
      'It may be cut off; write or download it again.',
    );
  }
  const bytes = await reader.read(position, length);
  if (bytes.length !== length) throw invalidFile(`The file became shorter while ${what} was read.`);
  return bytes;
}

/** The bytes of a text. @throws TensorError `too-large` above `memoryLimit` bytes */
export function readWholeText(reader: ByteReader, memoryLimit: number): Promise<Uint8Array> {
  if (reader.size <= memoryLimit) return reader.read(0, reader.size);
  throw new TensorError({
    code: 'too-large',
    message: `The text has ${reader.size} bytes, more than the ${memoryLimit} that are read at once.`,
    help: 'Convert it to .npy.',
  });
}
