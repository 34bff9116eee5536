/** How a program in TypeScript is run: by Node itself, by `tsx`, or as the JavaScript that it was compiled to. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { sourcePathsOf } from '../../cdp/sourceMaps.ts';
import type { LaunchConfiguration } from '../configuration.ts';
import { errors } from '../errors.ts';
import { globToPattern } from '../program/paths.ts';

export interface RunnableProgram {
  program: string;
  runtimeArgs: string[];
}

const run = promisify(execFile);

/** @throws TensorError `cannot-launch` if nothing on this machine can run the program. */
export async function makeRunnable(config: LaunchConfiguration, program: string): Promise<RunnableProgram> {
  const asIs = { program, runtimeArgs: [] };
  if (!/\.[cm]?tsx?$/.test(program)) return asIs;
  // Whoever loads something into the runtime, or takes another one, has decided how TypeScript is run.
  if (hasLoader(config) || !/^node(\.exe)?$/.test(config.runtimeExecutable.split(/[\\/]/).pop() ?? '')) return asIs;
  if (config.outFiles.length > 0) {
    const compiled = await findCompiled(config.outFiles, program);
    if (compiled !== undefined) return { program: compiled, runtimeArgs: [] };
  }
  if (!program.endsWith('x') && (await stripsTypes(config))) return asIs;
  const tsx = findTsx(program, config.cwd);
  if (tsx !== undefined) return { program, runtimeArgs: ['--import', pathToFileURL(tsx).href] };
  throw errors.cannotLaunch(
    `${config.runtimeExecutable} can't run TypeScript by itself, and no "tsx" is installed for ${program}.`,
    {
      help: 'Install it (npm install --save-dev tsx), use Node 22.18 or later ("runtimeExecutable"), or compile with source maps and set "outFiles".',
      commandLineHelp:
        'Install it (npm install --save-dev tsx), use Node 22.18 or later (--runtime-executable), or compile with source maps and name the JavaScript program.',
    },
  );
}

function hasLoader({ runtimeArgs, env }: LaunchConfiguration): boolean {
  const nodeOptions = env['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS'] ?? '';
  return [...runtimeArgs, ...nodeOptions.split(/\s+/)].some((argument) =>
    /^(-r|--require|--import|--loader|--experimental-loader|--experimental-(strip|transform)-types)(=|$)/.test(
      argument,
    ),
  );
}

/** Asks the runtime itself: it depends on its version, on how it was built and on its options. */
async function stripsTypes({ runtimeExecutable, cwd }: LaunchConfiguration): Promise<boolean> {
  try {
    const { stdout } = await run(runtimeExecutable, ['-p', 'process.features.typescript'], { cwd, timeout: 20_000 });
    return /^(strip|transform)$/.test(stdout.trim());
  } catch (error) {
    // A runtime that isn't there is told about by the launch itself.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw errors.cannotLaunch(
      `${runtimeExecutable} could not be started: ${(error as Error).message}`,
      undefined,
      error,
    );
  }
}

/** The loader of the `tsx` that belongs to the program, or to the folder it is started in. */
function findTsx(program: string, cwd: string): string | undefined {
  for (const start of [program, join(cwd, 'noname.js')]) {
    try {
      return createRequire(start).resolve('tsx');
    } catch {
      // None from here.
    }
  }
  return undefined;
}

/** The generated file, among those that the globs name, whose source map has the program as a source. */
async function findCompiled(globs: readonly string[], program: string): Promise<string | undefined> {
  const included = globs.filter((glob) => !glob.startsWith('!'));
  const excluded = globs.filter((glob) => glob.startsWith('!')).map((glob) => new RegExp(globToPattern(glob.slice(1))));
  for (const glob of included) {
    const pattern = new RegExp(globToPattern(glob));
    const files: string[] = [];
    await collect(staticFolder(glob), files);
    for (const file of files) {
      if (!/\.[cm]?js$/.test(file) || !pattern.test(file) || excluded.some((exclusion) => exclusion.test(file)))
        continue;
      if ((await sourcePathsOf(file)).includes(program)) return file;
    }
  }
  return undefined;
}

function staticFolder(glob: string): string {
  const wildcard = glob.search(/[*?{]/);
  return wildcard < 0 ? dirname(glob) : dirname(`${glob.slice(0, wildcard)}x`);
}

async function collect(folder: string, files: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory() && entry.name !== 'node_modules') await collect(join(folder, entry.name), files);
    else if (entry.isFile()) files.push(join(folder, entry.name));
  }
}
