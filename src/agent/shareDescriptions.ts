import type { AgentListedTensor, AgentListing, SharedDescription } from '../protocol/agent.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import { isRowMajor } from '../tensor/shape.ts';

/** Says once what many of the tensors have in common: most of a list is that. */
export function shareDescriptions(
  listed: readonly { scope: number; expression: string; tensor: TensorDescriptor }[],
): Pick<AgentListing, 'shared' | 'tensors'> {
  const shared: SharedDescription[] = [];
  // Neighbours are mostly alike, so the search begins where the last one ended.
  let last = 0;
  const tensors = listed.map(({ scope, expression, tensor }): AgentListedTensor => {
    const { id, label, shape, unknownRank, strides, byteLength, gradient, warnings } = tensor;
    if (shared.length === 0 || !sharesDescription(shared[last]!, tensor)) {
      last = shared.findIndex((candidate) => sharesDescription(candidate, tensor));
      if (last < 0) last = shared.push(sharedOf(tensor)) - 1;
    }
    const isPlain = strides && shape.every((count) => count !== null) && isRowMajor(shape, strides);
    return {
      scope,
      expression,
      shared: last,
      tensor: {
        id,
        ...(label !== undefined && { label }),
        shape,
        ...(unknownRank && { unknownRank }),
        ...(strides && !isPlain && { strides }),
        byteLength,
        ...(gradient !== undefined && { gradient }),
        warnings,
      },
    };
  });
  return { shared, tensors };
}

function sharedOf(tensor: TensorDescriptor): SharedDescription {
  const { id: _1, label: _2, shape: _3, unknownRank: _4, strides: _5, byteLength: _6, ...described } = tensor;
  const { gradient: _7, warnings: _8, ...shared } = described;
  return shared;
}

function sharesDescription(a: SharedDescription, b: TensorDescriptor): boolean {
  return (
    a.runtime === b.runtime &&
    a.kind === b.kind &&
    a.className === b.className &&
    a.dtype === b.dtype &&
    a.offset === b.offset &&
    a.layout === b.layout &&
    a.denseByteLength === b.denseByteLength &&
    a.location === b.location &&
    a.state === b.state &&
    a.device.type === b.device.type &&
    a.device.name === b.device.name &&
    a.access.how === b.access.how &&
    a.access.reason === b.access.reason &&
    a.access.help === b.access.help
  );
}
