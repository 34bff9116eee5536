/** Points of tracked tensors in words. */
import type { TrackCost, TrackedTensor } from '../protocol/track.ts';
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

/**
 * Where it is reduced, and what that copies. A runtime may hold the values of a device tensor on the host as well (TF.js
 * after `data()`), at some passes or at all; what is there is reduced there.
 */
export function formatReduction({ device, where }: TrackedTensor, { bytesPerPass }: TrackCost): string {
  const copied = `${Math.round(bytesPerPass)} B copied per pass`;
  if (where === 'device') return `reduced on the device, ${copied}`;
  if (bytesPerPass > 0) return `reduced on the device, or on the host when that holds its values, ${copied}`;
  const isDevice = device === 'webgpu' || device === 'webgl';
  return isDevice
    ? `reduced on the host, which holds its values: nothing copied from ${device}`
    : 'reduced on the host, nothing copied from a device';
}
