/** Points of tracked tensors in words. */
import type { TrackedTensor } from '../protocol/track.ts';
import type { TrackBucket } from './trackSeries.ts';

/** Six digits: as many as float32 has. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** `0.125`, or `-1 to 1, mean 0.01, 3 NaN`. */
export function formatTracked({ min, max, mean, nan, posInf, negInf }: TrackBucket): string {
  const parts: string[] = [];
  if (min !== null && max !== null) {
    parts.push(min === max ? formatNumber(min) : `${formatNumber(min)} to ${formatNumber(max)}`);
    if (min !== max && mean !== null) parts.push(`mean ${formatNumber(mean)}`);
  }
  if (nan > 0) parts.push(`${nan} NaN`);
  if (posInf + negInf > 0) parts.push(`${posInf + negInf} infinite`);
  return parts.join(', ') || 'no elements';
}

/** `float32[64, 10] webgpu`. */
export function formatTrackedType({ dtype, shape, device, runtime }: TrackedTensor): string {
  return runtime === 'javascript' ? 'number' : `${dtype}[${shape.join(', ')}] ${device}`;
}
