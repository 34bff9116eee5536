/** What a copy to the host would cost: said where it is above the budget, and where the memory for it is not there. */
import { freemem } from 'node:os';
import { TensorError } from '../../protocol/errors.ts';
import type { CopyCost, DType, TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { formatBytes, formatMs } from '../../tensor/preview.ts';
import type { InspectorOptions } from '../tensorInspector.ts';

/** Adds what copying the whole tensor would cost, where that is above the budget. */
export function withPrice(
  tensor: TensorDescriptor,
  budget: InspectorOptions['budget'],
  cost?: CopyCost,
): TensorDescriptor {
  tensor = withMemoryWarning(tensor);
  if (tensor.access.how !== 'copy' || tensor.warnings.some(({ code }) => code === 'large-copy')) return tensor;
  const ms = cost?.wholeMsEstimate ?? 0;
  const bytes = cost?.wholeBytes ?? tensor.storedByteLength ?? tensor.byteLength;
  if (bytes <= budget.bytes && ms <= budget.ms) return tensor;
  const price = formatBytes(bytes) + (cost ? `, about ${formatMs(ms)}` : '');
  const warning: TensorWarning = {
    code: 'large-copy',
    message: `Copying all of it to the host would move ${price}.`,
    help: 'Read a slice, or take its statistics: they are reduced on the device and move a few bytes.',
  };
  return { ...tensor, warnings: [...tensor.warnings, warning] };
}

/** Says so where a copy of all of it would not fit into what is free on this machine. */
function withMemoryWarning(tensor: TensorDescriptor): TensorDescriptor {
  const { byteLength, access, warnings } = tensor;
  // Asked for thousands of tensors, most of which are small.
  if (access.how === 'none' || byteLength < 2 ** 28) return tensor;
  const free = freemem();
  if (byteLength <= free || warnings.some(({ code }) => code === 'not-enough-memory')) return tensor;
  const warning: TensorWarning = {
    code: 'not-enough-memory',
    message: `A host copy would take ${formatBytes(byteLength)}, and ${formatBytes(free)} are free.`,
    help: 'Read a slice, take its statistics, or export it to a file: that streams in bounded memory.',
  };
  return { ...tensor, warnings: [...warnings, warning] };
}

/**
 * Values that become JSON take about 40 bytes each on the way, beside their own.
 * @throws TensorError `not-enough-memory`, before a byte is moved
 */
export function assertMemory(bytes: number, dtype: DType): void {
  const needed = bytes * 2 + (bytes / itemSize(dtype)) * 40;
  const free = freemem();
  if (needed <= free) return;
  throw new TensorError({
    code: 'not-enough-memory',
    message: `Reading ${formatBytes(bytes)} would take about ${formatBytes(needed)} of memory here, and ${formatBytes(free)} are free.`,
    help: 'Read a slice of it, take its statistics, or export it to a file: that streams in bounded memory.',
  });
}
