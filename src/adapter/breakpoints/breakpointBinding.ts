/**
 * Where V8 stops for a breakpoint: the places in a script that the source map (if any) says its line's code is at, and V8's
 * own breakpoints there.
 */
import type { Protocol } from 'devtools-protocol';
import { CdpError, type CdpSession } from '../../cdp/cdpSession.ts';
import type { Position, ScriptMap } from '../../cdp/sourceMaps.ts';
import { asEvaluation } from '../../protocol/evaluation.ts';
import { literally } from '../program/paths.ts';
import type { Script, Scripts } from '../program/scripts.ts';
import type { SourceBreakpoint } from './sourceBreakpoint.ts';

/** How far behind its line a breakpoint may slide in generated code before that is no help to anyone. */
const maxSlideLines = 50;

/** What became of a breakpoint: where it stops, or why it does not. */
export interface BindingState {
  verified: boolean;
  actual: Position | undefined;
  message: string | undefined;
}

export interface BindingOptions {
  main: CdpSession;
  scripts: Scripts;
  onState: (breakpoint: SourceBreakpoint, state: BindingState) => void;
}

export class BreakpointBinding {
  readonly #main: CdpSession;
  readonly #scripts: Scripts;
  readonly #onState: (breakpoint: SourceBreakpoint, state: BindingState) => void;

  constructor({ main, scripts, onState }: BindingOptions) {
    this.#main = main;
    this.#scripts = scripts;
    this.#onState = onState;
  }

  /** Binds those of a file to a script of it that is loaded. */
  async bind(script: Script, breakpoints: readonly SourceBreakpoint[]): Promise<void> {
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
    const { line, column } = breakpoint;
    const places =
      column === undefined ? [] : await this.#placesIn(script, { line, column: 0 }, { line: line + 1, column: 0 });
    const place = atColumn(places, column, (each) => each.column) ?? { line, column: 0 };
    const location = await this.#setInScript(script, place, breakpoint);
    if (location) this.#bound(breakpoint, location);
    else this.#noCode(breakpoint);
  }

