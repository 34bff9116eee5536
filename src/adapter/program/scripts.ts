/** The scripts that the debuggee has loaded, and the source map of each. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import {
  isInNodeModules,
  loadSourceMap,
  sourcePath,
  type OriginalPosition,
  type Position,
  type ScriptMap,
} from '../../cdp/sourceMaps.ts';
import { sameNames, ScriptNames } from '../../inspector/names/originalNames.ts';
import type { Locate } from '../../inspector/watch/copies.ts';
import type { PathMapper } from './paths.ts';

export interface Script {
  id: string;
  url: string;
  /** The file on this machine, if it comes from one. */
  path: string | undefined;
  /** It does not begin where its file does: whoever loads it has put code before the text, as Jest does. */
  isWrapped: boolean;
  /** Where its text ends; V8 can stop there, though no code is. */
  end: Position;
  /** Settled before any breakpoint is set in the script; null if it has no map or an unreadable one. */
  map: Promise<ScriptMap | null>;
  /** The same once it is there. */
  loadedMap: ScriptMap | null;
  /** The generated code, once somebody had a reason to ask for it. */
  lines: Promise<readonly string[]> | undefined;
  loadedLines: readonly string[] | undefined;
  names: ScriptNames | undefined;
  /** Per source of the map, its local path. */
  sourcePaths: readonly (string | undefined)[];
}

export interface ScriptsOptions {
  paths: PathMapper;
  useSourceMaps: boolean;
  projectFolder: string;
  /** Told once per map that can't be used. */
  warn(message: string): void;
}

export class Scripts {
  readonly #options: ScriptsOptions;
  readonly #byId = new Map<string, Script>();
  readonly #byPath = new Map<string, Set<Script>>();

  constructor(options: ScriptsOptions) {
    this.#options = options;
  }

  add(event: Protocol.Debugger.ScriptParsedEvent): Script | undefined {
    // Every expression that a debugger evaluates is a script without a name.
    if (event.url === '') return undefined;
    const path = this.#options.paths.fromUrl(event.url);
    const script: Script = {
      id: event.scriptId,
      url: event.url,
      path,
      isWrapped: event.startLine > 0 || event.startColumn > 0,
      end: { line: event.endLine, column: event.endColumn },
      map: Promise.resolve(null),
      loadedMap: null,
      lines: undefined,
      loadedLines: undefined,
      names: undefined,
      sourcePaths: [],
    };
    this.#byId.set(script.id, script);
    if (path !== undefined) this.#index(path, script);
    // Packages bring thousands of maps that nobody steps into: they would cost the start of every program.
    const wanted = this.#options.useSourceMaps && path !== undefined && !isInNodeModules(path);
    if (wanted && event.sourceMapURL) script.map = this.#loadMap(script, event.sourceMapURL);
    return script;
  }

  /** The original line of a place in generated code, as the client spells its file; where no map tells, the place itself. */
  readonly locate: Locate = async ({ url, line, column }) => {
    const { paths } = this.#options;
    const path = paths.fromUrl(url);
    const script = path === undefined ? undefined : this.ofPath(path).findLast((candidate) => candidate.url === url);
    const original = (await script?.map)?.originalOf({ line, column });
    const source = original ? script?.sourcePaths[original.source] : undefined;
    if (!original || source === undefined) {
      return { file: path === undefined ? url : paths.toClient(path), line: line + 1, isMapped: false };
    }
    return { file: paths.toClient(source), line: original.line + 1, isMapped: true };
  };

  /** What the variables in sight of a place are called by their author. */
  async namesAt({ scriptId, lineNumber, columnNumber = 0 }: Protocol.Debugger.Location, main: CdpSession) {
    const script = this.#byId.get(scriptId);
    const map = await script?.map;
    if (!script || !map) return sameNames;
    await this.loadText(script, main);
    script.names ??= new ScriptNames(script.loadedLines ?? [], map);
    return script.names.at({ line: lineNumber, column: columnNumber });
  }

  get(id: string): Script | undefined {
    return this.#byId.get(id);
  }

  /** The scripts that a file is, or that were generated from it. */
  ofPath(path: string): readonly Script[] {
    return [...(this.#byPath.get(path) ?? [])];
  }

  /** The files that scripts come from. */
  *paths(): Iterable<string> {
    for (const { path } of this.#byId.values()) if (path !== undefined) yield path;
  }

  all(): Iterable<Script> {
    return this.#byId.values();
  }

  /** Needed for exact original positions in a script with a map. */
  async loadText(script: Script, main: CdpSession): Promise<void> {
    if (!(await script.map)) return;
    script.lines ??= main
      .send('Debugger.getScriptSource', { scriptId: script.id })
      .then(({ scriptSource }) => (script.loadedLines = scriptSource.split('\n')));
    await script.lines;
  }

  /**
   * V8 places the end of a `return` behind it. In minified code (`return y}`) that is the brace, which the map gives to
   * another line: there, the statement itself is meant.
   */
  originalOf(script: Script, position: Position): OriginalPosition | null {
    const line = script.loadedLines?.[position.line];
    const statement =
      line?.[position.column] === '}' ? /\breturn\b[^;{}()]*$/.exec(line.slice(0, position.column)) : null;
    const column = statement ? statement.index : position.column;
    return script.loadedMap?.originalOf({ line: position.line, column }) ?? null;
  }

  async #loadMap(script: Script, mapUrl: string): Promise<ScriptMap | null> {
    try {
      const map = await loadSourceMap(mapUrl, script.url, script.path);
      script.loadedMap = map;
      script.sourcePaths = map.sources.map((source) => {
        const path = sourcePath(source, this.#options.projectFolder);
        return path === undefined ? undefined : this.#options.paths.fromUrl(path);
      });
      for (const path of script.sourcePaths) if (path !== undefined) this.#index(path, script);
      return map;
    } catch (error) {
      this.#options.warn(`The source map of ${script.path ?? script.url} can't be used: ${(error as Error).message}`);
      return null;
    }
  }

  #index(path: string, script: Script): void {
    const scripts = this.#byPath.get(path);
    if (scripts) scripts.add(script);
    else this.#byPath.set(path, new Set([script]));
  }
}
