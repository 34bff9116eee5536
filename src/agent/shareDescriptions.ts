import type { AgentListedTensor, AgentListing, OwnDescription, SharedDescription } from '../protocol/agent.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import { isRowMajor } from '../tensor/shape.ts';

/** Says once what many of the tensors have in common: most of a list is that. */
export function shareDescriptions(
  listed: readonly { scope: number; expression: string; tensor: TensorDescriptor }[],
): Pick<AgentListing, 'shared' | 'tensors'> {
  const shared: TensorDescriptor[] = [];
  const byType = new Map<string, number[]>();
  // Neighbours are mostly alike, so the search begins where the last one ended.
  let last = -1;
  const tensors = listed.map(({ scope, expression, tensor }): AgentListedTensor => {
    if (last < 0 || !sharesDescription(shared[last]!, tensor)) {
      const type = `${tensor.dtype}[${tensor.shape.join()}]`;
      const alike = byType.get(type) ?? [];
      last = alike.find((index) => sharesDescription(shared[index]!, tensor)) ?? shared.push(tensor) - 1;
      if (!alike.includes(last)) byType.set(type, [...alike, last]);
    }
    const own = ownDescription(tensor);
    return own ? [last, tensor.id, scope, expression, own] : [last, tensor.id, scope, expression];
  });
  return { shared: shared.map(sharedOf), tensors };
}

function ownDescription({ label, gradient, warnings }: TensorDescriptor): OwnDescription | undefined {
  if (label === undefined && gradient === undefined && warnings.length === 0) return undefined;
  return {
    ...(label !== undefined && { label }),
    ...(gradient !== undefined && { gradient }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Strides are left out where they are row-major: the inspector works them out. */
function sharedOf(tensor: TensorDescriptor): SharedDescription {
  const { id: _1, label: _2, gradient: _3, warnings: _4, strides, ...shared } = tensor;
  const { shape, layout } = shared;
  const isPlain =
    layout === 'strided' && strides && shape.every((count) => count !== null) && isRowMajor(shape, strides);
  return { ...shared, ...(strides && !isPlain && { strides }) };
}

function sharesDescription(a: TensorDescriptor, b: TensorDescriptor): boolean {
  return (
    a.runtime === b.runtime &&
    a.kind === b.kind &&
    a.className === b.className &&
    a.dtype === b.dtype &&
    a.unknownRank === b.unknownRank &&
    a.offset === b.offset &&
    a.layout === b.layout &&
    a.byteLength === b.byteLength &&
    a.storedByteLength === b.storedByteLength &&
    a.denseByteLength === b.denseByteLength &&
    a.location === b.location &&
    a.state === b.state &&
    sameCounts(a.shape, b.shape) &&
    sameCounts(a.strides, b.strides) &&
    (a.device === b.device || (a.device.type === b.device.type && a.device.name === b.device.name)) &&
    (a.access === b.access ||
      (a.access.how === b.access.how &&
        a.access.reason === b.access.reason &&
        a.access.help === b.access.help &&
        a.access.commandLineHelp === b.access.commandLineHelp))
  );
}

function sameCounts(a: readonly (number | null)[] | undefined, b: readonly (number | null)[] | undefined): boolean {
  if (!a || !b) return a === b;
  return a.length === b.length && a.every((count, axis) => count === b[axis]);
}
