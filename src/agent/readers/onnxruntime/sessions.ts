/**
 * Sessions of ONNX Runtime: `handler` holds the names of their inputs and outputs, and from 1.21 on `inputMetadata` and
 * `outputMetadata`: an object `{ name, isTensor, type, shape }` for each, an axis without a size being a name.
 */
import type { DType } from '../../../protocol/tensor.ts';
import { elementsOf, isInspectable, ownValue, runtimeMethod } from '../../safely.ts';
import type { Member } from '../reader.ts';
import { dtypeOf, isOrtType } from './fields.ts';

export interface ValueFields {
  name: string;
  dtype: DType;
  /** `int4` and `uint4` have no dtype of their own here. */
  type: string;
  shape: (number | null)[];
  /** The names of the axes that have no size. */
  axes: string[];
}

/** What the sessions that were met say of their inputs and outputs. */
const ofSessions = new WeakSet<object>();

/** Programs have objects of their own that look the same. */
export function isOfSession(value: object): boolean {
  return ofSessions.has(value);
}

/** What a session says of one of its inputs or outputs. */
export function valueFields(value: object): ValueFields | undefined {
  if (ownValue(value, 'isTensor') !== true) return undefined;
  const [name, type] = [ownValue(value, 'name'), ownValue(value, 'type')];
  const counts = elementsOf(ownValue(value, 'shape'));
  if (typeof name !== 'string' || !isOrtType(type) || !counts) return undefined;
  return {
    name,
    type,
    dtype: dtypeOf(type),
    shape: counts.map((count) => (typeof count === 'number' && count >= 0 ? count : null)),
    axes: counts.filter((count): count is string => typeof count === 'string' && count !== ''),
  };
}

function handlerOf(container: object): object | undefined {
  const handler = ownValue(container, 'handler');
  if (!isInspectable(handler) || !runtimeMethod(container, 'run') || !runtimeMethod(handler, 'run')) return undefined;
  return Array.isArray(ownValue(handler, 'inputNames')) && Array.isArray(ownValue(handler, 'outputNames'))
    ? handler
    : undefined;
}

/** Whether `onnxruntime-node` runs it, on its own threads outside of JavaScript, or `onnxruntime-web`, in WebAssembly. */
export function sessionKind(container: object): 'node' | 'web' | undefined {
  const handler = handlerOf(container);
  if (!handler) return undefined;
  return ownValue(handler, 'sessionId') === undefined ? 'node' : 'web';
}

/** The inputs and outputs of a session, under the expressions that read them. */
export function sessionMembers(container: object): Member[] | undefined {
  const handler = handlerOf(container);
  if (!handler) return undefined;
  return ['inputMetadata', 'outputMetadata'].flatMap((key) => {
    return (elementsOf(ownValue(handler, key)) ?? []).flatMap((value, index) => {
      if (!isInspectable(value)) return [];
      ofSessions.add(value);
      return [{ path: `.${key}[${index}]`, value }];
    });
  });
}
