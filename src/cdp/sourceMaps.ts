/** Source maps of scripts: loading them, and both directions between generated and original positions. */
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  decodedMappings,
  GREATEST_LOWER_BOUND,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  sourceContentFor,
  traceSegment,
  TraceMap,
  type SourceMapInput,
} from '@jridgewell/trace-mapping';

/** Lines and columns from 0, as in the DevTools protocol. */
export interface Position {
  line: number;
  column: number;
}

export interface OriginalPosition extends Position {
  source: number;
  name: string | null;
}

/** A piece of generated code that comes from one original line; `end` is exclusive. */
interface GeneratedRange {
  start: Position;
  end: Position;
}

const endOfScript: Position = { line: 0x7fffffff, column: 0 };

export class ScriptMap {
  /** Debuggee-side URL or path of each source as the map resolves it. */
  readonly sources: readonly (string | null)[];
  readonly #map: TraceMap;
  readonly #lines = new Map<number, Map<number, GeneratedRange[]>>();

  constructor(map: TraceMap) {
    this.#map = map;
    this.sources = map.resolvedSources;
  }

  /** Where generated code comes from, or null for what the compiler added. */
  originalOf({ line, column }: Position): OriginalPosition | null {
    // Source maps count lines from 1, in this library too.
    const needle = { line: line + 1, column };
    let found = originalPositionFor(this.#map, { ...needle, bias: GREATEST_LOWER_BOUND });
    if (found.source === null) found = originalPositionFor(this.#map, { ...needle, bias: LEAST_UPPER_BOUND });
    if (found.source === null || found.line === null) return null;
    const source = this.sources.indexOf(found.source);
    return { source, line: found.line - 1, column: found.column, name: found.name };
  }

  /** The generated code of one original line, in generated order. */
  rangesOf(source: number, line: number): readonly GeneratedRange[] {
    return this.#linesOf(source).get(line) ?? [];
  }

  /** The original lines from `line` on that have code, in order. */
  linesFrom(source: number, line: number): number[] {
    return [...this.#linesOf(source).keys()].filter((candidate) => candidate >= line).sort((a, b) => a - b);
  }

  /** The original's name for what begins exactly here, where the map says one. */
  nameAt({ line, column }: Position): string | null {
    const segment = traceSegment(this.#map, line, column);
    return segment?.[0] === column && segment.length === 5 ? (this.#map.names[segment[4]] ?? null) : null;
  }

  /** Whether the compiler gave a name another one: most never do. */
  hasOtherNames(lines: readonly string[]): boolean {
    if (this.#map.names.length === 0) return false;
    return decodedMappings(this.#map).some((segments, line) =>
      segments.some((segment) => {
        if (segment.length !== 5) return false;
        const [text = '', name = ''] = [lines[line], this.#map.names[segment[4]]];
        return !text.startsWith(name, segment[0]) || isNamePart(text.charAt(segment[0] + name.length));
      }),
    );
  }

  contentOf(source: number): string | null {
    const name = this.sources[source];
    return name === null || name === undefined ? null : sourceContentFor(this.#map, name);
  }

  /** Built when a breakpoint first asks: most maps are only ever asked for frames. */
  #linesOf(source: number): Map<number, GeneratedRange[]> {
    const known = this.#lines.get(source);
    if (known) return known;
    const lines = new Map<number, GeneratedRange[]>();
    let open: GeneratedRange | undefined;
    let openLine = -1;
    decodedMappings(this.#map).forEach((segments, generatedLine) => {
      for (const segment of segments) {
        const position = { line: generatedLine, column: segment[0] };
        const isOurs = segment.length > 1 && segment[1] === source;
        const line = isOurs ? (segment[2] as number) : -1;
        if (open && line === openLine) continue;
        if (open) open.end = position;
        open = undefined;
        if (!isOurs) continue;
        open = { start: position, end: endOfScript };
        openLine = line;
        const ranges = lines.get(line);
        if (ranges) ranges.push(open);
        else lines.set(line, [open]);
      }
    });
    this.#lines.set(source, lines);
    return lines;
  }
}

/**
 * @param scriptUrl what relative names in the map are relative to
 * @param localPath the script's file on this machine, for maps that are files next to it
 * @throws if the map can't be read or is none
 */
export async function loadSourceMap(
  mapUrl: string,
  scriptUrl: string,
  localPath: string | undefined,
): Promise<ScriptMap> {
  const inline = /^data:[^,]*?(;base64)?,/.exec(mapUrl);
  let text: string;
  let base = asUrl(scriptUrl);
  if (inline) {
    const data = mapUrl.slice(inline[0].length);
    text = inline[1] ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data);
  } else {
    if (/^https?:/.test(mapUrl)) throw new Error('source maps are not downloaded');
    base = new URL(mapUrl, asUrl(localPath ?? scriptUrl)).href;
    text = await readFile(fileURLToPath(base), 'utf8');
    // Names in it must be as the debuggee sees them, whichever machine the file was read on.
    base = new URL(mapUrl, asUrl(scriptUrl)).href;
  }
  // Some servers put this in front so that a map can't be run as a script.
  const map = new TraceMap(JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')) as SourceMapInput, base);
  return new ScriptMap(map);
}

/** The map that a generated text names: the last one counts. */
export function mapUrlIn(text: string): string | undefined {
  return [...text.matchAll(/^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].pop()?.[1];
}

/** The local paths of the sources of a compiled file, none if it has no readable map. */
export async function sourcePathsOf(file: string): Promise<string[]> {
  try {
    const text = await readFile(file, 'utf8');
    const mapUrl = mapUrlIn(text);
    if (mapUrl === undefined) return [];
    const map = await loadSourceMap(mapUrl, file, file);
    return map.sources.map((source) => sourcePath(source, dirname(file)) ?? '');
  } catch {
    return [];
  }
}

/** The path of a map's source; bundlers name theirs `webpack://name/./src/a.ts`, relative to the project. */
export function sourcePath(source: string | null, projectFolder: string): string | undefined {
  if (source === null) return undefined;
  const bundled = /^webpack:\/\/[^/]*\/(?:\.\/)?(.+)$/.exec(source);
  return bundled ? resolve(projectFolder, bundled[1] ?? '') : pathOfUrl(source);
}

/** The path that a `file:` URL or a bare path names, without a module's query; undefined for every other kind of name. */
export function pathOfUrl(url: string): string | undefined {
  if (url.startsWith('file://')) {
    try {
      return fileURLToPath(url.replace(/[?#].*$/, ''));
    } catch {
      return undefined;
    }
  }
  return isAbsolute(url) ? url : undefined;
}

/** @param path or URL */
export function isInNodeModules(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path);
}

function isNamePart(character: string): boolean {
  return /[\p{ID_Continue}$]/u.test(character);
}

/** Bare paths as the `file:` URL under which the DevTools protocol has them. */
export function asUrl(name: string): string {
  return pathOfUrl(name) !== undefined && !name.startsWith('file:') ? pathToFileURL(name).href : name;
}
