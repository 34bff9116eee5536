/** Ops that make tensors of nothing: zeros, ranges, random numbers, placeholders. */
import { constant, convertToTensor, type TensorInput } from '../convert.ts';
import { EagerTensor } from '../eager/eagerTensor.ts';
import { InvalidArgumentError, ModeError } from '../errors.ts';
import { getDefaultGraph } from '../graph/graph.ts';
import { attr, type SymbolicShape } from '../graph/graphDef.ts';
import { SymbolicTensor } from '../graph/symbolicTensor.ts';
import { toHost } from '../host.ts';
import { executingEagerly } from '../mode.ts';
import { array } from '../numpy/ndarray.ts';
import { countsOf, optionsOf, type Given, type NameOption, type ShapeInput } from '../options.ts';
import { assertNoneRepeated, type SparseTensor } from '../sparse.ts';
import type { Tensor } from '../tensor.ts';
import { backendOf, core, isAsyncOnly, requireBackend, requireTfDType, type TfDType } from '../tfjs.ts';
import { callOp } from './dispatch.ts';
import { add, multiply } from './math.ts';

export interface CreationOptions extends NameOption {
  dtype?: TfDType;
}
type Creation = Given<CreationOptions, ['dtype', 'name']>;

const creationOptions = (call: string, given: Creation): CreationOptions =>
  optionsOf<CreationOptions>(call, given, ['dtype', 'name']);

export function zeros(shape: ShapeInput, ...given: Creation): Tensor {
  const { dtype = 'float32', name = 'zeros' } = creationOptions('zeros', given);
  return constant(dtype === 'bool' ? false : dtype === 'string' ? '' : 0, { dtype, shape: countsOf(shape), name });
}

export function ones(shape: ShapeInput, ...given: Creation): Tensor {
  const { dtype = 'float32', name = 'ones' } = creationOptions('ones', given);
  return constant(dtype === 'bool' ? true : 1, { dtype, shape: countsOf(shape), name });
}

export function fill(shape: ShapeInput, value: number | boolean | string, ...given: Creation): Tensor {
  return constant(value, { name: 'Fill', ...creationOptions('fill', given), shape: countsOf(shape) });
}

export interface RangeOptions extends CreationOptions {
  /** Where it ends, without it. Default: at `start`, from 0 on. */
  limit?: number;
  /** Default: 1. */
  delta?: number;
}

/** `range(4)` is 0, 1, 2, 3; `range(2, 8, 2)` is 2, 4, 6. int32 unless a float is among them. */
export function range(start: number, ...given: Given<RangeOptions, ['limit', 'delta', 'dtype', 'name']>): Tensor {
  const {
    limit,
    delta = 1,
    dtype,
    name = 'range',
  } = optionsOf<RangeOptions>('range', given, ['limit', 'delta', 'dtype', 'name']);
  const [from, to] = limit === undefined ? [0, start] : [start, limit];
  if (delta === 0) throw new InvalidArgumentError('Requires delta != 0 [Op:Range]');
  const count = Math.max(0, Math.ceil((to - from) / delta));
  const integers = [from, to, delta].every(Number.isInteger);
  const values = Float64Array.from({ length: count }, (_, i) => from + i * delta);
  return constant(array(values), { dtype: dtype ?? (integers ? 'int32' : 'float32'), name });
}

export interface RandomOptions extends CreationOptions {
  seed?: number;
}

export interface UniformOptions extends RandomOptions {
  /** Default: 0. */
  minval?: number;
  /** Default: 1, which is not drawn. */
  maxval?: number;
}

export interface NormalOptions extends RandomOptions {
  /** Default: 0. */
  mean?: number;
  /** Default: 1. */
  stddev?: number;
}

/** @throws InvalidArgumentError for any dtype but float32: others TF.js draws eagerly only */
function requireFloat(op: string, dtype: TfDType = 'float32'): void {
  if (dtype === 'float32') return;
  throw new InvalidArgumentError(
    `random.${op} draws float32, not ${dtype}.`,
    `Convert what it draws: cast(random.${op}(...), '${dtype}').`,
  );
}

function randomOp(
  op: string,
  shape: readonly number[],
  seed: number | undefined,
  name: string | undefined,
): SymbolicTensor {
  const graph = getDefaultGraph();
  const shapeInput = constant(shape.length > 0 ? [...shape] : new Int32Array(0), {
    dtype: 'int32',
    name: `${op}/shape`,
  });
  const node = graph.addNode({
    op,
    name,
    inputs: [shapeInput as SymbolicTensor],
    attr: { dtype: attr.type('float32'), T: attr.type('int32'), seed: attr.int(seed ?? 0), seed2: attr.int(0) },
    outputs: [{ dtype: 'float32', shape: [...shape] }],
  });
  return node.outputs[0] as SymbolicTensor;
}

