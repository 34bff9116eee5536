/**
 * The points of a tracked expression, in bounded memory: when there are too many, neighbours are joined, and each bucket
 * then stands for as many passes as the others. Extremes and counts survive the joining.
 */
import type { TrackedPoint } from '../protocol/track.ts';

export interface TrackBucket {
  /** Its first pass, and how many it has. */
  pass: number;
  passes: number;
  /** The pass to look at: the first one that has something that is not finite, else the first one. */
  notable: number;
  min: number | null;
  max: number | null;
  /** The mean of the passes' means. */
  mean: number | null;
  /** Summed over the passes. */
  nan: number;
  posInf: number;
  negInf: number;
}

export interface TrackSeriesState {
  /** Passes per bucket. */
  stride: number;
  buckets: TrackBucket[];
}

/** More than any screen has columns. */
const maxBuckets = 8192;

export class TrackSeries {
  #stride: number;
  #buckets: TrackBucket[];

  constructor(state: TrackSeriesState = { stride: 1, buckets: [] }) {
    this.#stride = state.stride;
    this.#buckets = state.buckets.map((bucket) => ({ ...bucket }));
  }

  get buckets(): readonly TrackBucket[] {
    return this.#buckets;
  }

  get state(): TrackSeriesState {
    return { stride: this.#stride, buckets: this.#buckets };
  }

  /** @param point of a later pass than all before */
  add(point: TrackedPoint): void {
    const { pass, min, max, mean, nan, posInf, negInf } = point;
    const bucket = { pass, passes: 1, notable: pass, min, max, mean, nan, posInf, negInf };
    const last = this.#buckets.at(-1);
    if (last && this.#place(last.pass) === this.#place(pass)) {
      this.#buckets[this.#buckets.length - 1] = join(last, bucket);
      return;
    }
    this.#buckets.push(bucket);
    if (this.#buckets.length > maxBuckets) this.#coarsen();
  }

  #place(pass: number): number {
    return Math.floor((pass - 1) / this.#stride);
  }

  #coarsen(): void {
    this.#stride *= 2;
    const joined: TrackBucket[] = [];
    for (const bucket of this.#buckets) {
      const last = joined.at(-1);
      if (last && this.#place(last.pass) === this.#place(bucket.pass)) joined[joined.length - 1] = join(last, bucket);
      else joined.push(bucket);
    }
    this.#buckets = joined;
  }
}

function isFiniteBucket({ nan, posInf, negInf }: TrackBucket): boolean {
  return nan + posInf + negInf === 0;
}

function join(a: TrackBucket, b: TrackBucket): TrackBucket {
  const passes = a.passes + b.passes;
  return {
    pass: a.pass,
    passes,
    notable: isFiniteBucket(a) && !isFiniteBucket(b) ? b.notable : a.notable,
    min: lesser(a.min, b.min),
    max: negated(lesser(negated(a.max), negated(b.max))),
    mean: a.mean === null || b.mean === null ? (a.mean ?? b.mean) : (a.mean * a.passes + b.mean * b.passes) / passes,
    nan: a.nan + b.nan,
    posInf: a.posInf + b.posInf,
    negInf: a.negInf + b.negInf,
  };
}

function lesser(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function negated(value: number | null): number | null {
  return value === null ? null : -value;
}
