/** What goes however this process ends: killed outright (SIGKILL, for want of memory), it runs no code of its own any more. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';

/**
 * Has a file, or a folder with all that is in it, removed when this process ends or the result is called: by a shell that waits
 * for the end of a pipe, which the system closes with the process. Windows has no such shell: there it stays.
 */
export function removeAtEnd(path: string): () => void {
  if (process.platform === 'win32') return () => undefined;
  const shell = spawn('/bin/sh', ['-c', 'read -r _; rm -rf -- "$0"', resolve(path)], {
    cwd: '/',
    // Ctrl-C in a terminal goes to all of the group, and we may outlive it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A system without that shell is as Windows.
  shell.on('error', () => undefined);
  shell.unref();
  (shell.stdin as Socket).unref();
  return () => shell.stdin.end();
}

/** A folder for us alone. */
export async function privateFolder(parent: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(parent, 'tensor-debugger-'));
  const release = removeAtEnd(path);
  const remove = async (): Promise<void> => {
    await rm(path, { recursive: true, force: true });
    release();
  };
  return { path, remove };
}
