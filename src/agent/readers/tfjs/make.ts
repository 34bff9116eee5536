/**
 * New tensors of TF.js at a stop, through the engine's own `makeTensor`, as a line `tf.tensor(values, shape, dtype)` of the
 * program would make them: on the backend of the tensor that is replaced, where the webgpu backend keeps the values on
 * the host until a kernel needs them. No command is recorded, submitted or waited for.
 */
import { TensorError } from '../../../protocol/errors.ts';
import type { TensorWarning } from '../../../protocol/tensor.ts';
import { isInspectable, ownValue } from '../../safely.ts';
import type { StopContext } from '../../source.ts';
import type { Made, NewValues } from '../reader.ts';
import { backendOf, engine as findEngine, engineState } from './engine.ts';
import { subjectOf, type TensorFields } from './fields.ts';

interface Scope {
  id: number;
  track: object[];
}

/** What the engine keeps of a tensor, and of a variable. */
interface EngineTensor {
  dataId: object;
  /** Of the scope that disposes it. */
  scopeId?: number;
  kept: boolean;
  dispose(): void;
}

interface Engine {
  makeTensor(values: ArrayLike<number>, shape: number[], dtype: string, backend?: object): EngineTensor;
  disposeTensor(tensor: EngineTensor): void;
}

/** @throws TensorError `not-available`, `pending` */
export function makeTensor(value: object, fields: TensorFields, values: NewValues, stop: StopContext): Made {
  const found = findEngine();
  const state = engineState();
  if (!found || !state || typeof (found as Partial<Engine>).makeTensor !== 'function') {
    throw new TensorError({
      code: 'not-available',
      message: 'The engine of TensorFlow.js is not where 4.0 to 4.22 keep it, so no tensor can be made.',
      help: 'Make it in the debug console, with tf.tensor(...).',
    });
  }
  const engine = found as unknown as Engine;
  const held = backendOf(fields.dataId, stop);
  if (held && stop.isExecuting(held.backend)) {
    throw new TensorError({
      code: 'pending',
      message: `The program stopped inside the ${held.name} backend of TF.js, which is no place to make a tensor.`,
      help: 'Step out of TF.js, or stop at a line of your own.',
    });
  }
  const variable = variableOf(value);
  if (variable && !held) {
    throw new TensorError({
      code: 'disposed',
      message: 'This variable was disposed: it takes no values any more.',
      help: 'Assign a new tf.variable(...) in the debug console.',
    });
  }
  const tensor = engine.makeTensor(storage(values), [...values.shape], values.dtype, held?.backend);
  if (variable) {
    untrack(tensor, state);
    takeOver(variable, tensor, engine);
    return { tensor: null, warnings: [] };
  }
  adopt(tensor, value as EngineTensor, state);
  const tape = ownValue(state, 'activeTape');
  return {
    tensor,
    undo: () => tensor.dispose(),
    warnings: Array.isArray(tape) ? [leavesGradient(fields)] : [],
  };
}

/** The variable itself, or the one that a layer's weight wraps. */
function variableOf(value: object): EngineTensor | undefined {
  return [value, ownValue(value, 'val')].find(
    (candidate): candidate is EngineTensor =>
      isInspectable(candidate) &&
      ownValue(candidate, 'trainable') !== undefined &&
      isInspectable(ownValue(candidate, 'dataId')),
  );
}

/**
 * What `variable.assign(tensor)` and `tensor.dispose()` come to, with one reference that changes hands instead of a second
 * one: `assign` takes that on the backend that is current, which need not be the one that holds the values.
 */
function takeOver(variable: EngineTensor, tensor: EngineTensor, engine: Engine): void {
  engine.disposeTensor(variable);
  variable.dataId = tensor.dataId;
}

/** No scope disposes it. */
function untrack(tensor: EngineTensor, state: object): void {
  const active = ownValue(state, 'activeScope') as Scope | null | undefined;
  const at = active ? active.track.lastIndexOf(tensor) : -1;
  if (at >= 0) active?.track.splice(at, 1);
  delete tensor.scopeId;
}

/**
 * It lives as long as the one that it replaces would have: `tf.tidy` disposes both or neither, and `tf.keep` holds of both.
 * The scope of the old one need not be the innermost, nor be open any more.
 */
function adopt(tensor: EngineTensor, old: EngineTensor, state: object): void {
  tensor.kept = old.kept;
  if (tensor.scopeId === old.scopeId) return;
  untrack(tensor, state);
  const scopes = ownValue(state, 'scopeStack') as Scope[];
  const owner = scopes.find(({ id }) => id === old.scopeId);
  if (!owner) return;
  owner.track.push(tensor);
  tensor.scopeId = owner.id;
}

function storage({ dtype, bytes }: NewValues): ArrayLike<number> {
  if (dtype === 'float32') return new Float32Array(bytes.buffer);
  if (dtype === 'int32') return new Int32Array(bytes.buffer);
  if (dtype === 'bool') return bytes;
  throw new TensorError({
    code: 'not-available',
    message: `Tensors of ${dtype} can't be made from a file.`,
    help: 'float32, int32 and bool can; make others in the debug console.',
  });
}

function leavesGradient(fields: TensorFields): TensorWarning {
  return {
    code: 'leaves-gradient',
    message: `${subjectOf(fields)} was replaced inside a gradient function: the new tensor is on no tape, and no gradient flows through it.`,
    help: 'Replace it before the gradient is taken, or assign to a tf.Variable.',
  };
}
