import { TensorError } from '../../protocol/errors.ts';
import { formatBytes } from '../../tensor/preview.ts';

/** @throws if the host copy would not fit in what is free: then it is better not to try. */
export function assertMemory(bytes: number): void {
  if (bytes < 64 * 2 ** 20 || typeof process === 'undefined') return;
  const free = process.availableMemory?.() ?? process.getBuiltinModule?.('os').freemem() ?? Infinity;
  if (bytes * 2 < free) return;
  throw new TensorError({
    code: 'not-enough-memory',
    message: `A host copy of ${formatBytes(bytes)} would not fit: the machine has ${formatBytes(free)} free, and a copy needs twice its size.`,
    help: 'Read a slice of it, look at its statistics, or export it to a file: that streams in bounded memory.',
  });
}
