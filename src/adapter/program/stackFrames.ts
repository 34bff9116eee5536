/** Call stacks: frames at their original positions, and the text of sources that are in no file. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { Position } from '../../cdp/sourceMaps.ts';
import type { ProgramWarning } from '../../protocol/requests.ts';
import type { TensorWarning } from '../../protocol/tensor.ts';
import { errors } from '../errors.ts';
import { globToPattern, type PathMapper } from './paths.ts';
import type { Scripts } from './scripts.ts';

type CallFrame = Protocol.Debugger.CallFrame;

/** A place in a source as a person knows it. Positions from 0. */
export interface SourcePlace extends Position {
  /** The original's path, or the script's if it has no map. */
  path: string | undefined;
  scriptId: string;
  url: string;
  /** Index of the map's source, if the place is mapped. */
  source: number | undefined;
  /** The name that the map gives for what stands there. */
  name: string | undefined;
}

export class StackFrames {
  readonly #scripts: Scripts;
  readonly #paths: PathMapper;
  readonly #skip: RegExp[];
  /** Sources that no file has, by reference - 1: a script, or one source of its map. */
  readonly #virtual: { scriptId: string; source: number | undefined }[] = [];
  #frames = new Map<number, CallFrame>();
  #nextFrameId = 1;

  constructor(scripts: Scripts, paths: PathMapper, skipFiles: readonly string[]) {
    this.#scripts = scripts;
    this.#paths = paths;
    this.#skip = skipFiles.map((glob) => new RegExp(globToPattern(glob)));
  }

  /** Frame ids are never used twice in a session, so that those of an earlier stop are recognised. */
  stopped(callFrames: readonly CallFrame[]): void {
    this.#frames = new Map(callFrames.map((frame) => [this.#nextFrameId++, frame]));
  }

  resumed(): void {
    this.#frames.clear();
  }

  frameOf(id: number): CallFrame {
    const frame = this.#frames.get(id);
    if (frame) return frame;
    if (id > 0 && id < this.#nextFrameId) throw errors.staleReference('stack frame');
    throw errors.unknownReference('stack frame', id, 'Frames have the ids that stackTrace gives them.');
  }

  async trace(start: number, count: number, offsets: Position, main: CdpSession): Promise<DebugProtocol.StackFrame[]> {
    const page = [...this.#frames].slice(start, count > 0 ? start + count : undefined);
    const scripts = new Set(page.flatMap(([, { location }]) => this.#scripts.get(location.scriptId) ?? []));
    await Promise.all(Array.from(scripts, (script) => this.#scripts.loadText(script, main)));
    return page.map(([id, frame]) => this.#describe(id, frame, offsets));
  }

  /** Warnings at this frame's line. */
  warnAt(frame: CallFrame, warned: (warning: ProgramWarning) => void): (warning: TensorWarning) => void {
    return (warning) => {
      const { path, line } = this.place(frame.location, frame.url);
      warned({ ...warning, ...(path !== undefined && { file: path, line: line + 1 }) });
    };
  }

  place(location: Protocol.Debugger.Location, url: string): SourcePlace {
    const script = this.#scripts.get(location.scriptId);
    const generated = { line: location.lineNumber, column: location.columnNumber ?? 0 };
    const original = script && this.#scripts.originalOf(script, generated);
    const common = { scriptId: location.scriptId, url: script?.url ?? url };
    if (!script || !original)
      return { ...generated, ...common, path: script?.path, source: undefined, name: undefined };
    return {
      ...common,
      line: original.line,
      column: original.column,
      path: script.sourcePaths[original.source],
      source: original.source,
      name: original.name ?? undefined,
    };
  }

  sourceOf(place: SourcePlace): DebugProtocol.Source {
    const skipped = this.#isSkipped(place) ? { presentationHint: 'deemphasize' as const } : {};
    if (place.path !== undefined && existsSync(place.path)) {
      return { name: basename(place.path), path: this.#paths.toClient(place.path), ...skipped };
    }
    const sourceReference = this.#referenceOf(place.scriptId, place.source);
    const name = place.path === undefined ? place.url || `evaluated code ${place.scriptId}` : basename(place.path);
    return { name, sourceReference, ...(place.path !== undefined && { path: place.path }), ...skipped };
  }

  async text(sourceReference: number, main: CdpSession): Promise<string> {
    const virtual = this.#virtual[sourceReference - 1];
    if (!virtual) {
      throw errors.unknownReference(
        'source',
        sourceReference,
        'Sources that no file has are named by the answers of stackTrace.',
      );
    }
    const { scriptId, source } = virtual;
    if (source !== undefined) {
      const content = this.#scripts.get(scriptId)?.loadedMap?.contentOf(source);
      if (content !== null && content !== undefined) return content;
    }
    return (await main.send('Debugger.getScriptSource', { scriptId })).scriptSource;
  }

  #describe(id: number, frame: CallFrame, offsets: Position): DebugProtocol.StackFrame {
    const place = this.place(frame.location, frame.url);
    return {
      id,
      name: this.#nameOf(frame),
      source: this.sourceOf(place),
      line: place.line + offsets.line,
      column: place.column + offsets.column,
      ...(this.#isSkipped(place) && { presentationHint: 'subtle' as const }),
    };
  }

  /** A bundler may have renamed the function; its map names what stands at its start. */
  #nameOf({ functionName, functionLocation, url }: CallFrame): string {
    if (functionName === '') return '<anonymous>';
    const name = functionLocation && this.place(functionLocation, url).name;
    // `Object.method` keeps what V8 found out about the receiver.
    return name !== undefined && !functionName.includes('.') ? name : functionName;
  }

  #isSkipped({ path, url }: SourcePlace): boolean {
    return this.#skip.some((pattern) => pattern.test(url) || (path !== undefined && pattern.test(path)));
  }

  #referenceOf(scriptId: string, source: number | undefined): number {
    const known = this.#virtual.findIndex((entry) => entry.scriptId === scriptId && entry.source === source);
    return known >= 0 ? known + 1 : this.#virtual.push({ scriptId, source });
  }
}
