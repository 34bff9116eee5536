/** What is known of all tracked expressions: the last run of each, also after its program has ended. */
import * as vscode from 'vscode';
import type { TrackedBatch } from '../../protocol/track.ts';
import type { Track } from '../../protocol/trackView.ts';
import { TrackSeries } from '../../tensor/trackSeries.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import { placeOf, type TrackedLine, type TrackedLines } from './trackedLines.ts';

interface Entry {
  id: string;
  session: string;
  track: Track;
  series: TrackSeries;
}

export interface TrackUpdate {
  track: Track;
  points: TrackedBatch['points'];
}

export class Tracks implements vscode.Disposable {
  readonly #lines: TrackedLines;
  readonly #entries = new Map<string, Entry>();
  readonly #updated = new vscode.EventEmitter<TrackUpdate>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  /** New points of one of them. */
  readonly onDidUpdate = this.#updated.event;
  /** There are others, or they are at other places. */
  readonly onDidChange = this.#changed.event;

  constructor(lines: TrackedLines, sources: TensorSources) {
    this.#lines = lines;
    this.#subscriptions = [
      this.#updated,
      this.#changed,
      sources.onDidTrack(({ session, batch }) => this.#add(session, batch)),
      vscode.debug.onDidTerminateDebugSession((session) => this.#ended(session)),
      lines.onDidChange(() => this.#placesChanged()),
    ];
    this.#placesChanged();
  }

  get all(): Track[] {
    return [...this.#entries.values()].map(({ track }) => track);
  }

  seriesOf(key: string): TrackSeries | undefined {
    return this.#entries.get(key)?.series;
  }

  lineOf(key: string): TrackedLine | undefined {
    const entry = this.#entries.get(key);
    return entry && this.#lines.find(entry.id);
  }

  /** The newest run of a tracked line. */
  latest(id: string): Entry | undefined {
    return [...this.#entries.values()].filter((entry) => entry.id === id).at(-1);
  }

  /** No longer tracked, and what was found is forgotten. */
  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    for (const [other, { id }] of this.#entries) if (id === entry.id) this.#entries.delete(other);
    this.#lines.remove(entry.id);
    this.#changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #add(session: vscode.DebugSession, batch: TrackedBatch): void {
    const key = `${batch.id} ${session.id}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = this.#begin(session, key, batch);
      this.#changed.fire();
    }
    const { track, series } = entry;
    for (const point of batch.points) series.add(point);
    const failure = batch.failures.at(-1) ?? null;
    const lastPoint = batch.points.at(-1)?.pass ?? 0;
    track.tensor = batch.tensor ?? track.tensor;
    track.passes = batch.passes;
    track.cost = batch.cost;
    if (lastPoint > 0) track.failure = null;
    if (failure && failure.pass > lastPoint) track.failure = failure;
    this.#updated.fire({ track, points: batch.points });
  }

  /** A new run takes the place of those that are over. */
  #begin(session: vscode.DebugSession, key: string, { id, expression }: TrackedBatch): Entry {
    for (const [other, entry] of this.#entries) {
      if (entry.id === id && !entry.track.isLive) this.#entries.delete(other);
    }
    const entry = { id, session: session.id, track: emptyTrack(key, expression, true), series: new TrackSeries() };
    this.#entries.set(key, entry);
    this.#place(entry);
    return entry;
  }

  #ended(session: vscode.DebugSession): void {
    const ended = [...this.#entries.values()].filter((entry) => entry.session === session.id);
    for (const { track } of ended) track.isLive = false;
    if (ended.length > 0) this.#changed.fire();
  }

  #placesChanged(): void {
    for (const [key, entry] of this.#entries) {
      // One that never ran leaves nothing behind.
      if (!this.#lines.find(entry.id) && entry.series.buckets.length === 0) this.#entries.delete(key);
      else this.#place(entry);
    }
    for (const { id, expression } of this.#lines.all) {
      if (this.latest(id)) continue;
      const entry = { id, session: '', track: emptyTrack(id, expression, false), series: new TrackSeries() };
      this.#entries.set(id, entry);
      this.#place(entry);
    }
    this.#changed.fire();
  }

  #place({ id, track }: Entry): void {
    const line = this.#lines.find(id);
    track.isTracked = line !== undefined;
    track.stopAt = line?.stopAt ?? 0;
    if (line) track.place = placeOf(line);
  }
}

function emptyTrack(key: string, expression: string, isLive: boolean): Track {
  return {
    key,
    expression,
    place: '',
    tensor: null,
    passes: 0,
    cost: null,
    failure: null,
    stopAt: 0,
    isLive,
    isTracked: true,
  };
}
