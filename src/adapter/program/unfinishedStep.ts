/**
 * A step in which something was passed over (a module whose breakpoints were set, a log message). V8 has forgotten the
 * step by then, and stepping out through Node's own modules loses its way: so the step is ended by breakpoints of our own
 * at every place of its function where it could end.
 */
import type { Protocol } from 'devtools-protocol';
import { CdpError, type CdpSession } from '../../cdp/cdpSession.ts';

type CallFrame = Protocol.Debugger.CallFrame;
export type StepKind = 'stepInto' | 'stepOver' | 'stepOut';

/** Where a step began. */
export interface StepOrigin {
  kind: StepKind;
  depth: number;
  line: string;
}

/** So many places of one function are watched; larger ones are generated, one statement each. */
const maxPlaces = 500;

export class UnfinishedStep {
  readonly #main: CdpSession;
  readonly #ids: Set<string>;
  readonly #depth: number;

  private constructor(main: CdpSession, ids: Set<string>, depth: number) {
    this.#main = main;
    this.#ids = ids;
    this.#depth = depth;
  }

  /** Undefined if the function in which the step would end is no longer on the stack. */
  static async watch(
    main: CdpSession,
    callFrames: readonly CallFrame[],
    { kind, depth, line }: StepOrigin,
    lineOf: (location: Protocol.Debugger.Location) => string,
  ): Promise<UnfinishedStep | undefined> {
    const targetDepth = kind === 'stepOut' ? depth - 1 : depth;
    const frame = callFrames[callFrames.length - targetDepth];
    if (!frame?.functionLocation) return undefined;
    const { locations } = await main.send('Debugger.getPossibleBreakpoints', {
      start: frame.functionLocation,
      restrictToFunction: true,
    });
    const ids = new Set<string>();
    const lines = new Set<string>();
    for (const location of locations) {
      const itsLine = lineOf(location);
      if (location.type !== 'return' && (lines.has(itsLine) || (kind !== 'stepOut' && itsLine === line))) continue;
      lines.add(itsLine);
      if (ids.size >= maxPlaces) break;
      try {
        const { scriptId, lineNumber, columnNumber = 0 } = location;
        const { breakpointId } = await main.send('Debugger.setBreakpoint', {
          location: { scriptId, lineNumber, columnNumber },
        });
        ids.add(breakpointId);
      } catch (error) {
        // The user's own breakpoint is there already, and stops as well.
        if (!(error instanceof CdpError)) throw error;
      }
    }
    return new UnfinishedStep(main, ids, targetDepth);
  }

  /** Undefined if the stop is none of this step's; false if it is one of a deeper call of the same function. */
  isDoneAt({ hitBreakpoints = [], callFrames }: Protocol.Debugger.PausedEvent): boolean | undefined {
    if (!hitBreakpoints.some((id) => this.#ids.has(id))) return undefined;
    return callFrames.length <= this.#depth;
  }

  async forget(): Promise<void> {
    await Promise.all(
      [...this.#ids].map((breakpointId) => this.#main.send('Debugger.removeBreakpoint', { breakpointId })),
    );
  }
}
