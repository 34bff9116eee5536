/** The debug sessions that can have tensors, each with its source, from their start to their end. */
import * as vscode from 'vscode';
import { CompanionSource } from './companionSource.ts';
import { SessionMonitor } from './sessionMonitor.ts';
import { TensorSessionSource } from './tensorSessionSource.ts';
import type { NotFiniteStop } from '../../protocol/notFinite.ts';
import type { TrackedBatch } from '../../protocol/track.ts';
import type { TensorSource } from './tensorSource.ts';
import { companionEnabled, liveCopyBudget } from '../settings.ts';

export const tensorType = 'tensor';
/** Of the sessions that VS Code's JavaScript debugger has per Node process; those of a debug terminal have its type. */
const companionTypes = ['pwa-node', 'node-terminal'];

interface Entry {
  monitor: SessionMonitor;
  source: TensorSource;
}

export class TensorSources implements vscode.Disposable {
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new vscode.EventEmitter<vscode.DebugSession>();
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  readonly #tracked = new vscode.EventEmitter<{ session: vscode.DebugSession; batch: TrackedBatch }>();
  /** Tracked lines of a program found something. */
  readonly onDidTrack = this.#tracked.event;
  readonly #brokeOnNotFinite = new vscode.EventEmitter<NotFiniteStop>();
  /** A program stands still for a NaN or infinity, and its debugger does not say so. */
  readonly onDidBreakOnNotFinite = this.#brokeOnNotFinite.event;
  readonly #added = new vscode.EventEmitter<TensorSource>();
  /** A session has begun that may have tensors. */
  readonly onDidAdd = this.#added.event;
  /** The program of a session stopped, runs on, or ended. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    const trackers = [tensorType, ...companionTypes].map((type) =>
      vscode.debug.registerDebugAdapterTrackerFactory(type, {
        createDebugAdapterTracker: (session) => this.#add(session)?.monitor,
      }),
    );
    this.#subscriptions.push(
      ...trackers,
      vscode.debug.onDidTerminateDebugSession((session) => this.#remove(session)),
    );
  }

  sourceOf(session: vscode.DebugSession): TensorSource | undefined {
    return this.#entries.get(session.id)?.source;
  }

  get all(): TensorSource[] {
    return [...this.#entries.values()].map(({ source }) => source);
  }

  isStopped(session: vscode.DebugSession): boolean {
    return this.#entries.get(session.id)?.monitor.stoppedThread !== undefined;
  }

  dispose(): void {
    for (const { monitor, source } of this.#entries.values()) vscode.Disposable.from(source, monitor).dispose();
    this.#entries.clear();
    vscode.Disposable.from(...this.#subscriptions, this.#tracked, this.#brokeOnNotFinite, this.#added).dispose();
  }

  #add(session: vscode.DebugSession): Entry | undefined {
    if (session.type !== tensorType && !companionEnabled()) return undefined;
    const monitor = new SessionMonitor(session);
    const source =
      session.type === tensorType ? new TensorSessionSource(monitor) : new CompanionSource(monitor, liveCopyBudget);
    monitor.onDidChange(() => this.#changed.fire(session));
    source.onDidTrack((batch) => this.#tracked.fire({ session, batch }));
    source.onDidBreakOnNotFinite((stop) => this.#brokeOnNotFinite.fire(stop));
    const entry = { monitor, source };
    this.#entries.set(session.id, entry);
    this.#added.fire(source);
    return entry;
  }

  #remove(session: vscode.DebugSession): void {
    const entry = this.#entries.get(session.id);
    if (!entry) return;
    this.#entries.delete(session.id);
    vscode.Disposable.from(entry.source, entry.monitor).dispose();
    this.#changed.fire(session);
  }
}
