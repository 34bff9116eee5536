import type { DType } from '../protocol/tensor.ts';
import { isFloat, partDType, type Element } from './dtypes.ts';

/**
 * Whether an element that was written as `dtype` is the value that it was to be. Integers would wrap or lose their
 * fraction, floats become infinite; that a float is rounded is meant.
 */
export function isHeld(value: Element, held: Element, dtype: DType): boolean {
  if (Array.isArray(value))
    return value.every((part, k) => isHeld(part, (held as number[])[k] as number, partDType(dtype)));
  if (isFloat(dtype)) return Number.isFinite(held) || !Number.isFinite(Number(value));
  if (typeof value === 'bigint' || typeof held === 'bigint') return BigInt(value) === BigInt(held as bigint);
  return Number(value) === Number(held);
}
