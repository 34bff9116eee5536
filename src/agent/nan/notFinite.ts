/** What was found in a tensor that is not finite. */
export interface NotFinite {
  nan: number;
  infinite: number;
  /** Row-major; Infinity where there is none. */
  firstNan: number;
  firstInfinity: number;
}

/** What is known of a tensor's data, which no longer changes once an op has made it. */
export interface Checked {
  /** Null: all is finite, or nobody could look. Undefined until the device has told. */
  found: NotFinite | null | undefined;
  /** It has been told of, or comes from what has: no news any more. */
  isKnown: boolean;
}
