/** Files on disk as the decoders see them. The only part of the formats that needs Node. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TensorError } from '../protocol/errors.ts';
import { invalidFile } from './byteReader.ts';
import type { ByteReader, ScratchFiles } from './byteReader.ts';

export interface OpenedFile extends ByteReader {
  close(): Promise<void>;
}

/** @throws TensorError `file-system` */
export async function openFile(path: string): Promise<OpenedFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TensorError({ code: 'file-system', message: `${path} can't be opened: ${why}` }, { cause: error });
  }
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw new TensorError({ code: 'file-system', message: `${path} is not a file.` });
  }
  return { size: stats.size, read: handleReader(handle), close: () => handle.close() };
}

function handleReader(handle: FileHandle): ByteReader['read'] {
  return async (position, length) => {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
      if (bytesRead === 0) throw invalidFile('The file became shorter while it was read.');
      done += bytesRead;
    }
    return bytes;
  };
}

/** Unpacked members in a private temporary folder, which `dispose` removes. */
export function temporaryScratch(): ScratchFiles & { dispose(): Promise<void> } {
  const handles: FileHandle[] = [];
  let folder: Promise<string> | undefined;
  return {
    async create() {
      folder ??= mkdtemp(join(tmpdir(), 'tensor-debugger-'));
      const handle = await open(join(await folder, `member-${handles.length}`), 'wx+', 0o600);
      handles.push(handle);
      let size = 0;
      return {
        async append(bytes) {
          await handle.appendFile(bytes);
          size += bytes.length;
        },
        reader: () => Promise.resolve({ size, read: handleReader(handle) }),
      };
    },
    async dispose() {
      for (const handle of handles.splice(0)) await handle.close();
      if (folder) await rm(await folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}
