/** Why a device gives nothing of a buffer. */
import type { RefusalCause } from '../../protocol/agent.ts';
import type { ErrorReport } from '../../protocol/errors.ts';

export const refusals = {
  destroyed: {
    code: 'disposed',
    message: 'The buffer was destroyed; what it held is gone.',
    help: 'Stop before the program calls its destroy().',
  },
  invalid: {
    code: 'device-error',
    message: 'The buffer is invalid: the device refused to create it, so it has never held anything.',
    help: 'Create it between pushErrorScope("validation") and popErrorScope(), or listen to "uncapturederror": that tells what is wrong with it.',
  },
  lost: {
    code: 'device-lost',
    message: 'The GPU device is lost or was destroyed; what it held is gone.',
    help: 'Look at `await device.lost` for the reason, and read tensors before device.destroy() runs.',
  },
} as const satisfies Record<RefusalCause, ErrorReport>;

/** Of the buffers whose last read was refused. A buffer itself does not tell. */
export const causes = new WeakMap<GPUBuffer, RefusalCause>();
