/** What the tests take from the machine: a GPU driver, and Node binaries of several versions. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gpuEnvironment as findDriver } from '../../scripts/gpuEnvironment.mjs';
import { installedNode, testedNodeMajors } from '../../scripts/nodeBinaries.mjs';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** The variables that a WebGPU debuggee needs on this machine, to be added to its environment. */
export function gpuEnvironment(): Record<string, string> {
  return findDriver().env;
}

/**
 * The environment of a program that is started as a person would start it. The test runner tells its children by a variable
 * that they are its own, and a `node --test` among them would run nothing.
 */
export function personsEnvironment(): Record<string, string> {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env as Record<string, string>;
  return { ...environment, ...gpuEnvironment() };
}

interface NodeBinary {
  major: number;
  /** The executable's path. */
  path: string;
}

/** Every supported Node that is on this machine; on Linux x64 `npm run setup` makes that all of them. */
export function nodeBinaries(): NodeBinary[] {
  return testedNodeMajors.flatMap((major) => {
    const path = installedNode(major);
    return path === undefined ? [] : [{ major, path }];
  });
}

/** @throws if that version is not on this machine: a test that needs it fails, it does not skip. */
export function nodeBinary(major: number): string {
  const path = installedNode(major);
  if (path === undefined) throw new Error(`Node ${major} is not installed; run: npm run setup`);
  return path;
}

const requestAdapter = `
  import { create, globals } from 'webgpu';
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  process.stdout.write(adapter ? adapter.info.description || adapter.info.device || adapter.info.vendor || 'unnamed' : '');
  process.exit();`;

/**
 * The name of the WebGPU adapter that debuggees get on this machine, asked in a process of its own.
 * @throws if there is none
 */
export async function gpuAdapterName(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', requestAdapter], {
    cwd: projectRoot,
    env: personsEnvironment(),
    timeout: 60_000,
  });
  if (stdout === '') {
    const { driver } = findDriver();
    throw new Error(
      `WebGPU found no adapter on this machine (driver: ${driver}). ` +
        'Run npm run setup, or name a Vulkan driver that works in VK_ICD_FILENAMES.',
    );
  }
  return stdout;
}
