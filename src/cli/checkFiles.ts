/** What can be said of files before a program runs for hours up to the stop at which they are wanted. */
import { accessSync, existsSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { ErrorReport } from '../protocol/errors.ts';
import type { InspectOptions } from './options.ts';

/** Why there is no such program; without an ending, Node and loaders look for more than one name. */
export function missingProgram(program: string): ErrorReport | undefined {
  if (extname(program) === '' || existsSync(program)) return undefined;
  const help = 'Look at its name, and at the folder that you are in.';
  return { code: 'cannot-launch', message: `There is no program ${program}.`, help };
}

/** One report for each file that is to be read and is not there. */
export function missingFiles({ assignments, feeds = [] }: InspectOptions): ErrorReport[] {
  const files = [...assignments, ...feeds].flatMap((from) => ('file' in from ? [from.file] : []));
  // The name of a tensor in the file may stand behind it: `archive.npz#name`.
  const missing = files.filter((file) => !existsSync(file) && !existsSync(file.replace(/#[^#/]*$/, '')));
  return missing.map((file) => ({
    code: 'file-system',
    message: `There is no file ${file}; nothing was begun.`,
    help: 'Look at its name, and at the folder that you are in.',
  }));
}

/** Why the export will fail at the stop, which is worth a read all the same; undefined if nothing speaks against it. */
export function exportFault({ exportFile, force }: InspectOptions): string | undefined {
  if (exportFile === undefined) return undefined;
  if (!force && existsSync(exportFile)) return `${exportFile} exists, and will not be replaced without --force.`;
  try {
    accessSync(dirname(exportFile));
    return undefined;
  } catch (error) {
    return `${exportFile} can't be written: ${(error as Error).message}.`;
  }
}
