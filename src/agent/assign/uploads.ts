/** Bytes on their way from the debugger into the program, in pieces; memory of the agent until a tensor is made of them. */
import type { UploadPiece } from '../../protocol/agent.ts';
import { TensorError } from '../../protocol/errors.ts';

export class Uploads {
  readonly #pending = new Map<number, Uint8Array<ArrayBuffer>>();
  #lastId = 0;

  /** @throws TensorError `not-enough-memory` before anything is sent */
  begin(byteLength: number): number {
    const free = process?.availableMemory?.() ?? process?.getBuiltinModule?.('os').freemem() ?? Infinity;
    // The runtime may keep them once more, on its device.
    if (byteLength * 2 > free) throw notEnough(byteLength, free);
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = new Uint8Array(byteLength);
    } catch (error) {
      throw notEnough(byteLength, free, error);
    }
    this.#pending.set(++this.#lastId, bytes);
    return this.#lastId;
  }

  fill(upload: number, position: number, piece: UploadPiece): void {
    const bytes = this.find(upload);
    if ('file' in piece) return readInto(bytes.subarray(position, position + piece.byteLength), piece.file);
    const binary = atob(piece.base64);
    for (let i = 0; i < binary.length; i++) bytes[position + i] = binary.charCodeAt(i);
  }

  find(upload: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#pending.get(upload);
    if (bytes) return bytes;
    throw new TensorError({ code: 'no-such-tensor', message: 'The program ran on before all values had arrived.' });
  }

  /** They are whoever's who takes them, and are not kept. */
  drop(upload: number): void {
    this.#pending.delete(upload);
  }

  release(): void {
    this.#pending.clear();
  }
}

function readInto(bytes: Uint8Array, file: string): void {
  const fs = process?.getBuiltinModule?.('fs');
  if (!fs) throw new TensorError({ code: 'file-system', message: 'The program has no file system to read from.' });
  const descriptor = fs.openSync(file, 'r');
  try {
    for (let done = 0; done < bytes.length;) {
      const read = fs.readSync(descriptor, bytes, done, bytes.length - done, done);
      if (read === 0) throw new TensorError({ code: 'file-system', message: `${file} is shorter than it should be.` });
      done += read;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

function notEnough(byteLength: number, free: number, cause?: unknown): TensorError {
  return new TensorError(
    {
      code: 'not-enough-memory',
      message: `A new tensor of ${byteLength} bytes would not fit into the program: ${free} bytes are free, and it may be held twice.`,
      help: 'Free something in the program first.',
    },
    { cause },
  );
}
