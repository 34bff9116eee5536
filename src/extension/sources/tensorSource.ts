/**
 * The one way in which the extension reaches tensors. Two kinds of debug session have it: those of our own type, through
 * the debug adapter, and those of VS Code's JavaScript debugger, through its CDP proxy.
 */
import type * as vscode from 'vscode';
import type { RequestOptions } from '../../inspector/tensorRequests.ts';
import type { EvaluatedValue, ProgramWarning, TensorRequestName, TensorRequests } from '../../protocol/requests.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import type { NotFiniteStop } from '../../protocol/notFinite.ts';
import type { TrackedBatch } from '../../protocol/track.ts';
import type { SessionCosts } from './sessionCosts.ts';

export type { RequestOptions };

/** Whatever has tensors: a stopped program, a file. */
export interface TensorReader {
  /** Where there is one. */
  readonly session?: vscode.DebugSession;
  /** @throws TensorError */
  request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
    options?: RequestOptions,
  ): Promise<TensorRequests[Name]['result']>;
}

/** What a command or a viewer is about. */
export interface ChosenTensor {
  expression: string;
  tensor: TensorDescriptor;
  source: TensorReader;
}

/** Of a debug session; requests work while it is stopped. */
export interface TensorSource extends TensorReader, vscode.Disposable {
  readonly session: vscode.DebugSession;
  readonly costs: SessionCosts;
  /** What tracked lines find, while the program runs. */
  readonly onDidTrack: vscode.Event<TrackedBatch>;
  /** The program runs, and a value that was promised for later is there, or will not come. */
  readonly onDidEvaluate: vscode.Event<EvaluatedValue>;
  /** Something about the program is worth a warning, whether it runs or stands still. */
  readonly onDidWarn: vscode.Event<ProgramWarning>;
  /** The program stands still for a NaN or infinity, in a session whose own debugger does not say so. */
  readonly onDidBreakOnNotFinite: vscode.Event<NotFiniteStop>;
  /** Lines are tracked in this session: the agent has to be in the program before they run. */
  prepareTracking(): Promise<void>;
}

/**
 * What sessions of the same program have in common, run after run and whichever debugger runs it: its file. Where none is
 * configured (attached programs, npm scripts, worker threads) it is the name, without the process that VS Code's JavaScript
 * debugger puts into it: `train.mjs [4711] « Launch Program`.
 */
export function programOf({ name, configuration, parentSession }: vscode.DebugSession): string {
  // That debugger has a session for the configuration, and below it one for each process.
  const program: unknown = configuration['program'] ?? parentSession?.configuration['program'];
  return typeof program === 'string' ? program : name.replace(/ \[\d+\]/g, '');
}

/** Of a session, and not of a file. */
export function isSessionSource(reader: TensorReader): reader is TensorSource {
  return reader.session !== undefined;
}
