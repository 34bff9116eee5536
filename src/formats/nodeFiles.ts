/** Files on disk as the decoders see them. */
import { randomUUID } from 'node:crypto';
import { readSync } from 'node:fs';
import { constants, open, rm, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TensorError } from '../protocol/errors.ts';
import { whyNotRead } from '../protocol/systemErrors.ts';
import { formatBytes } from '../tensor/preview.ts';
import { invalidFile } from './byteReader.ts';
import type { ByteReader, ScratchFiles } from './byteReader.ts';

export interface OpenedFile extends ByteReader {
  close(): Promise<void>;
}

/** @throws TensorError `file-system` */
export async function openFile(path: string): Promise<OpenedFile> {
  let handle: FileHandle;
  try {
    // A pipe without a writer would be waited for, for good.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const message = `${path} can't be opened: ${whyNotRead(error)}.`;
    throw new TensorError({ code: 'file-system', message }, { cause: error });
  }
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw new TensorError({ code: 'file-system', message: `${path} is not a file.` });
  }
  return { size: stats.size, read: handleReader(handle), close: () => handle.close() };
}

/** A read that the system's cache answers takes microseconds, and ten times as long by way of Node's thread pool. */
const smallRead = 2 ** 16;
/** A disk that is not local, or not in the cache, is noticed by the first read that takes longer. */
const slowMs = 1;

function handleReader(handle: FileHandle): ByteReader['read'] {
  let isSlow = false;
  /** Waits for small reads, until one has taken long: the event loop stands still no longer than for that one. */
  const readSome = (bytes: Uint8Array, done: number, position: number): number | Promise<number> => {
    if (isSlow || bytes.length > smallRead) {
      return handle.read(bytes, done, bytes.length - done, position).then(({ bytesRead }) => bytesRead);
    }
    const start = performance.now();
    const bytesRead = readSync(handle.fd, bytes, done, bytes.length - done, position);
    isSlow = performance.now() - start > slowMs;
    return bytesRead;
  };
  return async (position, length) => {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const bytesRead = await readSome(bytes, done, position + done);
      if (bytesRead === 0) throw invalidFile('The file became shorter while it was read.');
      done += bytesRead;
    }
    return bytes;
  };
}

const scratchLimit = 16 * 2 ** 30;

/**
 * Unpacked members in temporary files that have no name any more: the system frees them with their handles, at `dispose` or
 * however else this process ends.
 * @param limit the most bytes of all of them together; default 16 GiB
 */
export function temporaryScratch(limit = scratchLimit): ScratchFiles & { dispose(): Promise<void> } {
  const handles: FileHandle[] = [];
  let promised = 0;
  return {
    async create(size) {
      await assertRoom(size, limit - promised);
      promised += size;
      const file = join(tmpdir(), `tensor-debugger-${randomUUID()}`);
      const handle = await open(file, 'wx+', 0o600);
      handles.push(handle);
      await rm(file);
      let written = 0;
      return {
        async append(bytes) {
          await handle.appendFile(bytes);
          written += bytes.length;
        },
        reader: () => Promise.resolve({ size: written, read: handleReader(handle) }),
      };
    },
    async dispose() {
      for (const handle of handles.splice(0)) await handle.close();
      promised = 0;
    },
  };
}

/** Before a byte is unpacked: an archive of a few kilobytes may claim more than a disk holds. */
async function assertRoom(size: number, left: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const room = Math.min(left, bavail * bsize);
  if (size <= room) return;
  throw new TensorError({
    code: 'too-large',
    message: `A compressed member unpacks to ${formatBytes(size)}; ${tmpdir()} has room for ${formatBytes(Math.max(0, room))} of it.`,
    help: 'Write the archive without compression (np.savez): then it is read in place.',
  });
}
