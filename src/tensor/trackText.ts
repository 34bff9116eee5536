/** Points of tracked tensors in words. */
import type { TrackedTensor } from '../protocol/track.ts';
import { roundNumber } from './roundNumber.ts';
import type { TrackBucket } from './trackSeries.ts';

/** `0.125`, or `-1 to 1, mean 0.01, 3 NaN`. */
export function formatTracked({ min, max, mean, nan, posInf, negInf }: TrackBucket): string {
  const parts: string[] = [];
  if (min !== null && max !== null) {
    parts.push(min === max ? roundNumber(min) : `${roundNumber(min)} to ${roundNumber(max)}`);
    if (min !== max && mean !== null) parts.push(`mean ${roundNumber(mean)}`);
  }
  if (nan > 0) parts.push(`${nan} NaN`);
  if (posInf + negInf > 0) parts.push(`${posInf + negInf} infinite`);
  return parts.join(', ') || 'no elements';
}

/** `float32[64, 10] webgpu`. */
export function formatTrackedType({ dtype, shape, device, runtime }: TrackedTensor): string {
  return runtime === 'javascript' ? 'number' : `${dtype}[${shape.join(', ')}] ${device}`;
}
