/**
 * The tracked lines. They are breakpoints of VS Code whose condition tracks and is false: so every kind of session binds
 * them in its own way (source maps, modules that are loaded late, child processes), they move with their line when the
 * file is edited, VS Code keeps them from one window to the next, and they are listed and switched off where
 * breakpoints are.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { TensorError } from '../../protocol/errors.ts';
import { parseTrackCondition, trackCondition, type TrackCondition } from '../../protocol/trackCondition.ts';

export interface TrackedLine extends TrackCondition {
  uri: vscode.Uri;
  /** From 0. */
  line: number;
}

export class TrackedLines implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription = vscode.debug.onDidChangeBreakpoints(({ added, removed, changed }) => {
    if ([...added, ...removed, ...changed].some((breakpoint) => tracksOf(breakpoint).length > 0)) this.#changed.fire();
  });
  readonly onDidChange = this.#changed.event;

  get all(): TrackedLine[] {
    return vscode.debug.breakpoints.flatMap((breakpoint) => tracksOf(breakpoint));
  }

  find(id: string): TrackedLine | undefined {
    return this.all.find((tracked) => tracked.id === id);
  }

  /** @throws TensorError for an expression that can't be tracked, or a line that has a breakpoint of another kind */
  add(uri: vscode.Uri, line: number, column: number, expression: string): TrackedLine {
    const here = breakpointsAt(uri, line);
    const known = here.flatMap(tracksOf).find((tracked) => tracked.expression === expression);
    if (known) return known;
    const other = here.find((breakpoint) => tracksOf(breakpoint).length === 0);
    if (other) {
      throw new TensorError({
        code: 'invalid-argument',
        message: `Line ${line + 1} of ${basename(uri.fsPath)} has a breakpoint already, and VS Code's debuggers take one per place.`,
        help: 'Track the expression on another line, or remove the breakpoint.',
      });
    }
    const tracked = { id: randomUUID().slice(0, 8), expression, stopAt: 0, uri, line };
    this.#replace(uri, line, column, [...here.flatMap(tracksOf), tracked]);
    return tracked;
  }

  remove(id: string): void {
    this.#change(id, () => []);
  }

  /** @param pass 0: it stops nowhere */
  stopAt(id: string, pass: number): void {
    this.#change(id, (tracked) => [{ ...tracked, stopAt: pass }]);
  }

  dispose(): void {
    vscode.Disposable.from(this.#changed, this.#subscription).dispose();
  }

  #change(id: string, change: (tracked: TrackedLine) => TrackedLine[]): void {
    const tracked = this.find(id);
    if (!tracked) return;
    const here = breakpointsAt(tracked.uri, tracked.line).filter((breakpoint) => tracksOf(breakpoint).length > 0);
    const column = here[0]?.location.range.start.character ?? 0;
    const next = here.flatMap(tracksOf).flatMap((each) => (each.id === id ? change(each) : [each]));
    this.#replace(tracked.uri, tracked.line, column, next);
  }

  #replace(uri: vscode.Uri, line: number, column: number, tracks: readonly TrackedLine[]): void {
    const condition = trackCondition(tracks);
    const old = breakpointsAt(uri, line).filter((breakpoint) => tracksOf(breakpoint).length > 0);
    vscode.debug.removeBreakpoints(old);
    if (tracks.length === 0) return;
    const location = new vscode.Location(uri, new vscode.Position(line, column));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(location, true, condition)]);
  }
}

export function placeOf({ uri, line }: Pick<TrackedLine, 'uri' | 'line'>): string {
  return `${basename(uri.fsPath)}:${line + 1}`;
}

function tracksOf(breakpoint: vscode.Breakpoint): TrackedLine[] {
  if (!(breakpoint instanceof vscode.SourceBreakpoint)) return [];
  const { uri, range } = breakpoint.location;
  return parseTrackCondition(breakpoint.condition).map((track) => ({ ...track, uri, line: range.start.line }));
}

function breakpointsAt(uri: vscode.Uri, line: number): vscode.SourceBreakpoint[] {
  return vscode.debug.breakpoints.filter(
    (breakpoint): breakpoint is vscode.SourceBreakpoint =>
      breakpoint instanceof vscode.SourceBreakpoint &&
      breakpoint.location.uri.toString() === uri.toString() &&
      breakpoint.location.range.start.line === line,
  );
}
