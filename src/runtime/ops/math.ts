/** Arithmetic, comparison, and functions of elements. Names are TensorFlow's. */
import { InvalidArgumentError } from '../errors.ts';
import type { OutputInfo } from '../graph/graph.ts';
import { attr, type SymbolicShape } from '../graph/graphDef.ts';
import { optionsOf, type AxisOption, type Given, type Named, type NameOption } from '../options.ts';
import type { Tensor } from '../tensor.ts';
import { backendOf, core, isAsyncOnly, type TfDType, type TfTensor } from '../tfjs.ts';
import type { TensorInput } from '../convert.ts';
import { axisOf, broadcastShapes, callOp, infoOf, nameOf, operandDType } from './dispatch.ts';
import { cast } from './shape.ts';

export type BinaryOp = (x: TensorInput, y: TensorInput, ...given: Named) => Tensor;
export type UnaryOp = (x: TensorInput, ...given: Named) => Tensor;

const floats: readonly TfDType[] = ['float32', 'complex64'];
const numbers: readonly TfDType[] = ['float32', 'int32', 'complex64'];

/** @throws InvalidArgumentError for a dtype that TensorFlow's op doesn't take, though TF.js would */
function requireAllowed(op: string, dtype: TfDType | null, allowed: readonly TfDType[]): void {
  if (dtype === null || allowed.includes(dtype)) return;
  throw new InvalidArgumentError(
    `Value for attr 'T' of ${dtype} is not in the list of allowed values: ${allowed.join(', ')} [Op:${op}]`,
    dtype === 'string' ? undefined : "Convert the tensor: cast(tensor, 'float32').",
  );
}

function binary(op: string, eager: (x: TfTensor, y: TfTensor) => TfTensor, nodeName = op): BinaryOp {
  const infer = (x: OutputInfo, y: OutputInfo): OutputInfo => {
    requireAllowed(op, x.dtype, numbers);
    return { dtype: x.dtype, shape: broadcastShapes(op, x.shape, y.shape) };
  };
  return (x, y, ...given) => callOp({ op, nodeName, name: nameOf(op, given), inputs: [x, y], infer, eager });
}

/** `x + y`, with broadcasting; numbers and arrays take the other's dtype. */
export const add = binary('AddV2', (x, y) => core.add(x, y), 'Add');
export const subtract = binary('Sub', (x, y) => core.sub(x, y));
export const multiply = binary('Mul', (x, y) => core.mul(x, y));
export const mod = binary('FloorMod', (x, y) => core.mod(x, divisor(y)));
export const pow = binary('Pow', (x, y) => core.pow(x, y));
export const maximum = binary('Maximum', (x, y) => core.maximum(x, y));
export const minimum = binary('Minimum', (x, y) => core.minimum(x, y));
export const squaredDifference = binary('SquaredDifference', (x, y) => core.squaredDifference(x, y));

const realDivide = binary('RealDiv', (x, y) => core.div(x, y));

const floorDivide = binary('FloorDiv', (x, y) => core.floorDiv(x, divisor(y)));

/** TF.js divides integers by 0 without a word. TensorFlow's kernels on a GPU don't look either. */
function divisor(y: TfTensor): TfTensor {
  if (y.dtype === 'int32' && !isAsyncOnly(backendOf(y)) && y.dataSync().includes(0)) {
    throw new InvalidArgumentError('Integer division by zero');
  }
  return y;
}

/** Division rounded down. Of floats too it gives floats; TF.js's own FloorDiv would make int32 of them. */
export const floordiv: BinaryOp = (x, y, ...given) =>
  operandDType([x, y]) === 'int32' ? floorDivide(x, y, ...given) : floor(realDivide(x, y), ...given);

/** True division: of integers too, as floats (float32, where TensorFlow takes the float64 that TF.js lacks). */
export const divide: BinaryOp = (x, y, ...given) => {
  const isInteger = operandDType([x, y]) === 'int32';
  return isInteger ? realDivide(cast(x, 'float32'), cast(y, 'float32'), ...given) : realDivide(x, y, ...given);
};

function comparison(op: string, eager: (x: TfTensor, y: TfTensor) => TfTensor, allowed?: readonly TfDType[]): BinaryOp {
  const infer = (x: OutputInfo, y: OutputInfo): OutputInfo => {
    if (allowed) requireAllowed(op, x.dtype, allowed);
    return { dtype: 'bool', shape: broadcastShapes(op, x.shape, y.shape) };
  };
  return (x, y, ...given) => callOp({ op, name: nameOf(op, given), inputs: [x, y], infer, eager });
}

