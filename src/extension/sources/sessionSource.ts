import * as vscode from 'vscode';
import type { NotFiniteStop } from '../../protocol/notFinite.ts';
import type { EvaluatedValue, ProgramWarning, TensorRequestName, TensorRequests } from '../../protocol/requests.ts';
import type { TrackedBatch } from '../../protocol/track.ts';
import { SessionCosts } from './sessionCosts.ts';
import type { SessionMonitor } from './sessionMonitor.ts';
import type { RequestOptions, TensorSource } from './tensorSource.ts';

/** What sources have in common, whichever debugger their session has: what it has cost, and what it tells by itself. */
export abstract class SessionSource implements TensorSource {
  readonly session: vscode.DebugSession;
  readonly costs = new SessionCosts();
  protected readonly monitor: SessionMonitor;
  protected readonly tracked = new vscode.EventEmitter<TrackedBatch>();
  readonly onDidTrack = this.tracked.event;
  protected readonly evaluated = new vscode.EventEmitter<EvaluatedValue>();
  readonly onDidEvaluate = this.evaluated.event;
  protected readonly warned = new vscode.EventEmitter<ProgramWarning>();
  readonly onDidWarn = this.warned.event;
  protected readonly brokeOnNotFinite = new vscode.EventEmitter<NotFiniteStop>();
  readonly onDidBreakOnNotFinite = this.brokeOnNotFinite.event;

  constructor(monitor: SessionMonitor) {
    this.session = monitor.session;
    this.monitor = monitor;
  }

  abstract prepareTracking(): Promise<void>;

  abstract request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
    options?: RequestOptions,
  ): Promise<TensorRequests[Name]['result']>;

  dispose(): void {
    this.costs.dispose();
    this.tracked.dispose();
    this.evaluated.dispose();
    this.warned.dispose();
    this.brokeOnNotFinite.dispose();
  }
}
