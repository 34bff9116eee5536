import type { WindowRequest } from '../../protocol/agent.ts';
import { isRefused, TensorError } from '../../protocol/errors.ts';
import type { TensorPreview } from '../../protocol/requests.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { describeType, previewRanges, previewValues } from '../../tensor/preview.ts';
import { parseId } from '../tensorId.ts';
import { windowValues } from './decodedWindow.ts';
import type { TensorReads } from './tensorReads.ts';

/** A line for each of the tensors, with its first values where they can be read: one readback for all of them. */
export async function previewAll<Given extends TensorDescriptor | null>(
  tensors: readonly Given[],
  reads: TensorReads,
): Promise<(Given extends null ? TensorPreview | null : TensorPreview)[]>;
export async function previewAll(
  tensors: readonly (TensorDescriptor | null)[],
  reads: TensorReads,
): Promise<(TensorPreview | null)[]> {
  const wanted = tensors.map((tensor) => (tensor && isReadable(tensor) ? previewRequest(tensor) : null));
  const requests = wanted.filter((request) => request !== null);
  const windows = await reads.readEach(requests);
  let next = 0;
  const previews = tensors.map(async (tensor, index) => {
    if (!tensor) return null;
    const window = wanted[index] ? windows[next++] : undefined;
    if (!window) return { tensor, text: withReason(tensor), values: null, cost: null };
    if (window instanceof TensorError) {
      const text = `${describeType(tensor)}  ${window.message}`;
      return { tensor: isRefused(window) ? await reads.describe(tensor.id) : tensor, text, values: null, cost: null };
    }
    const shape = tensor.shape as number[];
    const held = previewRanges(shape).map(({ count }) => count);
    const values = previewValues(windowValues(window), window.dtype, held, shape);
    return { tensor, text: `${describeType(tensor)}  ${values}`, values, cost: window.cost };
  });
  return Promise.all(previews);
}

function isReadable({ access, state, shape }: TensorDescriptor): boolean {
  return access.how !== 'none' && state === 'live' && shape.every((count) => count !== null);
}

function previewRequest(tensor: TensorDescriptor): WindowRequest {
  return { ...parseId(tensor.id), ranges: previewRanges(tensor.shape as number[]) };
}

function withReason(tensor: TensorDescriptor): string {
  const reason = tensor.access.reason;
  return isReadable(tensor) || reason === undefined ? describeType(tensor) : `${describeType(tensor)}  ${reason}`;
}
