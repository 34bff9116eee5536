import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** A folder, by its real name; it is removed when this process ends. */
export function temporaryFolder(): string {
  if (folders.length === 0) process.once('exit', () => folders.forEach(remove));
  const folder = create();
  folders.push(folder);
  return folder;
}

/** The same, removed when `use`, or what it promised, is done: for large files, and in VS Code, which ends in its own way. */
export async function inTemporaryFolder<Result>(use: (folder: string) => Result | Promise<Result>): Promise<Result> {
  const folder = create();
  try {
    return await use(folder);
  } finally {
    remove(folder);
  }
}

function create(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'tensor-test-')));
}

/** What has only just ended may still hold a file of it. */
function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
