/**
 * Lines and names as their author knows them, in sessions of VS Code's JavaScript debugger, which keeps what it knows of
 * scripts to itself: a script is looked up, and its source map read, when a place in it is first asked for.
 */
import { dirname } from 'node:path';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import {
  isInNodeModules,
  loadSourceMap,
  mapUrlIn,
  pathOfUrl,
  sourcePath,
  type ScriptMap,
} from '../../cdp/sourceMaps.ts';
import { generatedLine, type Locate } from '../../inspector/watch/copies.ts';
import { sameNames, ScriptNames, type NamesAt } from '../../inspector/names/originalNames.ts';
import type { RecordedFrame } from '../../protocol/recorder.ts';
import type { ScriptUrls } from './scriptUrls.ts';

interface MappedScript {
  map: ScriptMap;
  names: ScriptNames;
}

export class OriginalLines {
  readonly #main: CdpSession;
  readonly #urls: ScriptUrls;
  readonly #projectFolder: string | undefined;
  readonly #byUrl = new Map<string, Promise<MappedScript | null>>();

  /** @param projectFolder what bundlers' names of sources are relative to; default the folder of the script */
  constructor(main: CdpSession, urls: ScriptUrls, projectFolder: string | undefined) {
    this.#main = main;
    this.#urls = urls;
    this.#projectFolder = projectFolder;
  }

  readonly locate: Locate = async (frame) => {
    const script = await this.#script(frame.url, () => this.#scriptAt(frame));
    const original = script?.map.originalOf(frame);
    const source = original && script?.map.sources[original.source];
    const folder = this.#projectFolder ?? dirname(pathOfUrl(frame.url) ?? '');
    const file = source ? sourcePath(source, folder) : undefined;
    return original && file !== undefined ? { file, line: original.line + 1, isMapped: true } : generatedLine(frame);
  };

  readonly namesAt: NamesAt = async (frame) => {
    const { scriptId, lineNumber, columnNumber = 0 } = frame.location;
    const url = await this.#urls.of(frame);
    const script = url === undefined ? null : await this.#script(url, () => Promise.resolve(scriptId));
    return script?.names.at({ line: lineNumber, column: columnNumber }) ?? sameNames;
  };

  #script(url: string, scriptIdOf: () => Promise<string | undefined>): Promise<MappedScript | null> {
    const path = pathOfUrl(url);
    // Packages bring maps whose sources they leave at home.
    if (path === undefined || isInNodeModules(path)) return Promise.resolve(null);
    const loading = this.#byUrl.get(url) ?? this.#load(url, path, scriptIdOf);
    this.#byUrl.set(url, loading);
    return loading;
  }

  async #load(url: string, path: string, scriptIdOf: () => Promise<string | undefined>): Promise<MappedScript | null> {
    const scriptId = await scriptIdOf();
    if (scriptId === undefined) return null;
    const { scriptSource } = await this.#main.send('Debugger.getScriptSource', { scriptId });
    const mapUrl = mapUrlIn(scriptSource);
    if (mapUrl === undefined) return null;
    try {
      const map = await loadSourceMap(mapUrl, url, path);
      return { map, names: new ScriptNames(scriptSource.split('\n'), map) };
    } catch {
      // It is missing or damaged, which the JavaScript debugger has told already.
      return null;
    }
  }

  /** V8 names a script by its URL in one answer only: to a breakpoint in it, which is never hit and gone at once. */
  async #scriptAt({ url, line, column }: RecordedFrame): Promise<string | undefined> {
    const { breakpointId, locations } = await this.#main.send('Debugger.setBreakpointByUrl', {
      url,
      lineNumber: line,
      columnNumber: column,
      condition: 'false',
    });
    await this.#main.send('Debugger.removeBreakpoint', { breakpointId });
    return locations.at(-1)?.scriptId;
  }
}
