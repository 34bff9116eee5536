/** The real NumPy, which the set-up installs for Debian's Python; where it is missing, tests that need it fail. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('../fixtures/check_numpy.py', import.meta.url));

export interface LoadedArray {
  dtype: string;
  shape: number[];
  hex: string;
  strings?: string[];
  /** Whether `numpy.save` writes the same bytes. */
  same?: boolean;
}

/** What NumPy finds in files of these names and contents. */
export function loadWithNumpy<Loaded>(files: Record<string, Uint8Array>): Promise<Loaded[]> {
  return inTemporaryFolder((folder) => {
    const paths = Object.entries(files).map(([name, bytes]) => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    });
    return JSON.parse(runPython([script, ...paths])) as Loaded[];
  });
}

/** What a Python program prints. */
export function runPython(args: string[]): string {
  return execFileSync(python, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
}
