/**
 * What people write by habit to see a tensor's values: `t.data()`, `await t.array()`, `t.numpy()`. At a breakpoint most of
 * these can't work (nothing that is awaited comes while the event loop stands still) or would leave traces in the
 * program. What is meant is the tensor that they are called on, and our own reader reads it.
 */
import { TensorError } from '../../protocol/errors.ts';
import type { TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';
import { graphMode } from '../../tensor/graphMode.ts';
import { formatType, knownShape } from '../../tensor/preview.ts';
import type { TensorInspector } from '../tensorInspector.ts';

type Evaluates = Pick<TensorInspector, 'evaluate'>;

export const readingMethods = [
  'data',
  'dataSync',
  'array',
  'arraySync',
  'print',
  'numpy',
  'numpyAsync',
  'js',
  'jsAsync',
  'item',
] as const;
const habit = new RegExp(
  `^\\s*(await\\s+)?\\(*\\s*(await\\s+)?(.+?)\\.(${readingMethods.join('|')})\\(\\s*\\)\\s*\\)*\\s*;?\\s*$`,
  's',
);

export interface ReadingHabit {
  receiver: string;
  method: string;
}

/** Undefined for every other expression. */
export function readingHabit(expression: string): ReadingHabit | undefined {
  const match = habit.exec(expression);
  const [, , , receiver, method] = match ?? [];
  if (receiver === undefined || method === undefined || !isBalanced(receiver)) return undefined;
  return { receiver, method };
}

/**
 * The tensor whose values a habit asks for. Undefined where the receiver is no tensor, or can't be had without changing the
 * program: then it is evaluated as it stands.
 * @param warn hears of a conversion that needs eager mode, tried on a tensor of a graph
 * @throws TensorError `not-readable` for that one too
 */
export async function readByHabit(
  inspector: Evaluates,
  callFrameId: string,
  habit: ReadingHabit,
  warn?: (warning: TensorWarning) => void,
): Promise<TensorDescriptor | undefined> {
  const tensor = await receiverOf(inspector, callFrameId, habit.receiver);
  const warning = tensor && graphModeWarning(habit, tensor);
  if (!warning) return tensor;
  warn?.(warning);
  throw new TensorError({ ...warning, code: 'not-readable' });
}

/** Undefined where it is no tensor, or can't be had without changing the program. */
export async function receiverOf(
  inspector: Evaluates,
  callFrameId: string,
  receiver: string,
): Promise<TensorDescriptor | undefined> {
  let tensor: TensorDescriptor;
  try {
    tensor = await inspector.evaluate(callFrameId, receiver, { throwOnSideEffect: true });
  } catch (error) {
    if (error instanceof TensorError) return undefined;
    throw error;
  }
  // `data()` of a typed array would be a mistake of the program's author, not a tensor's method.
  return tensor.runtime === 'typed-array' || tensor.runtime === 'ndarray' ? undefined : tensor;
}

/** Undefined where the tensor has a value. */
export function graphModeWarning(
  { receiver, method }: ReadingHabit,
  tensor: TensorDescriptor,
): TensorWarning | undefined {
  const { kind, access, dtype, runtime } = tensor;
  // A tracer has its values underneath; where those are not there yet, that is no matter of modes.
  if (kind !== 'symbolic') return undefined;
  const what = `symbolic ${formatType(dtype, knownShape(tensor))} of ${runtime}`;
  const help = access.help ?? access.reason ?? 'Run its graph.';
  return graphMode({ call: method, name: receiver, what, help });
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    else if (character === ')' && --depth < 0) return false;
  }
  return depth === 0;
}