  async #bindMapped(script: Script, map: ScriptMap, source: number, breakpoint: SourceBreakpoint): Promise<void> {
    await this.#scripts.loadText(script, this.#main);
    for (const line of map.linesFrom(source, breakpoint.line)) {
      if (line > breakpoint.line + maxSlideLines) break;
      const candidates = await this.#locationsOf(script, map, source, line);
      const wantedColumn = line === breakpoint.line ? breakpoint.column : undefined;
      const chosen = atColumn(candidates, wantedColumn, ({ original }) => original.column);
      if (!chosen) continue;
      const location = await this.#setInScript(script, chosen.generated, breakpoint);
      if (!location) continue;
      this.#bound(breakpoint, { line, column: chosen.original.column });
      return;
    }
    this.#noCode(breakpoint);
  }

  /** Where V8 can stop between two places, the second one left out. */
  async #placesIn(script: Script, start: Position, end: Position): Promise<Position[]> {
    const { locations } = await this.#main.send('Debugger.getPossibleBreakpoints', {
      start: { scriptId: script.id, lineNumber: start.line, columnNumber: start.column },
      end: { scriptId: script.id, lineNumber: end.line, columnNumber: end.column },
    });
    return locations.map(({ lineNumber, columnNumber = 0 }) => ({ line: lineNumber, column: columnNumber }));
  }

  /** Where V8 can stop in the code that was generated from a line. */
  async #locationsOf(script: Script, map: ScriptMap, source: number, line: number) {
    const found: { generated: Position; original: Position }[] = [];
    for (const { start, end } of map.rangesOf(source, line)) {
      // The end itself may be where a `return` of this line ends.
      for (const generated of await this.#placesIn(script, start, { ...end, column: end.column + 1 })) {
        const original = this.#scripts.originalOf(script, generated);
        if (original?.source === source && original.line === line) found.push({ generated, original });
      }
    }
    return found;
  }

  async #setInScript(script: Script, place: Position, breakpoint: SourceBreakpoint): Promise<Position | null> {
    const condition = await this.#conditionAt(script, place, breakpoint);
    // A tracked line must not be in the way of a breakpoint that stops there.
    if (breakpoint.trackId !== undefined) return this.#setByUrl(script, place, breakpoint, condition);
    const { line, column } = place;
    const evaluated = condition === undefined ? undefined : asEvaluation(`(${condition}\n)`);
    try {
      const { breakpointId, actualLocation } = await this.#main.send('Debugger.setBreakpoint', {
        location: { scriptId: script.id, lineNumber: line, columnNumber: column },
        ...(evaluated !== undefined && { condition: evaluated }),
      });
      return await this.#keep(script, line, breakpoint, { cdpId: breakpointId, at: actualLocation });
    } catch (error) {
      if (!(error instanceof CdpError)) throw error;
      return /already exists/.test(error.message) ? this.#setByUrl(script, place, breakpoint, evaluated) : null;
    }
  }

  /** With the names that V8 knows there. */
  async #conditionAt(script: Script, { line, column }: Position, { condition }: SourceBreakpoint) {
    if (condition === undefined) return undefined;
    const location = { scriptId: script.id, lineNumber: line, columnNumber: column };
    return (await this.#scripts.namesAt(location, this.#main)).translate(condition);
  }

  /**
   * V8 takes only one breakpoint of a kind per place, and a pattern is a kind of its own: the second half of this one matches
   * nothing, and sets breakpoints of one place apart.
   */
  async #setByUrl(
    script: Script,
    { line, column }: Position,
    breakpoint: SourceBreakpoint,
    condition = '',
  ): Promise<Position | null> {
    const before = breakpoint.bound.find(({ byUrl }) => byUrl === script.url);
    if (before) return before.location;
    const { breakpointId, locations } = await this.#main.send('Debugger.setBreakpointByUrl', {
      urlRegex: `^${literally(script.url)}$|^tensor-debugger:${breakpoint.id}$`,
      lineNumber: line,
      columnNumber: column,
      condition,
    });
    const found = locations.find(({ scriptId }) => scriptId === script.id);
    return this.#keep(script, line, breakpoint, { cdpId: breakpointId, at: found, byUrl: script.url });
  }

  /** Unless V8 has set it where it does not stop for the line. */
  async #keep(
    script: Script,
    line: number,
    { bound }: SourceBreakpoint,
    { cdpId, at, byUrl }: { cdpId: string; at: Protocol.Debugger.Location | undefined; byUrl?: string },
  ): Promise<Position | null> {
    const location = at && { line: at.lineNumber, column: at.columnNumber ?? 0 };
    if (!location || !isFor(line, location, script)) {
      await this.#main.send('Debugger.removeBreakpoint', { breakpointId: cdpId });
      return null;
    }
    bound.push({ cdpId, scriptId: script.id, byUrl, location });
    return location;
  }

  async unbind({ bound }: SourceBreakpoint): Promise<void> {
    for (const { cdpId } of bound.splice(0)) {
      await this.#main.send('Debugger.removeBreakpoint', { breakpointId: cdpId });
    }
  }

  #bound(breakpoint: SourceBreakpoint, actual: Position): void {
    this.#onState(breakpoint, { verified: true, actual, message: undefined });
  }

  /** It may be bound in another script of its file all the same. */
  #noCode(breakpoint: SourceBreakpoint): void {
    const message = `Line ${breakpoint.line + 1} has no code that can be reached, nor has a line after it in the same function.`;
    this.#onState(breakpoint, { verified: breakpoint.bound.length > 0, actual: breakpoint.actual, message });
  }
}

/**
 * Of the places of a line, the one that a column is in: the last that does not lie behind it. A column before all of them, and
 * none, mean the first.
 */
function atColumn<Place>(
  places: readonly Place[],
  column: number | undefined,
  columnOf: (place: Place) => number,
): Place | undefined {
  const before = places.filter((place) => column !== undefined && columnOf(place) <= column);
  return before.length === 0
    ? places[0]
    : before.reduce((last, place) => (columnOf(place) > columnOf(last) ? place : last));
}

/**
 * Whether a stop there is one for a line. V8 leaves out code that is never reached (behind a `return` or an endless loop), and
 * then takes the last place before it; and where there is no place at all, the end of the script.
 */
function isFor(line: number, location: Position, { end }: Script): boolean {
  return location.line >= line && !(location.line === end.line && location.column === end.column);
}
