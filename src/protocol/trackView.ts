/** What passes between the chart of tracked tensors (webview/track) and the extension. */
import type { TrackedPoint, TrackedTensor, TrackCost, TrackFailure } from './track.ts';

/** One tracked expression in one run of a program. */
export interface Track {
  /** Of the expression and the run. */
  key: string;
  expression: string;
  /** The file's name and the line from 1, as in `train.ts:12`. */
  place: string;
  tensor: TrackedTensor | null;
  passes: number;
  cost: TrackCost | null;
  /** The last one, if no point came after it. */
  failure: TrackFailure | null;
  /** The pass at which the program stops; 0 for none. */
  stopAt: number;
  /** Its program runs. */
  isLive: boolean;
  /** It is tracked in runs to come. */
  isTracked: boolean;
}

/** From the extension to the chart. */
export type TrackEvent =
  /** Everything there is; `series` is the state of a `TrackSeries` of src/tensor per track. */
  | { type: 'tracks'; tracks: Track[]; series: Record<string, unknown> }
  /** What is new of one. */
  | { type: 'points'; track: Track; points: TrackedPoint[] };

/** From the chart to the extension. */
export type TrackMessage =
  /** It listens now; sent again whenever VS Code has made it anew. */
  | { type: 'ready' }
  /** Stop at this pass; 0: no longer. */
  | { type: 'stopAt'; key: string; pass: number }
  | { type: 'untrack'; key: string }
  | { type: 'reveal'; key: string };
