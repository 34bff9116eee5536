/** What goes however this process ends: killed outright (SIGKILL, for want of memory), it runs no code of its own any more. */
import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';

/** Reads paths, and removes what is left of them when the system closes the pipe, as it does with whoever has written them. */
const script = 'while IFS= read -r path; do set -- "$@" "$path"; done; rm -rf -- "$@"';

let shell: Socket | undefined;

/**
 * Has a file, or a folder with all that is in it, removed at this process's end if it is still there. Windows has no such
 * shell, and a line has no line break: there it stays if nobody else removes it.
 */
export function removeAtEnd(path: string): void {
  if (process.platform === 'win32' || path.includes('\n')) return;
  shell ??= startShell();
  shell.write(`${resolve(path)}\n`);
}

/** One for all: to start a process takes milliseconds. */
function startShell(): Socket {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: '/',
    // Ctrl-C in a terminal goes to all of the group, and we may outlive it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const stdin = child.stdin as Socket;
  // A system without that shell is as Windows; whoever ends it takes the guard away, and no more.
  child.on('error', () => undefined);
  stdin.on('error', () => undefined);
  child.unref();
  stdin.unref();
  return stdin;
}

/** A folder for us alone. */
export async function privateFolder(parent: string): Promise<string> {
  const path = await mkdtemp(join(parent, 'tensor-debugger-'));
  removeAtEnd(path);
  return path;
}
