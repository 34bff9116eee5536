/** What one wants to paste: text without quotes, objects whole, and of tensors their values. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { TensorInspector } from '../../inspector/tensorInspector.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { formatType } from '../../tensor/preview.ts';
import { sizeOf } from '../../tensor/shape.ts';
import type { Inspection } from '../run.ts';
import { flatten, valuesText } from './valuesText.ts';
import { valueText } from './valueText.ts';

/** A megabyte or so of text; more is what files are for. */
const copiedElements = 100_000;

/** @throws TensorError for a tensor that can't be read */
export async function clipboardText(
  value: Protocol.Runtime.RemoteObject,
  { debuggee, variables }: Pick<Inspection, 'debuggee' | 'variables'>,
): Promise<string> {
  if (value.type === 'string') return String(value.value);
  if (value.objectId === undefined || value.type === 'function' || value.subtype === 'error') {
    return value.description ?? valueText(value);
  }
  const [found] = await variables.tensors.previews([value]);
  if (!found) return objectText(debuggee.main, value);
  const { inspector, preview } = found;
  return preview.tensor.access.how === 'none' ? preview.text : tensorText(inspector, preview.tensor);
}

/**
 * The values as JavaScript and Python write them, nested as the shape or flat; of many the first ones, and a line that says so.
 * @param part.index of an element or part, along the outer axes; default: all of the tensor
 */
export async function tensorText(
  inspector: TensorInspector,
  tensor: TensorDescriptor,
  { flat = false, index = [] }: { flat?: boolean; index?: readonly number[] } = {},
): Promise<string> {
  const { dtype, shape } = tensor;
  const rest = shape.slice(index.length).map((count) => count ?? 0);
  const window = [...index, leadingSlice(rest, copiedElements)].join(', ');
  const { values, slice } = await inspector.read(tensor.id, { slice: window });
  const text = valuesText(flat && values !== undefined ? flatten(values, rest.length) : values, dtype);
  return sizeOf(rest) <= copiedElements
    ? text
    : `${text}\n... cut: [${slice}] of ${formatType(dtype, shape)}; save it to a file for all values`;
}

/** Whole inner axes as far as they go, part of the next one, and one of each that is further out. */
export function leadingSlice(shape: readonly number[], elements: number): string {
  let left = elements;
  const counts = shape.toReversed().map((count) => {
    const taken = Math.max(1, Math.min(count, left));
    left = Math.floor(left / taken);
    return `:${taken}`;
  });
  return shape.length === 0 ? '...' : counts.reverse().join(', ');
}

async function objectText(main: CdpSession, value: Protocol.Runtime.RemoteObject): Promise<string> {
  const { result, exceptionDetails } = await main.send('Runtime.callFunctionOn', {
    objectId: value.objectId ?? '',
    functionDeclaration: `function () {
      return JSON.stringify(this, (key, item) =>
        typeof item === 'bigint' ? item + 'n' :
        item instanceof Map ? [...item] : item instanceof Set ? [...item] :
        ArrayBuffer.isView(item) && !(item instanceof DataView) ? Array.from(item) : item, 2);
    }`,
    returnByValue: true,
    throwOnSideEffect: true,
    silent: true,
  });
  // What has cycles, or a toJSON that does more than convert, is copied as it is shown.
  return exceptionDetails || typeof result.value !== 'string' ? valueText(value) : result.value;
}
