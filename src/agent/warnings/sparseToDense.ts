import type { TensorWarning } from '../../protocol/tensor.ts';
import { formatBytes } from '../../tensor/preview.ts';

/** What the dense form of a sparse tensor would weigh, where it is more than the sparse one. */
export function sparseToDense(className: string, byteLength: number, denseByteLength: number): TensorWarning[] {
  if (denseByteLength <= byteLength) return [];
  return [
    {
      code: 'sparse-to-dense',
      message: `This ${className} holds ${formatBytes(byteLength)}; its dense form would take ${formatBytes(denseByteLength)}.`,
      help: 'Keep working on its values and indices; save it as .npz for scipy.sparse, which keeps it sparse.',
    },
  ];
}
