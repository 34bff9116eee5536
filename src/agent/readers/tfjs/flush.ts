/**
 * Submits what the webgpu backend of TF.js has recorded but not submitted. Its own `submitQueue()` would free what it must
 * not yet, and `endComputePassEncoder()` shows in `tf.memory()`; this leaves every field as the next kernel expects it.
 */
import { TensorError } from '../../../protocol/errors.ts';
import { isInspectable, ownValue, platformMethod, platformValue } from '../../safely.ts';
import type { StopContext } from '../../source.ts';

export function flush(backend: object, device: GPUDevice, stop: StopContext): void {
  // Even with nothing recorded: what the kernel that is being set up computes is not in its buffer yet.
  if (stop.isExecuting(backend)) {
    throw new TensorError({
      code: 'pending',
      message:
        'The program stopped inside the webgpu backend of TF.js, while it is recording commands; submitting them now would break it.',
      help: 'Step out of TF.js, or stop at a line of your own; the tensor can be read there.',
    });
  }
  const encoder = ownValue(backend, 'commandEncoder');
  const pass = ownValue(backend, 'computePassEncoder');
  const hasPass = isInspectable(pass);
  if (!isInspectable(encoder) && !hasPass) return;
  if (isInspectable(encoder) && !hasPass && stop.freshEncoders.has(encoder)) return;
  const end = hasPass ? platformMethod(pass, 'end') : undefined;
  const finish = isInspectable(encoder) ? platformMethod(encoder, 'finish') : undefined;
  const submit = platformMethod(platformValue(device, 'queue') as object, 'submit');
  const create = platformMethod(device, 'createCommandEncoder');
  if ((hasPass && !end) || !finish || !submit || !create) {
    throw new TensorError({
      code: 'pending',
      message:
        'Commands that make this tensor are recorded but not submitted, and the program has replaced the WebGPU methods that submit them.',
      help: 'Read it after the program itself has awaited data() of any tensor.',
    });
  }
  const fields = backend as { commandEncoder: unknown; computePassEncoder: unknown };
  end?.();
  if (hasPass) fields.computePassEncoder = null;
  submit([finish()] as never);
  const next = create() as object;
  stop.freshEncoders.add(next);
  fields.commandEncoder = next;
}
