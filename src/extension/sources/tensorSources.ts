/**
 * The debug sessions that can have tensors, each with its source, from their start to their end. Those of VS Code's
 * JavaScript debugger have one while the setting `companion.enabled` says so.
 */
import * as vscode from 'vscode';
import { CompanionSource } from './companionSource.ts';
import { SessionMonitor } from './sessionMonitor.ts';
import { TensorSessionSource } from './tensorSessionSource.ts';
import type { NotFiniteStop } from '../../protocol/notFinite.ts';
import type { ProgramWarning } from '../../protocol/requests.ts';
import type { TrackedBatch } from '../../protocol/track.ts';
import type { TensorSource } from './tensorSource.ts';
import { companionEnabled, onDidChangeCompanionEnabled } from '../settings.ts';

export const tensorType = 'tensor';
/** Of the sessions that VS Code's JavaScript debugger has per Node process; those of a debug terminal have its type. */
const companionTypes = ['pwa-node', 'node-terminal'];

interface Entry {
  /** Knows whether the program stands still, also where there is no source yet. */
  monitor: SessionMonitor;
  source?: TensorSource;
}

export class TensorSources implements vscode.Disposable {
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new vscode.EventEmitter<vscode.DebugSession>();
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  readonly #tracked = new vscode.EventEmitter<{ session: vscode.DebugSession; batch: TrackedBatch }>();
  /** Tracked lines of a program found something. */
  readonly onDidTrack = this.#tracked.event;
  readonly #warned = new vscode.EventEmitter<{ session: vscode.DebugSession; warning: ProgramWarning }>();
  readonly onDidWarn = this.#warned.event;
  readonly #brokeOnNotFinite = new vscode.EventEmitter<NotFiniteStop>();
  /** A program stands still for a NaN or infinity, and its debugger does not say so. */
  readonly onDidBreakOnNotFinite = this.#brokeOnNotFinite.event;
  readonly #added = new vscode.EventEmitter<TensorSource>();
  /** There is a session that may have tensors, and had no source before. */
  readonly onDidAdd = this.#added.event;
  /** The program of a session stopped, runs on, or ended, or its source came or went. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    const trackers = [tensorType, ...companionTypes].map((type) =>
      vscode.debug.registerDebugAdapterTrackerFactory(type, {
        createDebugAdapterTracker: (session) => this.#add(session),
      }),
    );
    this.#subscriptions.push(
      ...trackers,
      vscode.debug.onDidTerminateDebugSession((session) => this.#remove(session)),
      onDidChangeCompanionEnabled(() => this.#switch()),
    );
  }

  sourceOf(session: vscode.DebugSession): TensorSource | undefined {
    return this.#entries.get(session.id)?.source;
  }

  get all(): TensorSource[] {
    return [...this.#entries.values()].flatMap(({ source }) => source ?? []);
  }

  /** Whether the session has begun and not ended. */
  isOpen(session: vscode.DebugSession): boolean {
    return this.#entries.has(session.id);
  }

  isStopped(session: vscode.DebugSession): boolean {
    return this.#entries.get(session.id)?.monitor.stoppedThread !== undefined;
  }

  dispose(): void {
    for (const { monitor, source } of this.#entries.values()) {
      source?.dispose();
      monitor.dispose();
    }
    this.#entries.clear();
    vscode.Disposable.from(
      ...this.#subscriptions,
      this.#tracked,
      this.#warned,
      this.#brokeOnNotFinite,
      this.#added,
    ).dispose();
  }

  #add(session: vscode.DebugSession): SessionMonitor {
    const monitor = new SessionMonitor(session);
    monitor.onDidChange(() => this.#changed.fire(session));
    const entry = { monitor };
    this.#entries.set(session.id, entry);
    if (isWanted(session)) this.#open(entry);
    return monitor;
  }

  #open(entry: Entry): void {
    const { monitor } = entry;
    const { session } = monitor;
    const source = session.type === tensorType ? new TensorSessionSource(monitor) : new CompanionSource(monitor);
    source.onDidTrack((batch) => this.#tracked.fire({ session, batch }));
    source.onDidWarn((warning) => this.#warned.fire({ session, warning }));
    source.onDidBreakOnNotFinite((stop) => this.#brokeOnNotFinite.fire(stop));
    entry.source = source;
    this.#added.fire(source);
  }

  /** The setting holds at once, for sessions that run too. */
  #switch(): void {
    for (const entry of this.#entries.values()) {
      const { source } = entry;
      const { session } = entry.monitor;
      if (isWanted(session) === (source !== undefined)) continue;
      if (source) {
        delete entry.source;
        source.dispose();
      } else {
        this.#open(entry);
      }
      this.#changed.fire(session);
    }
  }

  #remove(session: vscode.DebugSession): void {
    const entry = this.#entries.get(session.id);
    if (!entry) return;
    this.#entries.delete(session.id);
    entry.source?.dispose();
    entry.monitor.dispose();
    this.#changed.fire(session);
  }
}

function isWanted({ type }: vscode.DebugSession): boolean {
  return type === tensorType || companionEnabled();
}
