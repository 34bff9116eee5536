/**
 * Lines as their author knows them, in sessions of VS Code's JavaScript debugger, which keeps what it knows of scripts to
 * itself: a script is looked up, and its source map read, when a place in it is first asked for.
 */
import { dirname } from 'node:path';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { loadSourceMap, pathOfUrl, sourcePath, type ScriptMap } from '../../cdp/sourceMaps.ts';
import { generatedLine, type Locate } from '../../inspector/copies.ts';
import type { RecordedFrame } from '../../protocol/recorder.ts';

/** @param projectFolder what bundlers' names of sources are relative to; default the folder of the script */
export function originalLines(main: CdpSession, projectFolder: string | undefined): Locate {
  const maps = new Map<string, Promise<ScriptMap | null>>();
  return async (frame) => {
    const path = pathOfUrl(frame.url);
    // Packages bring maps whose sources they leave at home.
    if (path === undefined || /[\\/]node_modules[\\/]/.test(path)) return generatedLine(frame);
    const loading = maps.get(frame.url) ?? loadMap(main, frame, path);
    maps.set(frame.url, loading);
    const map = await loading;
    const original = map?.originalOf(frame);
    const source = original && map?.sources[original.source];
    const file = source ? sourcePath(source, projectFolder ?? dirname(path)) : undefined;
    return original && file !== undefined ? { file, line: original.line + 1 } : generatedLine(frame);
  };
}

async function loadMap(main: CdpSession, frame: RecordedFrame, path: string): Promise<ScriptMap | null> {
  const scriptId = await scriptAt(main, frame);
  if (scriptId === undefined) return null;
  const { scriptSource } = await main.send('Debugger.getScriptSource', { scriptId });
  const mapUrl = [...scriptSource.matchAll(/^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].pop()?.[1];
  if (mapUrl === undefined) return null;
  try {
    return await loadSourceMap(mapUrl, frame.url, path);
  } catch {
    // It is missing or damaged, which the JavaScript debugger has told already.
    return null;
  }
}

/** V8 names a script by its URL in one answer only: to a breakpoint in it, which is never hit and gone at once. */
async function scriptAt(main: CdpSession, { url, line, column }: RecordedFrame): Promise<string | undefined> {
  const { breakpointId, locations } = await main.send('Debugger.setBreakpointByUrl', {
    url,
    lineNumber: line,
    columnNumber: column,
    condition: 'false',
  });
  await main.send('Debugger.removeBreakpoint', { breakpointId });
  return locations.at(-1)?.scriptId;
}
