/**
 * What people type by habit to see a tensor's values: `t.data()`, `await t.array()`, `t.numpy()`. At a breakpoint most of
 * these can't work (nothing that is awaited comes while the event loop stands still) or would leave traces in the
 * program. They are answered by our own reader instead, and the answer says so.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import type { TensorInspector } from '../inspector/tensorInspector.ts';
import { TensorError } from '../protocol/errors.ts';
import type { TensorDescriptor, TensorWarning } from '../protocol/tensor.ts';
import { graphMode } from '../tensor/graphMode.ts';
import { formatBytes, formatMs, formatType } from '../tensor/preview.ts';
import { sizeOf, unravelIndex } from '../tensor/shape.ts';
import type { Inspection } from './run.ts';
import { flatten, valuesText } from './tensorText.ts';

const readingMethods = [
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

const missing = new RegExp(`^(.+)\\.(${readingMethods.join('|')}) is not a function$`, 's');

/** More is not printed in one line; all of it is in the answer's children. */
const printedElements = 100;

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
 * The tensor whose values a habit asks for. Undefined where the receiver is no tensor, or can't be had without changing the
 * program: then it is evaluated as it stands.
 * @param warn hears of a conversion that needs eager mode, tried on a tensor of a graph
 * @throws TensorError `not-readable` for that one too
 */
export async function readByHabit(
  habit: ReadingHabit,
  frame: Protocol.Debugger.CallFrame,
  tensors: Inspection['tensors'],
  warn: (warning: TensorWarning) => void,
): Promise<{ inspector: TensorInspector; tensor: TensorDescriptor } | undefined> {
  const found = await tensorOf(habit.receiver, frame, tensors);
  const warning = found && graphModeWarning(habit, found.tensor);
  if (!warning) return found;
  warn(warning);
  throw new TensorError({ ...warning, code: 'not-readable' });
}

/** Undefined where the method's result has no such element, or is no array: then it is evaluated as it stands. */
function sliceOf({ habit, indices }: IndexedHabit, shape: readonly number[]): string | undefined {
  const flat = isFlat(habit);
  const rank = flat ? 1 : shape.length;
  if (!/^(data|array|js)/.test(habit.method) || indices.length > rank) return undefined;
  const counts = flat ? [sizeOf(shape)] : shape;
  if (indices.some((index, axis) => index >= counts[axis]!)) return undefined;
  if (flat) return [...unravelIndex(indices[0]!, shape), '...'].join(', ');
  const rest = shape.slice(indices.length);
  const cut = sizeOf(rest) <= printedElements ? ['...'] : rest.map(() => ':4');
  return [...indices, ...cut].join(', ');
}

/** The answer in the debug console and in watches, which says who has read it; undefined as for `sliceOf`. */
export async function answerHabit(
  asked: IndexedHabit,
  { inspector, tensor }: { inspector: TensorInspector; tensor: TensorDescriptor },
  { variables }: Inspection,
): Promise<DebugProtocol.EvaluateResponse['body'] | undefined> {
  const { habit, indices } = asked;
  // It has values, so every count is known.
  const shape = tensor.shape as number[];
  const element = indices.length > 0 ? sliceOf(asked, shape) : undefined;
  if (indices.length > 0 && element === undefined) return undefined;
  const slice = element ?? (sizeOf(shape) <= printedElements ? '...' : undefined);
  const reading = inspector.read(tensor.id, slice === undefined ? {} : { slice });
  const { values, shape: cut, slice: read, cost } = await reading;
  const flat = isFlat(habit) && values !== undefined;
  const text = valuesText(flat ? flatten(values, shape.length) : values, tensor.dtype);
  const note =
    `read by Tensor Debugger instead of ${habit.method}(), the program was not run: ` +
    `${formatBytes(cost.bytes)} in ${formatMs(cost.queueMs + cost.transferMs)}`;
  if (element !== undefined) {
    const type = formatType(tensor.dtype, cut);
    return { type, result: `${type} ${text}  (${note})`, variablesReference: 0 };
  }
  const part = slice === undefined ? ` of [${read}]` : '';
  return {
    ...variables.tensors.values(inspector, tensor),
    result: `${formatType(tensor.dtype, tensor.shape)}${part} ${text}  (${note})`,
  };
}

/** Why TF.js can't read a tensor at once, in a sentence to follow the exception; undefined for every other exception. */
export function explainMissingCanvas(exception: string): string | undefined {
  if (!/\bOffscreenCanvas is not defined$/.test(exception)) return undefined;
  return (
    'TensorFlow.js on webgpu reads at once by way of a canvas, which Node has not. In the program write `await t.data()`; here, ' +
    'look at the tensor in its variable, or write t.dataSync() or t.arraySync()[0] of that: the debugger reads it itself.'
  );
}

/**
 * Why a method that a program has called to read a tensor is not there; undefined for every other exception.
 * @param message of the exception, without its class
 * @param warn hears of a conversion that needs eager mode, tried on a tensor of a graph
 */
export async function explainMissingMethod(
  message: string,
  frame: Protocol.Debugger.CallFrame,
  { tensors }: Inspection,
  warn: (warning: TensorWarning) => void,
): Promise<string | undefined> {
  const [, receiver, method] = missing.exec(message) ?? [];
  if (receiver === undefined || method === undefined) return undefined;
  const found = await tensorOf(receiver, frame, tensors);
  if (!found) return undefined;
  const warning = graphModeWarning({ receiver, method }, found.tensor);
  if (warning) {
    warn(warning);
    return `${warning.message} ${warning.help}`;
  }
  const { dtype, shape, runtime, access } = found.tensor;
  const readable = access.how === 'none' ? '' : ' Its values can be read and saved here, in the debugger.';
  return `${receiver} is a ${formatType(dtype, shape)} of ${runtime}, whose tensors have no ${method}().${readable}`;
}

/** Undefined where it is none, or can't be had without changing the program. */
async function tensorOf(receiver: string, frame: Protocol.Debugger.CallFrame, tensors: Inspection['tensors']) {
  const inspector = await tensors.inspector();
  let tensor: TensorDescriptor;
  try {
    tensor = await inspector.evaluate(frame.callFrameId, receiver, { throwOnSideEffect: true });
  } catch (error) {
    if (error instanceof TensorError) return undefined;
    throw error;
  }
  // `data()` of a typed array would be a mistake of the program's author, not a tensor's method.
  return tensor.runtime === 'typed-array' || tensor.runtime === 'ndarray' ? undefined : { inspector, tensor };
}

function graphModeWarning({ receiver, method }: ReadingHabit, tensor: TensorDescriptor): TensorWarning | undefined {
  const { kind, access, dtype, shape, runtime } = tensor;
  // A tracer has its values underneath; where those are not there yet, that is no matter of modes.
  if (kind !== 'symbolic') return undefined;
  const what = `symbolic ${formatType(dtype, shape)} of ${runtime}`;
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
