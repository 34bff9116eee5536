/** What the system's error codes mean to somebody who writes or reads a file. */
const whyNoFile: Partial<Record<string, string>> = {
  ENOTDIR: 'part of the path is a file, not a folder',
  ENAMETOOLONG: 'the name is too long',
};

const whyNotWritable: Partial<Record<string, string>> = {
  ...whyNoFile,
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'a file may not be so large there',
  EACCES: 'the folder may not be written',
  EPERM: 'the folder may not be written',
  EROFS: 'the file system is read-only',
  ENOENT: 'the folder does not exist',
  EISDIR: 'it is a folder',
};

const whyNotReadable: Partial<Record<string, string>> = {
  ...whyNoFile,
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ENOENT: 'there is no such file',
};

export function whyNotWritten(error: unknown): string {
  return inWords(error, whyNotWritable);
}

export function whyNotRead(error: unknown): string {
  return inWords(error, whyNotReadable);
}

function inWords(error: unknown, causes: Partial<Record<string, string>>): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (typeof code === 'string' && causes[code]) || String(message ?? error);
}
