/**
 * The versions of the runtimes that a program has loaded: a runtime in an ES module does not tell its own, but its package
 * does, and the scripts say which packages they are from. Two copies of one runtime show as two versions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeDescription } from '../protocol/tensor.ts';

/** The packages that a runtime may come in, by its name and, where that tells them apart, its backend. */
function packagesOf({ name, backend }: RuntimeDescription): string[] {
  switch (name) {
    case 'tfjs':
      return ['@tensorflow/tfjs-core'];
    case 'jax-js':
      return ['@jax-js/jax'];
    case 'tensor-debugger':
      return ['tensor-debugger'];
    case 'onnxruntime':
      return [backend === 'node' || backend === 'web' ? `onnxruntime-${backend}` : 'onnxruntime-common'];
    default:
      return [];
  }
}

/** The folder of a package that a file belongs to, in whatever `node_modules` it is. */
function packageFolder(path: string, name: string): string | undefined {
  for (const separator of ['/', '\\']) {
    const inside = ['node_modules', ...name.split('/'), ''].join(separator);
    const at = path.lastIndexOf(inside);
    if (at >= 0) return path.slice(0, at + inside.length - 1);
  }
  return undefined;
}

const versions = new Map<string, string | undefined>();

function versionIn(folder: string): string | undefined {
  if (!versions.has(folder)) versions.set(folder, readVersion(folder));
  return versions.get(folder);
}

function readVersion(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    // The program runs on another machine, or its packages have been moved: then there is no version to be seen.
    return undefined;
  }
}

/** @param paths of the scripts that the program has loaded */
export function withVersions(
  runtimes: readonly RuntimeDescription[],
  paths: Iterable<string | undefined>,
): RuntimeDescription[] {
  const folders = new Map(runtimes.flatMap(packagesOf).map((name) => [name, new Set<string>()]));
  if (folders.size === 0) return [...runtimes];
  for (const path of paths) {
    for (const [name, found] of folders) {
      const folder = path === undefined ? undefined : packageFolder(path, name);
      if (folder !== undefined) found.add(folder);
    }
  }
  return runtimes.map((runtime) => {
    const found = packagesOf(runtime).flatMap((name) => [...(folders.get(name) ?? [])].map(versionIn));
    const all = new Set([runtime.version, ...found].filter((version) => version !== undefined));
    return all.size === 0 ? runtime : { ...runtime, version: [...all].join(' and ') };
  });
}
