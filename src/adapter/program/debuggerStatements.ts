/**
 * Keeps functions that have a `debugger` statement from being optimised. Optimised code, and be it for a loop that has long ended,
 * drops the variables that nothing uses any more, and a debugger finds `undefined` in their place. A breakpoint prevents that:
 * one at the statement itself stops where the program would be stopped anyway.
 */
import type { Protocol } from 'devtools-protocol';
import { CdpError, type CdpSession } from '../../cdp/cdpSession.ts';

export class DebuggerStatements {
  readonly #main: CdpSession;
  /** The places of a script's statements, whose breakpoints are set then. */
  readonly #byScript = new Map<string, Promise<readonly Protocol.Debugger.Location[]>>();

  constructor(main: CdpSession) {
    this.#main = main;
  }

  /** Sets the breakpoints of a script, once. */
  async set(scriptId: string): Promise<void> {
    await this.#placesIn(scriptId);
  }

  /** Whether a stop is at a statement, of which V8 says nothing where a breakpoint is; those of its script are set by then. */
  async isAt({ scriptId, lineNumber, columnNumber = 0 }: Protocol.Debugger.Location): Promise<boolean> {
    const places = await this.#placesIn(scriptId);
    return places.some((place) => place.lineNumber === lineNumber && (place.columnNumber ?? 0) === columnNumber);
  }

  #placesIn(scriptId: string): Promise<readonly Protocol.Debugger.Location[]> {
    const places = this.#byScript.get(scriptId) ?? this.#set(scriptId);
    this.#byScript.set(scriptId, places);
    return places;
  }

  async #set(scriptId: string): Promise<readonly Protocol.Debugger.Location[]> {
    const places: Protocol.Debugger.Location[] = [];
    const query = { scriptId, query: 'debugger', caseSensitive: true };
    const { result: lines } = await this.#main.send('Debugger.searchInContent', query);
    for (const { lineNumber } of lines) {
      const start = { scriptId, lineNumber, columnNumber: 0 };
      const end = { scriptId, lineNumber: lineNumber + 1, columnNumber: 0 };
      const { locations } = await this.#main.send('Debugger.getPossibleBreakpoints', { start, end });
      for (const { type, lineNumber, columnNumber = 0 } of locations) {
        if (type === 'debuggerStatement') places.push({ scriptId, lineNumber, columnNumber });
      }
    }
    for (const place of places) await this.#setAt(place);
    return places;
  }

  async #setAt(location: Protocol.Debugger.Location): Promise<void> {
    try {
      await this.#main.send('Debugger.setBreakpoint', { location });
    } catch (error) {
      // The client's own is there, which does as well.
      if (!(error instanceof CdpError)) throw error;
    }
  }
}
