/**
 * One op, two ways: in eager mode TF.js's kernel runs now, in graph mode a node goes into the graph. Dtypes and shapes
 * are checked the same way in both, by TensorFlow's rules (operands have one dtype; TF.js alone would convert).
 */
import { hostArray, inGraph, type HostValue, type TensorInput } from '../convert.ts';
import { EagerTensor } from '../eager/eagerTensor.ts';
import { InvalidArgumentError, TensorTypeError } from '../errors.ts';
import { FuncGraph } from '../graph/funcGraph.ts';
import { getDefaultGraph, type Graph, type OutputInfo } from '../graph/graph.ts';
import { attr, type AttrValue, type SymbolicShape } from '../graph/graphDef.ts';
import { SymbolicTensor } from '../graph/symbolicTensor.ts';
import { assertAlive, toTfTensor } from '../host.ts';
import { executingEagerly } from '../mode.ts';
import { optionsOf, shown, type Named, type NameOption } from '../options.ts';
import { Tensor } from '../tensor.ts';
import { assertKnown, core, isTfTensor, type TfDType, type TfTensor } from '../tfjs.ts';

export interface OpCall {
  /** The op in TensorFlow: `AddV2`. */
  op: string;
  /** What its node is called unless the program names it; default: the op. */
  nodeName?: string | undefined;
  name?: string | undefined;
  inputs: readonly TensorInput[];
  /** Inputs that must have one dtype; host values among them take it. Default: all. */
  sameDType?: number;
  /** The order in which the node has the inputs, where it is another one. */
  order?: readonly number[];
  /** Inputs that graph mode has as constants, behind `inputs`: axes, shapes. */
  constants?: readonly { name: string; value: HostValue }[];
  attr?: (dtype: TfDType | null) => Record<string, AttrValue>;
  /** The output, from the inputs. */
  infer: (...inputs: OutputInfo[]) => OutputInfo;
  eager: (...inputs: TfTensor[]) => TfTensor;
}

/** Runs an op or adds it to the graph. */
export function callOp(call: OpCall): Tensor {
  const { inputs } = call;
  const symbolic = inputs.find((input) => input instanceof SymbolicTensor);
  if (!executingEagerly()) return addToGraph(graphFor(symbolic), call);
  if (symbolic === undefined) return runNow(call);
  throw new TensorTypeError(
    `'${symbolic.name}' is symbolic, but ${call.op} was called in eager mode: eager and graph tensors can't meet in one op.`,
    'Build the op in its graph: tensor.graph.asDefault(() => ...).\nOr run the graph first and use the value: constant(await tensor.eval({ session })).',
  );
}

/** A traced function takes tensors in; elsewhere, as in TensorFlow 1, ops go where their inputs are. */
function graphFor(symbolic: SymbolicTensor | undefined): Graph {
  const current = getDefaultGraph();
  return current instanceof FuncGraph || symbolic === undefined ? current : symbolic.graph;
}

/** The dtype that operands share: the first tensor's, or null if all are host values. */
export function operandDType(inputs: readonly TensorInput[]): TfDType | null {
  for (const input of inputs) if (input instanceof Tensor || isTfTensor(input)) return input.dtype;
  return null;
}

function runNow({ op, inputs, sameDType = inputs.length, infer, eager }: OpCall): Tensor {
  const dtype = operandDType(inputs.slice(0, sameDType));
  const result = core.tidy(() => {
    const tensors = inputs.map((input, i) => eagerOperand(input, i < sameDType ? dtype : null));
    tensors.slice(0, sameDType).forEach((tensor, i) => {
      const expected = tensors[0]?.dtype;
      if (tensor.dtype === expected) return;
      throw new InvalidArgumentError(
        `cannot compute ${op} as input #${i}(zero-based) was expected to be a ${expected} tensor but is a ${tensor.dtype} tensor [Op:${op}]`,
        `Convert one of them: cast(tensor, '${expected}').`,
      );
    });
    infer(...tensors.map((tensor) => ({ dtype: tensor.dtype, shape: tensor.shape })));
    return explained(op, () => eager(...tensors));
  });
  return new EagerTensor(result);
}

