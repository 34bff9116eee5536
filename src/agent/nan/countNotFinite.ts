/** NaN and infinities in float32 values on the host. */
import type { NotFinite } from './notFinite.ts';

export function countNotFinite(values: Float32Array): NotFinite | null {
  let found: NotFinite | null = null;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    // Only of finite numbers the difference from themselves is 0.
    if (value - value === 0) continue;
    found ??= { nan: 0, infinite: 0, firstNan: Infinity, firstInfinity: Infinity };
    if (value !== value) {
      found.nan++;
      if (found.firstNan === Infinity) found.firstNan = index;
    } else {
      found.infinite++;
      if (found.firstInfinity === Infinity) found.firstInfinity = index;
    }
  }
  return found;
}
