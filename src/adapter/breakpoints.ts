/**
 * Breakpoints in source files.
 *
 * They are bound script by script: where the source map (if any) says that the line's code is. Scripts that are loaded
 * already are bound at once; those to come are stopped at their entry for it, see entryBreakpoints.ts.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import { CdpError, type CdpSession } from '../cdp/cdpSession.ts';
import { parseTrackCondition } from '../protocol/trackCondition.ts';
import { EntryBreakpoints } from './entryBreakpoints.ts';
import { HitCounter } from './hitCondition.ts';
import { literally } from './paths.ts';
import type { Script, Scripts } from './scripts.ts';
import type { Position, ScriptMap } from '../cdp/sourceMaps.ts';

/** A breakpoint as the client wants it, with what became of it. Positions from 0. */
export interface SourceBreakpoint {
  id: number;
  path: string;
  line: number;
  column: number | undefined;
  condition: string | undefined;
  hit: HitCounter | undefined;
  logMessage: string | undefined;
  /** The ids of what its line tracks; its condition is the agent's, and true only where it is to stop after all. */
  trackId: string | undefined;
  /** What makes two requests the same breakpoint. */
  key: string;
  verified: boolean;
  /** Where it stops, once that is known. */
  actual: Position | undefined;
  message: string | undefined;
  /** It can never work, whatever is loaded. */
  invalid: boolean;
  bound: BoundBreakpoint[];
}

interface BoundBreakpoint {
  cdpId: string;
  scriptId: string;
  url: string;
  location: Position;
}

interface Target {
  main: CdpSession;
  scripts: Scripts;
  entries: EntryBreakpoints;
  /** Brings the agent in, before a tracked line is set. */
  prepareTracking(): Promise<void>;
}

/** How far behind its line a breakpoint may slide in generated code before that is no help to anyone. */
const maxSlideLines = 50;

