/** A file that appears only when it is whole: what is being written is a temporary file beside it. */
import { randomUUID } from 'node:crypto';
import { lstat, open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TensorError } from '../protocol/errors.ts';
import { whyNotWritten } from '../protocol/systemErrors.ts';
import { removeAtEnd } from './removeAtEnd.ts';

/** Of a long name so much is enough to know it by: with what is added, the temporary one must not be too long. */
const knownBy = 60;

/**
 * Gives `file` the content that `write` puts into a temporary file, and its own mode if it is there already. A link in its
 * place stays: what it leads to is replaced, or made.
 * @throws TensorError `file-exists`, `file-system`, or what `write` throws; nothing is left behind then
 */
export async function writeWholeFile<Value>(
  file: string,
  force: boolean,
  write: (temporary: string, handle: FileHandle) => Promise<Value>,
): Promise<Value> {
  const target = await fileSystem(file, () => behindLinks(file));
  const replaced = await stat(target).catch(() => null);
  // A pipe would be replaced, and whoever reads from it wait for good; of a folder `rename` says so itself.
  if (replaced && !replaced.isFile() && !replaced.isDirectory()) {
    throw notWritten(file, 'it is a pipe or a device, no regular file');
  }
  const mode = replaced?.isFile() ? replaced.mode & 0o7777 : null;
  const temporary = join(dirname(target), `${basename(target).slice(0, knownBy)}.${randomUUID().slice(0, 8)}.partial`);
  removeAtEnd(temporary);
  try {
    // Never open to more people than what it replaces; and to the program, which may be the one that writes.
    const handle = await fileSystem(target, () => open(temporary, 'wx', mode === null ? 0o666 : mode | 0o600));
    let value: Value;
    try {
      value = await write(temporary, handle);
      if (mode !== null) await fileSystem(file, () => handle.chmod(mode));
    } finally {
      await handle.close();
    }
    await assertFree(file, force);
    await fileSystem(file, () => rename(temporary, target));
    return value;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Where a file is that is reached through links, be it there yet or not. */
async function behindLinks(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const link = await readlink(file).catch(() => null);
  return link === null ? file : behindLinks(resolve(await realpath(dirname(file)), link));
}

/** @throws TensorError `file-exists` */
export async function assertFree(file: string, force: boolean): Promise<void> {
  if (force) return;
  // A link that leads nowhere is something that is there, too.
  const exists = await lstat(file).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new TensorError({
    code: 'file-exists',
    message: `${file} exists already; it was left as it is.`,
    help: 'Choose another name, or say that it may be replaced.',
    commandLineHelp: 'Choose another name, or replace it with --force.',
  });
}

const writeElsewhere = 'Nothing was left behind; choose another place and write it again.';

/** What the program says that writes into the temporary file by itself; people know the file by its own name. */
export function underItsName(error: unknown, temporary: string, file: string): unknown {
  if (!(error instanceof TensorError) || error.code !== 'file-system') return error;
  const message = error.message.replace(temporary, resolve(file));
  return new TensorError({ code: error.code, message, help: writeElsewhere }, { cause: error });
}

/** What the system calls a folder that is not there may be one that takes no files (`/proc`). */
async function whyNotThere(error: unknown, folder: string): Promise<string> {
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const isFolder =
    isMissing &&
    (await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  return isFolder ? 'that folder takes no new files' : whyNotWritten(error);
}

/** @throws TensorError `file-system` that says what the system's error means */
export async function fileSystem<Value>(file: string, run: () => Promise<Value>): Promise<Value> {
  try {
    return await run();
  } catch (error) {
    throw notWritten(file, await whyNotThere(error, dirname(resolve(file))), error);
  }
}

function notWritten(file: string, why: string, cause?: unknown): TensorError {
  const message = `${basename(file)} could not be written in ${dirname(resolve(file))}: ${why}.`;
  return new TensorError({ code: 'file-system', message, help: writeElsewhere }, { cause });
}