export const random = {
  /** float32, from `minval` up to but without `maxval`. */
  uniform(dims: ShapeInput, ...given: Given<UniformOptions, ['minval', 'maxval', 'dtype', 'seed', 'name']>): Tensor {
    const places = ['minval', 'maxval', 'dtype', 'seed', 'name'] as const;
    const { minval = 0, maxval = 1, dtype, seed, name } = optionsOf<UniformOptions>('random.uniform', given, places);
    const shape = countsOf(dims);
    requireFloat('uniform', dtype);
    requireBackend();
    if (executingEagerly()) {
      return new EagerTensor(core.randomUniform(shape, minval, maxval, 'float32', seed));
    }
    const unit = randomOp('RandomUniform', shape, seed, name);
    return minval === 0 && maxval === 1 ? unit : add(multiply(unit, maxval - minval), minval);
  },

  /** float32, of a mean and a standard deviation. */
  normal(dims: ShapeInput, ...given: Given<NormalOptions, ['mean', 'stddev', 'dtype', 'seed', 'name']>): Tensor {
    const places = ['mean', 'stddev', 'dtype', 'seed', 'name'] as const;
    const { mean = 0, stddev = 1, dtype, seed, name } = optionsOf<NormalOptions>('random.normal', given, places);
    const shape = countsOf(dims);
    requireFloat('normal', dtype);
    requireBackend();
    if (executingEagerly()) {
      return new EagerTensor(core.randomNormal(shape, mean, stddev, 'float32', seed));
    }
    const unit = randomOp('RandomStandardNormal', shape, seed, name);
    return mean === 0 && stddev === 1 ? unit : add(multiply(unit, stddev), mean);
  },
};

export interface PlaceholderOptions extends NameOption {
  /** `null` for an axis of any length; default: unknown rank. */
  shape?: SymbolicShape;
}

/**
 * `tf.compat.v1.placeholder`: a graph tensor that each run feeds.
 * @throws ModeError in eager mode
 */
export function placeholder(dtype: TfDType, ...given: Given<PlaceholderOptions, ['shape', 'name']>): SymbolicTensor {
  const { shape = null, name = 'Placeholder' } = optionsOf<PlaceholderOptions>('placeholder', given, ['shape', 'name']);
  if (executingEagerly()) {
    throw new ModeError(
      'placeholder() is not compatible with eager execution: an eager tensor has its value from the start.',
      'Make it in a graph: new Graph().asDefault(() => placeholder(...)), or call compat.v1.disableEagerExecution() at startup.\n' +
        'In eager mode write a function of the tensor instead.',
    );
  }
  const type = requireTfDType(dtype);
  return getDefaultGraph().addNode({
    op: 'Placeholder',
    name,
    attr: { dtype: attr.type(type), shape: attr.shape(shape) },
    outputs: [{ dtype: type, shape }],
  }).outputs[0] as SymbolicTensor;
}

/** A placeholder that has a value where none is fed. */
export function placeholderWithDefault(
  value: TensorInput,
  ...given: Given<PlaceholderOptions, ['shape', 'name']>
): Tensor {
  const places = ['shape', 'name'] as const;
  const { shape, name = 'PlaceholderWithDefault' } = optionsOf<PlaceholderOptions>(
    'placeholderWithDefault',
    given,
    places,
  );
  const input = convertToTensor(value, { name: `${name}/input` });
  if (!(input instanceof SymbolicTensor)) return input;
  return input.graph.addNode({
    op: 'PlaceholderWithDefault',
    name,
    inputs: [input],
    attr: { dtype: attr.type(input.dtype), shape: attr.shape(shape ?? input.shape) },
    outputs: [{ dtype: input.dtype, shape: shape ?? input.shape }],
  }).outputs[0] as SymbolicTensor;
}

export const sparse = {
  /**
   * `tf.sparse.to_dense`.
   * @throws InvalidArgumentError for an index that is there twice, in eager mode and except on webgpu
   */
  toDense(value: SparseTensor, ...given: Given<NameOption>): Tensor {
    const { indices, values, denseShape } = value;
    return callOp({
      op: 'SparseToDense',
      nodeName: 'SparseToDense',
      name: optionsOf<NameOption>('sparse.toDense', given, [], ['name']).name,
      inputs: [values, indices, denseShape, constant(0, values.dtype === null ? {} : { dtype: values.dtype })],
      sameDType: 1,
      order: [1, 2, 0, 3],
      attr: (dtype) => ({ T: attr.type(dtype), Tindices: attr.type('int32'), validate_indices: attr.bool(true) }),
      infer: ({ dtype }) => ({ dtype, shape: value.shape }),
      eager: (elements, at, shape, empty) => {
        if (!isAsyncOnly(backendOf(at))) assertNoneRepeated(toHost(at));
        return core.sparseToDense(at, elements, [...shape.dataSync()] as never, empty as never);
      },
    });
  },
};