export class Breakpoints {
  #nextId = 1;
  readonly #byPath = new Map<string, SourceBreakpoint[]>();
  /** Those of `tensor/track`, which no `setBreakpoints` replaces. */
  readonly #tracked: SourceBreakpoint[] = [];
  readonly #onChange: (breakpoint: SourceBreakpoint) => void;
  #target: Target | undefined;
  /** Binding happens one at a time: a script that is being entered and a request must not both set the same one. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(onChange: (breakpoint: SourceBreakpoint) => void) {
    this.#onChange = onChange;
  }

  /** A debuggee is there; its scripts so far are known, and it does not run yet. */
  async connect(main: CdpSession, scripts: Scripts, prepareTracking: () => Promise<void>): Promise<void> {
    this.#target = { main, scripts, prepareTracking, entries: new EntryBreakpoints(main, scripts) };
    for (const breakpoint of this.#all()) {
      breakpoint.bound = [];
      breakpoint.hit?.reset();
      if (!breakpoint.invalid) this.#setState(breakpoint, false, undefined, notLoaded);
    }
    if (this.#all().length > 0) await this.#serialised(() => this.#bindAll());
  }

  disconnect(): void {
    this.#target = undefined;
    for (const breakpoint of this.#all()) {
      if (breakpoint.verified || breakpoint.message !== notLoaded(breakpoint.path)) continue;
      this.#setState(breakpoint, false, undefined, `The program ended without loading ${breakpoint.path}.`);
    }
  }

  /** Replaces the breakpoints of a file; those that stay the same keep their identity. */
  set(
    path: string,
    requested: readonly DebugProtocol.SourceBreakpoint[],
    offsets: Position,
  ): Promise<SourceBreakpoint[]> {
    return this.#serialised(async () => {
      const old = this.#byPath.get(path) ?? [];
      const kept = new Set<SourceBreakpoint>();
      const next: SourceBreakpoint[] = [];
      for (const request of requested) {
        const candidate = this.#create(path, request, offsets);
        const same = old.find(({ key }) => key === candidate.key);
        if (same && !kept.has(same)) {
          kept.add(same);
          next.push(same);
        } else {
          await this.#checkCondition(candidate);
          next.push(candidate);
        }
      }
      this.#byPath.set(path, next);
      await Promise.all(
        old.filter((breakpoint) => !kept.has(breakpoint)).map((breakpoint) => this.#unbind(breakpoint)),
      );
      await this.#bindFresh(
        path,
        next.filter((breakpoint) => !kept.has(breakpoint) && !breakpoint.invalid),
      );
      return next;
    });
  }

  /** Adds a tracked line, in place of the one with its id. */
  track(path: string, request: { line: number; condition: string }, offsets: Position): Promise<SourceBreakpoint> {
    const breakpoint = this.#create(path, request, offsets);
    return this.#serialised(async () => {
      await this.#removeTracked(breakpoint.trackId);
      this.#tracked.push(breakpoint);
      await this.#bindFresh(path, [breakpoint]);
      return breakpoint;
    });
  }

  /** @returns whether there was one */
  untrack(id: string): Promise<boolean> {
    return this.#serialised(() => this.#removeTracked(id));
  }

  async #removeTracked(id: string | undefined): Promise<boolean> {
    const index = this.#tracked.findIndex(({ trackId }) => trackId === id);
    const [removed] = index < 0 ? [] : this.#tracked.splice(index, 1);
    if (removed) await this.#unbind(removed);
    return removed !== undefined;
  }

  async #bindFresh(path: string, fresh: readonly SourceBreakpoint[]): Promise<void> {
    if (!this.#target || fresh.length === 0) return;
    await this.#prepareTracking(fresh);
    await this.#target.entries.stopAtFirstStatements();
    await this.#target.entries.stopInWrapped(path, this.#linesOf(path));
    for (const script of this.#target.scripts.ofPath(path)) await this.#bind(script, fresh);
  }

  async #prepareTracking(breakpoints: readonly SourceBreakpoint[]): Promise<void> {
    if (breakpoints.some(({ trackId }) => trackId !== undefined)) await this.#target?.prepareTracking();
  }

  /**
   * Whatever is being set is known. A stop may be told in the same breath as the answer that names its breakpoint; it
   * must not be judged before that answer was taken in.
   */
  async settled(): Promise<void> {
    await this.#queue;
  }

  isEntry(cdpIds: readonly string[] | undefined): boolean {
    return this.#target?.entries.has(cdpIds) ?? false;
  }

  /** The script is about to run its first statement. */
  async beforeFirstStatement(script: Script): Promise<void> {
    await this.#serialised(async () => {
      await this.#bindScript(script);
      await this.#target?.entries.entered(script);
    });
  }

  /** The breakpoints that a stop is at: those that V8 names, and those bound since at the very place. */
  hitBy(cdpIds: readonly string[], { scriptId, lineNumber, columnNumber = 0 }: Protocol.Debugger.Location) {
    const named: SourceBreakpoint[] = [];
    const here: SourceBreakpoint[] = [];
    for (const breakpoint of this.#all()) {
      if (breakpoint.bound.some(({ cdpId }) => cdpIds.includes(cdpId))) named.push(breakpoint);
      else if (
        breakpoint.trackId === undefined &&
        breakpoint.bound.some(
          ({ scriptId: id, location }) =>
            id === scriptId && location.line === lineNumber && location.column === columnNumber,
        )
      ) {
        here.push(breakpoint);
      }
    }
    return { named, here };
  }

  #all(): SourceBreakpoint[] {
    return [...[...this.#byPath.values()].flat(), ...this.#tracked];
  }

  #of(path: string): SourceBreakpoint[] {
    return [...(this.#byPath.get(path) ?? []), ...this.#tracked.filter((breakpoint) => breakpoint.path === path)];
  }

  #linesOf(path: string): number[] {
    return this.#of(path).map(({ line }) => line);
  }

  #create(path: string, request: DebugProtocol.SourceBreakpoint, offsets: Position): SourceBreakpoint {
    const { condition, hitCondition, logMessage } = request;
    const tracks = parseTrackCondition(condition);
    const breakpoint: SourceBreakpoint = {
      id: this.#nextId++,
      path,
      line: Math.max(0, request.line - offsets.line),
      column: request.column === undefined ? undefined : Math.max(0, request.column - offsets.column),
      condition: condition?.trim() ? condition : undefined,
      hit: undefined,
      logMessage: logMessage === '' ? undefined : logMessage,
      trackId: tracks.length > 0 ? tracks.map(({ id }) => id).join() : undefined,
      key: JSON.stringify([request.line, request.column, condition, hitCondition, logMessage]),
      verified: false,
      actual: undefined,
      message: notLoaded(path),
      invalid: false,
      bound: [],
    };
    if (hitCondition?.trim()) {
      const hit = HitCounter.parse(hitCondition);
      if (hit) breakpoint.hit = hit;
      else {
        breakpoint.invalid = true;
        breakpoint.message = `The hit condition "${hitCondition}" is none: write a number, or one of > >= = < <= % and a number.`;
      }
    }
    return breakpoint;
  }

  /** V8 takes a condition that is no expression, and then never stops. */
  async #checkCondition(breakpoint: SourceBreakpoint): Promise<void> {
    if (breakpoint.condition === undefined || !this.#target || breakpoint.invalid) return;
    const { exceptionDetails } = await this.#target.main.send('Runtime.compileScript', {
      expression: `(${breakpoint.condition}\n)`,
      sourceURL: '',
      persistScript: false,
    });
    if (!exceptionDetails) return;
    breakpoint.invalid = true;
    const reason = exceptionDetails.exception?.description?.split('\n')[0] ?? exceptionDetails.text;
    breakpoint.message = `The condition "${breakpoint.condition}" is no expression: ${reason}`;
  }

  async #bindAll(): Promise<void> {
    if (!this.#target) return;
    await this.#prepareTracking(this.#all());
    await this.#target.entries.stopAtFirstStatements();
    for (const breakpoint of this.#all()) await this.#checkCondition(breakpoint);
    for (const path of new Set(this.#all().map((breakpoint) => breakpoint.path))) {
      await this.#target.entries.stopInWrapped(path, this.#linesOf(path));
      for (const script of this.#target.scripts.ofPath(path)) await this.#bind(script, this.#of(path));
    }
  }

  async #bindScript(script: Script): Promise<void> {
    await script.map;
    const paths = new Set([script.path, ...script.sourcePaths]);
    for (const path of paths) {
      if (path !== undefined) await this.#bind(script, this.#of(path));
    }
  }

  async #bind(script: Script, breakpoints: readonly SourceBreakpoint[]): Promise<void> {
    const map = await script.map;
    for (const breakpoint of breakpoints) {
      if (breakpoint.invalid || breakpoint.bound.some(({ scriptId }) => scriptId === script.id)) continue;
      const source = map ? script.sourcePaths.indexOf(breakpoint.path) : -1;
      // `tsx` runs generated code under the original's own URL: the map decides, not the name.
      if (map && source >= 0) await this.#bindMapped(script, map, source, breakpoint);
      else if (script.path === breakpoint.path) await this.#bindPlain(script, breakpoint);
    }
  }

  async #bindPlain(script: Script, breakpoint: SourceBreakpoint): Promise<void> {
    const location = await this.#setInScript(
      script,
      { line: breakpoint.line, column: breakpoint.column ?? 0 },
      breakpoint,
    );
    if (location) this.#setState(breakpoint, true, location, undefined);
    else this.#setState(breakpoint, breakpoint.bound.length > 0, breakpoint.actual, noCode);
  }

  async #bindMapped(script: Script, map: ScriptMap, source: number, breakpoint: SourceBreakpoint): Promise<void> {
    await this.#scripts.loadText(script, this.#main);
    for (const line of map.linesFrom(source, breakpoint.line)) {
      if (line > breakpoint.line + maxSlideLines) break;
      const candidates = await this.#locationsOf(script, map, source, line);
      const wantedColumn = line === breakpoint.line ? breakpoint.column : undefined;
      const chosen =
        candidates.find(({ original }) => wantedColumn === undefined || original.column >= wantedColumn) ??
        candidates[0];
      if (!chosen) continue;
      const location = await this.#setInScript(script, chosen.generated, breakpoint);
      if (!location) continue;
      this.#setState(breakpoint, true, { line, column: chosen.original.column }, undefined);
      return;
    }
    this.#setState(breakpoint, breakpoint.bound.length > 0, breakpoint.actual, noCode);
  }

  /** Where V8 can stop in the code that was generated from a line. */
  async #locationsOf(script: Script, map: ScriptMap, source: number, line: number) {
    const found: { generated: Position; original: Position }[] = [];
    for (const { start, end } of map.rangesOf(source, line)) {
      const { locations } = await this.#main.send('Debugger.getPossibleBreakpoints', {
        start: { scriptId: script.id, lineNumber: start.line, columnNumber: start.column },
        // The end itself may be where a `return` of this line ends.
        end: { scriptId: script.id, lineNumber: end.line, columnNumber: end.column + 1 },
      });
      for (const { lineNumber, columnNumber = 0 } of locations) {
        const generated = { line: lineNumber, column: columnNumber };
        const original = this.#scripts.originalOf(script, generated);
        if (original?.source === source && original.line === line) found.push({ generated, original });
      }
    }
    return found;
  }

  async #setInScript(
    script: Script,
    { line, column }: Position,
    breakpoint: SourceBreakpoint,
  ): Promise<Position | null> {
    const condition = await this.#conditionAt(script, { line, column }, breakpoint);
    if (breakpoint.trackId !== undefined)
      return this.#trackInScript(script, { line, column }, { ...breakpoint, condition });
    try {
      const { breakpointId, actualLocation } = await this.#main.send('Debugger.setBreakpoint', {
        location: { scriptId: script.id, lineNumber: line, columnNumber: column },
        ...(condition !== undefined && { condition: `(${condition}\n)` }),
      });
      const location = { line: actualLocation.lineNumber, column: actualLocation.columnNumber ?? 0 };
      if (location.line === script.end.line && location.column === script.end.column) {
        await this.#main.send('Debugger.removeBreakpoint', { breakpointId });
        return null;
      }
      breakpoint.bound.push({ cdpId: breakpointId, scriptId: script.id, url: script.url, location });
      return location;
    } catch (error) {
      if (!(error instanceof CdpError)) throw error;
      return /already exists/.test(error.message) ? this.#share(script, { line, column }, breakpoint) : null;
    }
  }

  /** With the names that V8 knows there. */
  async #conditionAt(script: Script, { line, column }: Position, { condition }: SourceBreakpoint) {
    if (condition === undefined) return undefined;
    const location = { scriptId: script.id, lineNumber: line, columnNumber: column };
    return (await this.#scripts.namesAt(location, this.#main))?.translate(condition) ?? condition;
  }

  /**
   * By URL, for V8 takes only one breakpoint of a kind per place, and this one must not be in the way of a breakpoint that
   * stops there. The second half of the pattern matches nothing: it sets breakpoints of one place apart.
   */
  async #trackInScript(
    script: Script,
    { line, column }: Position,
    { trackId, condition = '', bound }: SourceBreakpoint,
  ): Promise<Position | null> {
    const before = bound.find(({ url }) => url === script.url);
    if (before) return before.location;
    const { breakpointId, locations } = await this.#main.send('Debugger.setBreakpointByUrl', {
      urlRegex: `^${literally(script.url)}$|^tensor-debugger:track:${trackId}$`,
      lineNumber: line,
      columnNumber: column,
      condition,
    });
    const found = locations.find(({ scriptId }) => scriptId === script.id);
    const location = found && { line: found.lineNumber, column: found.columnNumber ?? 0 };
    if (!location || (location.line === script.end.line && location.column === script.end.column)) {
      await this.#main.send('Debugger.removeBreakpoint', { breakpointId });
      return null;
    }
    bound.push({ cdpId: breakpointId, scriptId: script.id, url: script.url, location });
    return location;
  }

  /** V8 takes one breakpoint per place: a second one there, of another line that slid, shares it. */
  #share(script: Script, place: Position, breakpoint: SourceBreakpoint): Position | null {
    for (const { bound, trackId } of this.#all()) {
      if (trackId !== undefined) continue;
      const same = bound.find(
        ({ scriptId, location }) =>
          scriptId === script.id &&
          (location.line > place.line || (location.line === place.line && location.column >= place.column)),
      );
      if (!same) continue;
      breakpoint.bound.push({ ...same });
      return same.location;
    }
    return null;
  }

  async #unbind(breakpoint: SourceBreakpoint): Promise<void> {
    const bound = breakpoint.bound.splice(0);
    const shared = new Set(this.#all().flatMap((other) => other.bound.map(({ cdpId }) => cdpId)));
    for (const { cdpId } of bound) {
      if (this.#target && !shared.has(cdpId))
        await this.#main.send('Debugger.removeBreakpoint', { breakpointId: cdpId });
    }
  }

  get #scripts(): Scripts {
    return this.#target!.scripts;
  }

  get #main(): CdpSession {
    return this.#target!.main;
  }

  #setState(
    breakpoint: SourceBreakpoint,
    verified: boolean,
    actual: Position | undefined,
    message: string | ((path: string, line: number) => string) | undefined,
  ): void {
    const text = typeof message === 'function' ? message(breakpoint.path, breakpoint.line + 1) : message;
    const before = JSON.stringify([breakpoint.verified, breakpoint.actual, breakpoint.message]);
    breakpoint.verified = verified;
    breakpoint.actual = actual;
    breakpoint.message = verified ? undefined : text;
    if (JSON.stringify([verified, actual, breakpoint.message]) === before) return;
    // The client knows nothing of those that it did not set.
    if (!this.#tracked.includes(breakpoint)) this.#onChange(breakpoint);
  }

  #serialised<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

const notLoaded = (path: string) => `The program has not loaded ${path} (yet).`;
const noCode = (_path: string, line: number) => `Line ${line} has no code, nor has a line after it.`;
