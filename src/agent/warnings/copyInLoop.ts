import type { TensorWarning } from '../../protocol/tensor.ts';
import { formatBytes, formatMs } from '../../tensor/preview.ts';

/** Copies above the budget within a second, from one call site or summed over several. */
export function copyInLoop(
  call: string,
  { count, bytes, ms }: { count: number; bytes: number; ms: number },
  sites: number,
): TensorWarning {
  const cost = bytes > 0 ? `${formatBytes(bytes)} and ${formatMs(ms)}` : formatMs(ms);
  return {
    code: 'copy-in-loop',
    message:
      sites === 1
        ? `${call}() copied to the host ${count} times within a second here: ${cost}.`
        : `${count} copies to the host within a second, from ${sites} call sites: ${cost}. This ${call}() moved most of it.`,
    help: 'Reduce on the device before copying (loss.mean().data()), copy every hundredth step only, or keep the values on the device: tf.keep(x), x.clone().',
  };
}