export const equal = comparison('Equal', (x, y) => core.equal(x, y));
export const notEqual = comparison('NotEqual', (x, y) => core.notEqual(x, y));
export const less = comparison('Less', (x, y) => core.less(x, y), numbers);
export const lessEqual = comparison('LessEqual', (x, y) => core.lessEqual(x, y), numbers);
export const greater = comparison('Greater', (x, y) => core.greater(x, y), numbers);
export const greaterEqual = comparison('GreaterEqual', (x, y) => core.greaterEqual(x, y), numbers);
export const logicalAnd = comparison('LogicalAnd', (x, y) => core.logicalAnd(x, y));
export const logicalOr = comparison('LogicalOr', (x, y) => core.logicalOr(x, y));

/** @param kind `test` gives bool; a list names the dtypes that TensorFlow's op takes */
function unary(op: string, eager: (x: TfTensor) => TfTensor, kind?: 'test' | readonly TfDType[]): UnaryOp {
  const infer = ({ dtype, shape }: OutputInfo): OutputInfo => {
    if (kind === 'test') return { dtype: 'bool', shape };
    if (kind) requireAllowed(op, dtype, kind);
    return { dtype, shape };
  };
  return (x, ...given) => callOp({ op, name: nameOf(op, given), inputs: [x], infer, eager });
}

export const negative = unary('Neg', (x) => core.neg(x), numbers);
export const abs = unary('Abs', (x) => core.abs(x), numbers);
export const sign = unary('Sign', (x) => core.sign(x), numbers);
export const floor = unary('Floor', (x) => core.floor(x), floats);
export const ceil = unary('Ceil', (x) => core.ceil(x), floats);
export const round = unary('Round', (x) => core.round(x), numbers);
export const square = unary('Square', (x) => core.square(x), numbers);
export const relu = unary('Relu', (x) => core.relu(x), numbers);
export const sqrt = unary('Sqrt', (x) => core.sqrt(x), floats);
export const exp = unary('Exp', (x) => core.exp(x), floats);
export const log = unary('Log', (x) => core.log(x), floats);
export const sin = unary('Sin', (x) => core.sin(x), floats);
export const cos = unary('Cos', (x) => core.cos(x), floats);
export const tanh = unary('Tanh', (x) => core.tanh(x), floats);
export const sigmoid = unary('Sigmoid', (x) => core.sigmoid(x), floats);
const softmaxOfLast = unary('Softmax', (x) => core.softmax(x), floats);
export const isNan = unary('IsNan', (x) => core.isNaN(x), 'test');
export const isInf = unary('IsInf', (x) => core.isInf(x), 'test');
export const isFinite = unary('IsFinite', (x) => core.isFinite(x), 'test');
export const logicalNot = unary('LogicalNot', (x) => core.logicalNot(x), 'test');
export const identity = unary('Identity', (x) => core.clone(x));
export const zerosLike = unary('ZerosLike', (x) => core.zerosLike(x));
export const onesLike = unary('OnesLike', (x) => core.onesLike(x));

/** Over the last axis. @throws InvalidArgumentError for another one, which TF.js has not */
export function softmax(x: TensorInput, ...given: Given<AxisOption, ['axis', 'name']>): Tensor {
  const { axis = -1, ...named } = optionsOf<AxisOption>('softmax', given, ['axis', 'name']);
  const rank = infoOf(x).shape?.length;
  if (axis === -1 || (rank !== undefined && axis === rank - 1)) return softmaxOfLast(x, named);
  throw new InvalidArgumentError(
    `softmax is over the last axis, not over axis ${axis} [Op:Softmax]`,
    'Transpose the tensor so that the axis is the last one, and the result back.',
  );
}

export interface MatmulOptions extends NameOption {
  transposeA?: boolean;
  transposeB?: boolean;
}

function matmulShape(a: SymbolicShape, b: SymbolicShape, transposeA: boolean, transposeB: boolean): SymbolicShape {
  if (a === null || b === null) return null;
  const text = `[${a.map(String).join(',')}], [${b.map(String).join(',')}]`;
  if (a.length < 2 || b.length < 2) {
    throw new InvalidArgumentError(`In[0] and In[1] must have rank 2 at least: ${text} [Op:MatMul]`);
  }
  const [rows, inner] = transposeA ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)];
  const [otherInner, columns] = transposeB ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)];
  if (typeof inner === 'number' && typeof otherInner === 'number' && inner !== otherInner) {
    throw new InvalidArgumentError(`Matrix size-incompatible: In[0]: ${text.replace('], ', '], In[1]: ')} [Op:MatMul]`);
  }
  const batch = broadcastShapes('MatMul', a.slice(0, -2), b.slice(0, -2));
  return batch && [...batch, rows ?? null, columns ?? null];
}

