/** What can be said of files before a program runs for hours up to the stop at which they are wanted. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { splitFileMember } from '../formats/fileMember.ts';
import type { ErrorReport } from '../protocol/errors.ts';
import { whyNotWritten } from '../protocol/systemErrors.ts';
import type { InspectOptions } from './options.ts';

/** Why there is no such program; without an ending, Node and loaders look for more than one name. */
export function missingProgram(program: string): ErrorReport | undefined {
  if (extname(program) === '' || existsSync(program)) return undefined;
  const help = 'Look at its name, and at the folder that you are in.';
  return { code: 'cannot-launch', message: `There is no program ${program}.`, help };
}

/** What will fail at the stop, where the rest is worth a read all the same: whoever waits for hours can look at it now. */
export function fileFaults({ exportFile, force, assignments, feeds = [] }: InspectOptions): string[] {
  const files = [...assignments, ...feeds].flatMap((from) => ('file' in from ? [from.file] : []));
  const missing = files.filter((file) => !existsSync(splitFileMember(file).file));
  const faults = missing.map((file) => `There is no file ${file} (yet).`);
  if (exportFile === undefined) return faults;
  if (!force && existsSync(exportFile)) {
    return [...faults, `${exportFile} exists, and will not be replaced without --force.`];
  }
  try {
    accessSync(dirname(exportFile), constants.W_OK);
    return faults;
  } catch (error) {
    return [...faults, `${exportFile} can't be written: ${whyNotWritten(error)}.`];
  }
}
