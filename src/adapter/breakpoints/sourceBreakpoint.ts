/** A breakpoint as the client asks for it: parsed, checked, and what it is told of its fate. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { Position } from '../../cdp/sourceMaps.ts';
import { parseTrackCondition } from '../../protocol/trackCondition.ts';
import { HitCounter } from './hitCondition.ts';

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
  /** The first error of its condition, which counts as false like those that follow. */
  threw: string | undefined;
}

/** A place where V8 stops for it. */
interface BoundBreakpoint {
  cdpId: string;
  scriptId: string;
  /** The URL that it is set by, in every script that has it; undefined if it is set in this script alone. */
  byUrl: string | undefined;
  location: Position;
}

/** @param offsets what the client's first line and column are called */
export function sourceBreakpoint(
  id: number,
  path: string,
  request: DebugProtocol.SourceBreakpoint,
  offsets: Position,
): SourceBreakpoint {
  const { condition, hitCondition, logMessage } = request;
  const tracks = parseTrackCondition(condition);
  const breakpoint: SourceBreakpoint = {
    id,
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
    threw: undefined,
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
export async function checkCondition(breakpoint: SourceBreakpoint, main: CdpSession): Promise<void> {
  if (breakpoint.condition === undefined || breakpoint.invalid) return;
  const { exceptionDetails } = await main.send('Runtime.compileScript', {
    expression: `(${breakpoint.condition}\n)`,
    sourceURL: '',
    persistScript: false,
  });
  if (!exceptionDetails) return;
  breakpoint.invalid = true;
  const reason = exceptionDetails.exception?.description?.split('\n')[0] ?? exceptionDetails.text;
  breakpoint.message = `The condition "${breakpoint.condition}" is no expression: ${reason}`;
}

/** The program is there, anew perhaps: nothing has happened to the breakpoint yet. */
export function reset(breakpoint: SourceBreakpoint): void {
  breakpoint.bound = [];
  breakpoint.threw = undefined;
  breakpoint.hit?.reset();
}

/** Why a breakpoint that is where it should be does not stop; undefined if that is as it should be. */
export function failureInWords({ condition, threw }: SourceBreakpoint): string | undefined {
  return threw === undefined ? undefined : `The condition "${condition}" threw ${threw}, which counts as false.`;
}

export const notLoaded = (path: string) => `The program has not loaded ${path} (yet).`;

export function neverLoaded(path: string): string {
  const isCompiled = /\.[cm]?tsx?$/.test(path);
  return `The program ended without loading ${path}.${isCompiled ? ' One that was compiled from it needs a source map.' : ''}`;
}
