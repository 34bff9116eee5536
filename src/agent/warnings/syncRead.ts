import type { TensorWarning } from '../../protocol/tensor.ts';

/** What to await instead. */
const awaitedCalls = new Map([
  ['arraySync', 'array'],
  ['dataSync', 'data'],
  ['js', 'jsAsync'],
  ['item', 'jsAsync'],
]);

/** A blocking read of values that live on a device. */
export function syncRead(call: string, type: string, backend: string): TensorWarning {
  const awaited = awaitedCalls.get(call);
  return {
    code: 'sync-read',
    message: `${call}() of this ${type} blocks the program until the ${backend} backend has computed and copied it.`,
    help:
      awaited === undefined
        ? `Copy it first, then use the values: const values = await tensor.data();`
        : `Write await tensor.${awaited}() instead of tensor.${call}().`,
  };
}