/** What TF.js refuses although it passed the checks here, for example a dtype that an op lacks. */
function explained(op: string, run: () => TfTensor): TfTensor {
  try {
    return run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(`${reason} [Op:${op}]`, undefined, { cause: error });
  }
}

function eagerOperand(input: TensorInput, dtype: TfDType | null): TfTensor {
  const tensor = input instanceof EagerTensor ? input.tensor : input;
  if (isTfTensor(tensor)) {
    assertKnown(tensor);
    assertAlive(tensor);
    return tensor;
  }
  return toTfTensor(hostArray(input as HostValue, dtype === null ? {} : { dtype }));
}

function addToGraph(graph: Graph, call: OpCall): Tensor {
  const { op, inputs, sameDType = inputs.length, constants = [] } = call;
  const dtype = operandDType(inputs.slice(0, sameDType));
  const nodeName = call.name ?? call.nodeName ?? op;
  const operands = inputs.map((input, i) => {
    const options = i < sameDType && dtype !== null ? { dtype } : {};
    return inGraph(graph, input, { ...options, name: `${nodeName}/${i === 0 ? 'x' : 'y'}` });
  });
  operands.slice(0, sameDType).forEach((operand, i) => {
    const first = operands[0] as SymbolicTensor;
    if (operand.dtype === first.dtype || operand.dtype === null || first.dtype === null) return;
    throw new TensorTypeError(
      `Input '${i === 1 ? 'y' : `#${i}`}' of '${op}' Op has type ${operand.dtype} that does not match type ${first.dtype} of argument 'x'.`,
      `Convert one of them: cast(tensor, '${first.dtype}').`,
    );
  });
  const output = call.infer(...operands);
  const fixed = constants.map(({ name, value }) =>
    graph.addConstant(hostArray(value, { dtype: 'int32' }), `${nodeName}/${name}`),
  );
  const type = operands[0]?.dtype ?? null;
  const node = graph.addNode({
    op,
    name: nodeName,
    inputs: [...(call.order ?? [...operands.keys()]).map((i) => operands[i] as SymbolicTensor), ...fixed],
    attr: call.attr?.(type) ?? (type === null ? {} : { T: attr.type(type) }),
    outputs: [output],
  });
  return node.outputs[0] as SymbolicTensor;
}

/** NumPy's broadcasting, with axes that are not known yet. */
export function broadcastShapes(op: string, a: SymbolicShape, b: SymbolicShape): SymbolicShape {
  if (a === null || b === null) return null;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [a, b].map((shape) => {
      const at = axis - (rank - shape.length);
      return at < 0 ? 1 : (shape[at] as number | null);
    }) as [number | null, number | null];
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    // An unknown axis must turn out to be the other's length, or 1.
    if (x === null || y === null) return x ?? y;
    throw new InvalidArgumentError(
      `Incompatible shapes: [${a.map(String).join(',')}] vs. [${b.map(String).join(',')}] [Op:${op}]`,
      'Two axes fit if they are equal or one of them is 1, counted from the last.',
    );
  });
}

/** An operand as it is known before the op runs. */
export function infoOf(value: TensorInput): OutputInfo {
  const tensor = value instanceof Tensor || isTfTensor(value) ? value : undefined;
  if (tensor) return { dtype: tensor.dtype, shape: tensor.shape };
  const host = hostArray(value as HostValue);
  return { dtype: host.dtype as TfDType, shape: host.shape };
}

/** The node's name that a call gives, behind its inputs. */
export const nameOf = (op: string, given: Named): string | undefined => optionsOf<NameOption>(op, given, ['name']).name;

/** An axis from 0 on. @throws InvalidArgumentError outside of the rank */
export function axisOf(op: string, axis: number, rank: number): number {
  const from0 = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(axis) && from0 >= 0 && from0 < rank) return from0;
  if (typeof axis !== 'number')
    throw new TensorTypeError(`${op}: axis must be a number, got ${shown(axis)} [Op:${op}]`);
  throw new InvalidArgumentError(`${op}: axis ${axis} is out of range for rank ${rank} [Op:${op}]`);
}
