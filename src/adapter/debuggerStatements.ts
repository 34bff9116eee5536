/**
 * Keeps functions that have a `debugger` statement from being optimised. Optimised code, and be it for a loop that has long ended,
 * drops the variables that nothing uses any more, and a debugger finds `undefined` in their place. A breakpoint prevents that:
 * one at the statement itself stops where the program would be stopped anyway.
 */
import type { Protocol } from 'devtools-protocol';
import { CdpError, type CdpSession } from '../cdp/cdpSession.ts';

export class DebuggerStatements {
  readonly #main: CdpSession;
  readonly #byScript = new Map<string, Promise<void>>();

  constructor(main: CdpSession) {
    this.#main = main;
  }

  /** Sets the breakpoints of a script that was loaded. */
  set(scriptId: string): Promise<void> {
    const set = this.#set(scriptId);
    this.#byScript.set(scriptId, set);
    return set;
  }

  /** Those of a script are set. */
  async settled(scriptId: string): Promise<void> {
    await this.#byScript.get(scriptId);
  }

  async #set(scriptId: string): Promise<void> {
    const query = { scriptId, query: 'debugger', caseSensitive: true };
    const { result: lines } = await this.#main.send('Debugger.searchInContent', query);
    for (const { lineNumber } of lines) {
      const start = { scriptId, lineNumber, columnNumber: 0 };
      const end = { scriptId, lineNumber: lineNumber + 1, columnNumber: 0 };
      const { locations } = await this.#main.send('Debugger.getPossibleBreakpoints', { start, end });
      for (const location of locations) if (location.type === 'debuggerStatement') await this.#setAt(location);
    }
  }

  async #setAt({ scriptId, lineNumber, columnNumber = 0 }: Protocol.Debugger.BreakLocation): Promise<void> {
    try {
      await this.#main.send('Debugger.setBreakpoint', { location: { scriptId, lineNumber, columnNumber } });
    } catch (error) {
      // The client's own is there, which does as well.
      if (!(error instanceof CdpError)) throw error;
    }
  }
}
