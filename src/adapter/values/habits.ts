/**
 * Reading habits (`inspector/evaluate/readingHabits.ts`) in the debug console and in watches: the values are there at once, and the
 * answer says who has read them.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { readingHabit, type ReadingHabit } from '../../inspector/evaluate/readingHabits.ts';
import type { TensorInspector } from '../../inspector/tensorInspector.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { formatBytes, formatMs, formatType } from '../../tensor/preview.ts';
import { sizeOf, unravelIndex } from '../../tensor/shape.ts';
import type { Inspection } from '../run.ts';
import { flatten, valuesText } from './valuesText.ts';

/** More is not printed in one line; all of it is in the answer's children. */
const printedElements = 100;

export function isFlat({ method }: ReadingHabit): boolean {
  return method === 'data' || method === 'dataSync';
}

/** A reading habit, and where of what it gives one element or part is asked for. */
export interface IndexedHabit {
  habit: ReadingHabit;
  indices: readonly number[];
}

/** Elements of what a habit gives: `t.arraySync()[0][1]`, `(await t.data())[3]`; undefined for every other expression. */
export function indexedHabit(expression: string): IndexedHabit | undefined {
  const [, whole = '', brackets = ''] = /^(.+?)((?:\s*\[\s*\d+\s*\])*)\s*;?\s*$/s.exec(expression) ?? [];
  const habit = readingHabit(whole);
  return habit && { habit, indices: (brackets.match(/\d+/g) ?? []).map(Number) };
}

/**
 * Where in the tensor the element or part is that is asked for; empty for all of it. Undefined where the method's result has no
 * such element, or is no array: then it is evaluated as it stands.
 */
export function indexIn({ shape: counts }: TensorDescriptor, { habit, indices }: IndexedHabit): number[] | undefined {
  if (indices.length === 0) return [];
  // It has values, so every count is known.
  const shape = counts as number[];
  const given = isFlat(habit) ? [sizeOf(shape)] : shape;
  if (!/^(data|array|js)/.test(habit.method) || indices.length > given.length) return undefined;
  if (indices.some((index, axis) => index >= given[axis]!)) return undefined;
  return isFlat(habit) ? unravelIndex(indices[0]!, shape) : [...indices];
}

/** The answer in the debug console and in watches. */
export async function answerHabit(
  habit: ReadingHabit,
  { tensor, index }: { tensor: TensorDescriptor; index: readonly number[] },
  inspector: TensorInspector,
  { variables }: Inspection,
): Promise<DebugProtocol.EvaluateResponse['body']> {
  const rest = tensor.shape.slice(index.length) as number[];
  const isWhole = sizeOf(rest) <= printedElements;
  const slice = [...index, ...(isWhole ? ['...'] : rest.map(() => ':4'))].join(', ');
  // Of a whole tensor that is too large, what a preview shows.
  const window = isWhole || index.length > 0 ? { slice } : {};
  const { values, shape: cut, slice: read, cost } = await inspector.read(tensor.id, window);
  const text = valuesText(isFlat(habit) && values !== undefined ? flatten(values, rest.length) : values, tensor.dtype);
  const note =
    `read by Tensor Debugger instead of ${habit.method}(), the program was not run: ` +
    `${formatBytes(cost.bytes)} in ${formatMs(cost.queueMs + cost.transferMs)}`;
  if (index.length > 0) {
    const type = formatType(tensor.dtype, cut);
    return { type, result: `${type} ${text}  (${note})`, variablesReference: 0 };
  }
  const part = isWhole ? '' : ` of [${read}]`;
  return {
    ...variables.tensors.values(inspector, tensor),
    result: `${formatType(tensor.dtype, tensor.shape)}${part} ${text}  (${note})`,
  };
}