/** Matrix product; more axes in front are batches. */
export function matmul(
  a: TensorInput,
  b: TensorInput,
  ...given: Given<MatmulOptions, ['transposeA', 'transposeB']>
): Tensor {
  const {
    transposeA = false,
    transposeB = false,
    name,
  } = optionsOf<MatmulOptions>('matmul', given, ['transposeA', 'transposeB'], ['name']);
  const batched = [a, b].some((value) => (infoOf(value).shape?.length ?? 2) > 2);
  const [adjA, adjB] = batched ? ['adj_x', 'adj_y'] : ['transpose_a', 'transpose_b'];
  return callOp({
    op: batched ? 'BatchMatMulV2' : 'MatMul',
    nodeName: 'MatMul',
    name,
    inputs: [a, b],
    attr: (dtype) => ({ T: attr.type(dtype), [adjA]: attr.bool(transposeA), [adjB]: attr.bool(transposeB) }),
    infer: (x, y) => ({ dtype: x.dtype, shape: matmulShape(x.shape, y.shape, transposeA, transposeB) }),
    eager: (x, y) => core.matMul(x, y, transposeA, transposeB),
  });
}

export interface ReduceOptions extends NameOption {
  /** Default: all axes. */
  axis?: number | readonly number[];
  keepdims?: boolean;
}
/** `reduceSum(x, 0, true)` keeps the axis, as `{ axis: 0, keepdims: true }` does. */
export type ReduceOp = (x: TensorInput, ...given: Given<ReduceOptions, ['axis', 'keepdims', 'name']>) => Tensor;

type EagerReduction = (x: TfTensor, axes: number[], keepDims: boolean) => TfTensor;

function reduction(
  op: string,
  eager: EagerReduction,
  result: (dtype: OutputInfo['dtype']) => OutputInfo['dtype'],
): ReduceOp {
  return (x, ...given) => {
    const { axis, keepdims = false, name } = optionsOf<ReduceOptions>(op, given, ['axis', 'keepdims', 'name']);
    const rank = infoOf(x).shape?.length;
    if (rank === undefined && axis === undefined) {
      throw new InvalidArgumentError(
        `${op} over all axes of a tensor of unknown rank.`,
        'Name the axes: { axis: [0, 1] }.',
      );
    }
    const wanted = axis === undefined ? Array.from({ length: rank ?? 0 }, (_, i) => i) : [axis].flat();
    const axes = wanted.map((one) => {
      if (rank === undefined) return one;
      if (Number.isInteger(one) && one >= -rank && one < rank) return one < 0 ? one + rank : one;
      throw new InvalidArgumentError(
        `Invalid reduction dimension (${one} for input with ${rank} dimension(s)) [Op:${op}]`,
      );
    });
    const reduced = (shape: SymbolicShape): SymbolicShape =>
      shape && shape.flatMap((count, i) => (axes.includes(i) ? (keepdims ? [1] : []) : [count]));
    return callOp({
      op,
      name,
      inputs: [x],
      constants: [{ name: 'reduction_indices', value: axes.length > 0 ? axes : new Int32Array(0) }],
      attr: (dtype) => ({ T: attr.type(dtype), Tidx: attr.type('int32'), keep_dims: attr.bool(keepdims) }),
      infer: (info) => ({ dtype: result(info.dtype), shape: reduced(info.shape) }),
      eager: (tensor) => eager(tensor, axes, keepdims),
    });
  };
}

const asSum = (dtype: OutputInfo['dtype']): OutputInfo['dtype'] => (dtype === 'bool' ? 'int32' : dtype);

export const reduceSum = reduction('Sum', (x, axes, keep) => core.sum(x, axes, keep), asSum);
/** Of integers too, a float32 (TensorFlow rounds it down to an integer). */
export const reduceMean = reduction(
  'Mean',
  (x, axes, keep) => core.mean(x, axes, keep),
  () => 'float32',
);
export const reduceMax = reduction(
  'Max',
  (x, axes, keep) => core.max(x, axes, keep),
  (dtype) => dtype,
);
export const reduceMin = reduction(
  'Min',
  (x, axes, keep) => core.min(x, axes, keep),
  (dtype) => dtype,
);
export const reduceProd = reduction('Prod', (x, axes, keep) => core.prod(x, axes, keep), asSum);

function extremum(op: string, eager: (x: TfTensor, axis: number) => TfTensor) {
  return (x: TensorInput, ...given: Given<AxisOption, ['axis']>): Tensor => {
    const { axis = 0, name } = optionsOf<AxisOption>(op, given, ['axis'], ['name']);
    const rank = infoOf(x).shape?.length;
    const at = rank === undefined ? axis : axisOf(op, axis, rank);
    return callOp({
      op,
      nodeName: op,
      name,
      inputs: [x],
      constants: [{ name: 'dimension', value: at }],
      attr: (dtype) => ({ T: attr.type(dtype), output_type: attr.type('int32') }),
      infer: ({ shape }) => ({ dtype: 'int32', shape: shape && shape.filter((_, i) => i !== at) }),
      eager: (tensor) => eager(tensor, at),
    });
  };
}

/** Along an axis, by default 0. */
export const argmax = extremum('ArgMax', (x, axis) => core.argMax(x, axis));
export const argmin = extremum('ArgMin', (x, axis) => core.argMin(x, axis));
