/** Paths and URLs: what the debuggee calls a file, what this machine does, and what the client spelled. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, posix, relative, win32 } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pathOfUrl } from '../../cdp/sourceMaps.ts';

export interface Roots {
  localRoot?: string;
  remoteRoot?: string;
}

export class PathMapper {
  readonly #roots: Roots;
  /** Real path to the spelling that the client used for it: Node resolves symbolic links, editors often don't. */
  readonly #spellings = new Map<string, string>();
  /** Files that are links themselves, in real folders, to their real paths. */
  readonly #links = new Map<string, string>();
  readonly #realFolders = new Map<string, string>();

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  /** The path by which this session knows a file that the client named. */
  fromClient(path: string): string {
    let real = path;
    try {
      real = realpathSync(path);
    } catch {
      // A file that only the debuggee has, or none yet: taken as it is spelled.
    }
    this.#spellings.set(real, path);
    this.#links.set(this.#inRealFolder(path), real);
    return real;
  }

  toClient(path: string): string {
    return this.#spellings.get(path) ?? path;
  }

  /** The local path of a script's URL, or undefined if it comes from no file. */
  fromUrl(url: string): string | undefined {
    const path = pathOfUrl(url);
    if (path === undefined) return undefined;
    const { localRoot, remoteRoot } = this.#roots;
    if (localRoot === undefined || remoteRoot === undefined) return this.#resolved(path);
    const inside = relativeInside(remoteRoot, path);
    return this.#resolved(inside === undefined ? path : join(localRoot, ...inside.split(/[\\/]/)));
  }

  /** Node keeps the links in the names of its modules if it is told to (`--preserve-symlinks`). */
  #resolved(path: string): string {
    const inRealFolder = this.#inRealFolder(path);
    const real = this.#links.get(inRealFolder) ?? inRealFolder;
    if (real !== path && !this.#spellings.has(real)) this.#spellings.set(real, path);
    return real;
  }

  /** By folder, for programs load thousands of files from few of them. */
  #inRealFolder(path: string): string {
    const folder = dirname(path);
    let real = this.#realFolders.get(folder);
    if (real === undefined) {
      try {
        real = realpathSync.native(folder);
      } catch {
        // Only the debuggee has it.
        real = folder;
      }
      this.#realFolders.set(folder, real);
    }
    return real === folder ? path : join(real, basename(path));
  }
}

function relativeInside(root: string, path: string): string | undefined {
  const flavour = /^[a-z]:[\\/]/i.test(root) ? win32 : posix;
  const inside = flavour.relative(root, path);
  return inside.startsWith('..') || flavour.isAbsolute(inside) ? undefined : inside;
}

/** A pattern that matches this text and nothing else. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** A pattern of the URL or path under which a file runs; `node folder/name` also finds `name.js` and `name/index.js`. */
export function urlPatternOf(file: string): string {
  const real = existsSync(file) ? realpathSync(file) : file;
  const spellings = new Set([real, file].flatMap((path) => [path, pathToFileURL(path).pathname]));
  const patterns = [...spellings].map(literally);
  return `^(file://)?(${patterns.join('|')})((/index)?\\.[cm]?js)?([?#]|$)`;
}

/** A path as messages name it: relative to the folder if it is inside. */
export function shortPath(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside) ? inside : path;
}

/**
 * A glob as launch configurations use it, as the source of a regular expression: `**` crosses folders, `*` and `?`
 * don't, `{a,b}` is one of them; `<node_internals>` names Node's own modules.
 */
export function globToPattern(glob: string): string {
  let braces = 0;
  const source = glob
    .replace(/^<node_internals>\/?(\*\*)?(\/\*(\.js)?)?$/, 'node:**')
    .replace(/\*\*\/?|[*?{},]|[\\^$.|+()[\]]/g, (token) => {
      if (token === '**/') return '(?:.*/)?';
      if (token === '**') return '.*';
      if (token === '*') return '[^/]*';
      if (token === '?') return '[^/]';
      if (token === '{') return (braces++, '(?:');
      if (token === '}' && braces > 0) return (braces--, ')');
      if (token === ',' && braces > 0) return '|';
      return token === ',' ? token : `\\${token}`;
    });
  return `^${source}$`;
}
