/**
 * Breakpoints in source files.
 *
 * They are bound script by script, see breakpointBinding.ts. Scripts that are loaded
 * already are bound at once; those to come are stopped at their entry for it, see entryBreakpoints.ts.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { Position } from '../../cdp/sourceMaps.ts';
import type { Script, Scripts } from '../program/scripts.ts';
import { BreakpointBinding, type BindingState } from './breakpointBinding.ts';
import { EntryBreakpoints } from './entryBreakpoints.ts';
import {
  checkCondition,
  neverLoaded,
  notLoaded,
  reset,
  sourceBreakpoint,
  type SourceBreakpoint,
} from './sourceBreakpoint.ts';

interface Target {
  main: CdpSession;
  scripts: Scripts;
  entries: EntryBreakpoints;
  binding: BreakpointBinding;
  /** Brings the agent in, before a tracked line is set. */
  prepareTracking(): Promise<void>;
}

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
    const binding = new BreakpointBinding({
      main,
      scripts,
      onState: (breakpoint, state) => this.#setState(breakpoint, state),
    });
    const entries = new EntryBreakpoints(main, scripts);
    this.#target = { main, scripts, prepareTracking, binding, entries };
    for (const breakpoint of this.#all()) {
      reset(breakpoint);
      if (!breakpoint.invalid) this.#setState(breakpoint, unbound(notLoaded(breakpoint.path)));
    }
    if (this.#all().length > 0) await this.#serialised(() => this.#bindAll());
  }

  /** The debuggee is left, or is to be another one. */
  disconnect(): void {
    this.#target = undefined;
  }

  /** There is nothing left that could load what was not loaded. */
  programEnded(): void {
    this.disconnect();
    for (const breakpoint of this.#all()) {
      if (breakpoint.verified || breakpoint.message !== notLoaded(breakpoint.path)) continue;
      this.#setState(breakpoint, unbound(neverLoaded(breakpoint.path)));
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
        const candidate = sourceBreakpoint(this.#nextId++, path, request, offsets);
        const same = old.find(({ key }) => key === candidate.key);
        if (same && !kept.has(same)) {
          kept.add(same);
          next.push(same);
        } else {
          if (this.#target) await checkCondition(candidate, this.#target.main);
          next.push(candidate);
        }
      }
      this.#byPath.set(path, next);
      for (const breakpoint of old) if (!kept.has(breakpoint)) await this.#target?.binding.unbind(breakpoint);
      await this.#bindFresh(
        path,
        next.filter((breakpoint) => !kept.has(breakpoint) && !breakpoint.invalid),
      );
      return next;
    });
  }

  /** Adds a tracked line, in place of the one with its id. */
  track(path: string, request: { line: number; condition: string }, offsets: Position): Promise<SourceBreakpoint> {
    const breakpoint = sourceBreakpoint(this.#nextId++, path, request, offsets);
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
    if (removed) await this.#target?.binding.unbind(removed);
    return removed !== undefined;
  }

  async #bindFresh(path: string, fresh: readonly SourceBreakpoint[]): Promise<void> {
    if (!this.#target || fresh.length === 0) return;
    await this.#prepareTracking(fresh);
    await this.#target.entries.stopAtFirstStatements();
    await this.#target.entries.stopAt(path, this.#linesOf(path));
    for (const script of this.#target.scripts.ofPath(path)) await this.#target.binding.bind(script, fresh);
  }

  async #prepareTracking(breakpoints: readonly SourceBreakpoint[]): Promise<void> {
    if (breakpoints.some(({ trackId }) => trackId !== undefined)) await this.#target?.prepareTracking();
  }

  /** The breakpoint whose condition was asked at the innermost of these places that has one. */
  conditionalAt(places: readonly Protocol.Debugger.Location[]): SourceBreakpoint | undefined {
    // The condition of a tracked line is the agent's.
    const conditional = this.#all().filter(
      ({ condition, trackId }) => condition !== undefined && trackId === undefined,
    );
    for (const place of places) {
      const breakpoint = conditional.find((candidate) => isBoundAt(candidate, place));
      if (breakpoint) return breakpoint;
    }
    return undefined;
  }

  /** @returns whether this is the first error of its condition */
  failed(breakpoint: SourceBreakpoint, error: string): boolean {
    if (breakpoint.threw !== undefined) return false;
    breakpoint.threw = error;
    this.#onChange(breakpoint);
    return true;
  }

  /**
   * Whatever is being set is known. A stop may be told in the same breath as the answer that names its breakpoint; it
   * must not be judged before that answer was taken in.
   */
  async settled(): Promise<void> {
    await this.#queue;
  }

  /** Of a program that does not run yet; see `EntryBreakpoints`. */
  async stopAtProgram(program: string | undefined, text: string, isStop: boolean): Promise<void> {
    await this.#target?.entries.stopAtProgram(program, text, isStop);
  }

  /** @returns what the stop is besides the breakpoints that it is at */
  async atEntry(
    event: Protocol.Debugger.PausedEvent,
    script: Script | undefined,
  ): Promise<{ isEntry: boolean; isProgram: boolean }> {
    const { entries } = this.#target ?? {};
    if (!script || !entries?.isEntry(event)) return { isEntry: false, isProgram: false };
    await this.#serialised(async () => {
      await this.#bindScript(script);
      await entries.entered(script, event);
    });
    return { isEntry: true, isProgram: entries.isProgram(script) };
  }

  /** @returns whether the stop is ours alone, to see a script before it runs */
  async beforeScript(event: Protocol.Debugger.PausedEvent): Promise<boolean> {
    const found = await this.#target?.entries.beforeScript(event);
    const { script } = found ?? {};
    if (script) await this.#serialised(() => this.#bindScript(script));
    return Boolean(found);
  }

  /** The breakpoints that a stop is at: those that V8 names, and those bound since at the very place. */
  hitBy(cdpIds: readonly string[], place: Protocol.Debugger.Location) {
    const named: SourceBreakpoint[] = [];
    const here: SourceBreakpoint[] = [];
    for (const breakpoint of this.#all()) {
      if (breakpoint.bound.some(({ cdpId }) => cdpIds.includes(cdpId))) named.push(breakpoint);
      else if (breakpoint.trackId === undefined && isBoundAt(breakpoint, place)) here.push(breakpoint);
    }
    return { named, here };
  }

  #all(): SourceBreakpoint[] {
    return [...[...this.#byPath.values()].flat(), ...this.#tracked];
  }

  #of(path: string): SourceBreakpoint[] {
    return [...(this.#byPath.get(path) ?? []), ...this.#tracked.filter((breakpoint) => breakpoint.path === path)];
  }

  #linesOf(path: string): Position[] {
    return this.#of(path).map(({ line }) => ({ line, column: 0 }));
  }

  async #bindAll(): Promise<void> {
    if (!this.#target) return;
    await this.#prepareTracking(this.#all());
    await this.#target.entries.stopAtFirstStatements();
    for (const breakpoint of this.#all()) await checkCondition(breakpoint, this.#target.main);
    for (const path of new Set(this.#all().map((breakpoint) => breakpoint.path))) {
      await this.#target.entries.stopAt(path, this.#linesOf(path));
      for (const script of this.#target.scripts.ofPath(path)) await this.#target.binding.bind(script, this.#of(path));
    }
  }

  async #bindScript(script: Script): Promise<void> {
    await script.map;
    const paths = new Set([script.path, ...script.sourcePaths]);
    for (const path of paths) {
      if (path !== undefined) await this.#target?.binding.bind(script, this.#of(path));
    }
  }

  #setState(breakpoint: SourceBreakpoint, { verified, actual, message }: BindingState): void {
    const before = JSON.stringify([breakpoint.verified, breakpoint.actual, breakpoint.message]);
    breakpoint.verified = verified;
    breakpoint.actual = actual;
    breakpoint.message = verified ? undefined : message;
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

function isBoundAt(
  { bound }: SourceBreakpoint,
  { scriptId, lineNumber, columnNumber = 0 }: Protocol.Debugger.Location,
) {
  return bound.some(
    ({ scriptId: id, location }) => id === scriptId && location.line === lineNumber && location.column === columnNumber,
  );
}

function unbound(message: string): BindingState {
  return { verified: false, actual: undefined, message };
}
