/** Sparse tensors: three dense ones, as in TensorFlow. TF.js has no int64, so indices and the dense shape are int32. */
import { nameStandIn } from '../protocol/tensor.ts';
import { adviceToEvaluate } from '../tensor/evaluateHelp.ts';
import { attr } from './graph/graphDef.ts';
import { SymbolicTensor } from './graph/symbolicTensor.ts';
import { getDefaultGraph, type Graph } from './graph/graph.ts';
import { InvalidArgumentError, ModeError, ValueError } from './errors.ts';
import { inspectSymbol, type Inspected } from './inspect.ts';
import { executingEagerly } from './mode.ts';
import { array, NDArray } from './numpy/ndarray.ts';
import { pythonString, type ArrayElement } from './numpy/elementFormat.ts';
import type { NestedValue } from './numpy/nested.ts';
import { convertToTensor, type TensorInput } from './convert.ts';
import { optionsOf, type Given, type NameOption } from './options.ts';
import { sessionFor, type EvalOptions, type SessionLike } from './sessions.ts';
import type { Tensor } from './tensor.ts';
import type { TfDType } from './tfjs.ts';

type HostInput = NestedValue | NDArray<ArrayElement>;

/** The value of a sparse tensor on the host: what a session gives for one, and what one is fed with. */
export class SparseTensorValue<T extends ArrayElement = number> {
  /** [nnz, rank]: where the values stand. */
  readonly indices: NDArray;
  /** [nnz] */
  readonly values: NDArray<T>;
  /** [rank] */
  readonly denseShape: NDArray;

  constructor(indices: HostInput, values: HostInput | NDArray<T>, denseShape: HostInput) {
    this.indices = integers(indices);
    this.values = values instanceof NDArray ? (values as NDArray<T>) : array<T>(values, hostDType(values));
    this.denseShape = integers(denseShape);
    const [count] = this.values.shape;
    if (this.indices.ndim !== 2 || this.indices.shape[0] !== count || this.indices.shape[1] !== this.denseShape.size) {
      throw new ValueError(
        `A SparseTensorValue of ${count ?? 1} values and rank ${this.denseShape.size} has indices of shape ` +
          `[${count ?? 1}, ${this.denseShape.size}], got [${this.indices.shape.join(', ')}].`,
      );
    }
  }

  /**
   * The dense array; what stands nowhere is 0.
   * @throws InvalidArgumentError for an index that is there twice
   */
  toDense(): NDArray<T> {
    assertNoneRepeated(this.indices);
    const shape = [...this.denseShape.values()];
    const empty = this.values.dtype === 'string' ? '' : 0;
    const dense = array<T>(new Array<number | string>(shape.reduce((a, b) => a * b, 1)).fill(empty), {
      dtype: this.values.dtype,
    }).reshape(...shape);
    let at = 0;
    for (const value of this.values.values()) {
      dense.set(value, ...shape.map((_, axis) => this.indices.get(at, axis)));
      at++;
    }
    return dense;
  }

  /** `SparseTensorValue(indices=array(...), values=array(...), dense_shape=array(...))` */
  toString(): string {
    return `SparseTensorValue(indices=${this.indices.repr()}, values=${this.values.repr()}, dense_shape=${this.denseShape.repr()})`;
  }

  [inspectSymbol](): Inspected {
    return {
      dtype: this.values.dtype,
      shape: [...this.denseShape.values()],
      runtime: 'tensor-debugger',
      kind: 'sparse',
      byteLength: this.values.nbytes + this.indices.nbytes,
      sparse: { indices: this.indices, values: this.values },
      state: 'live',
      reason: `It is sparse: ${this.values.size} values with their indices.`,
      help: 'Look at its values and indices, or at toDense().',
    };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Plain numbers are float32, as in `constant`; typed data keeps its dtype. */
function hostDType(values: HostInput): { dtype?: 'float32' } {
  const first: unknown = Array.isArray(values) ? values[0] : undefined;
  return typeof first === 'number' ? { dtype: 'float32' } : {};
}

/** @throws InvalidArgumentError if two of the indices [nnz, rank] are equal */
export function assertNoneRepeated(indices: NDArray): void {
  const seen = new Set<string>();
  let at = 0;
  for (const row of indices) {
    const place = String((row as NDArray).tolist());
    if (seen.has(place)) throw new InvalidArgumentError(`indices[${at}] = [${place}] is repeated`);
    seen.add(place);
    at++;
  }
}

function integers(value: HostInput): NDArray {
  if (value instanceof NDArray && value.dtype === 'int32') return value as unknown as NDArray;
  return array(value, { dtype: 'int32' });
}

/** A tensor that lists its nonzero values; eager or a part of a graph, as the three tensors in it are. */
export class SparseTensor {
  /** int32 [nnz, rank] */
  readonly indices: Tensor;
  /** [nnz] */
  readonly values: Tensor;
  /** int32 [rank] */
  readonly denseShape: Tensor;

  constructor(indices: TensorInput, values: TensorInput, denseShape: TensorInput) {
    this.indices = convertToTensor(indices, { dtype: 'int32', name: 'SparseTensor/indices' });
    this.values = convertToTensor(values, { name: 'SparseTensor/values' });
    this.denseShape = convertToTensor(denseShape, { dtype: 'int32', name: 'SparseTensor/dense_shape' });
    const rank = this.denseShape.shape?.[0] ?? null;
    const { shape } = this.indices;
    const width = shape?.[1] ?? null;
    if ((shape !== null && shape.length !== 2) || (rank !== null && width !== null && rank !== width)) {
      throw new ValueError(
        `A sparse tensor of rank ${rank ?? '?'} has indices of shape [nnz, ${rank ?? '?'}], got [${shape?.join(', ')}].`,
      );
    }
    const places = shape?.[0] ?? null;
    const { shape: valuesShape } = this.values;
    const count = valuesShape?.[0] ?? null;
    if ((valuesShape !== null && valuesShape.length !== 1) || (places !== null && count !== null && places !== count)) {
      throw new ValueError(
        `A sparse tensor with ${places ?? '?'} indices has values of shape [${places ?? '?'}], got [${valuesShape?.join(', ')}].`,
      );
    }
  }

  get dtype(): TfDType | null {
    return this.values.dtype;
  }

  /** The dense shape where it is known before a run. */
  get shape(): readonly (number | null)[] | null {
    if (!(this.denseShape instanceof SymbolicTensor)) return [...this.denseShape.numpy().values()];
    const constant = this.denseShape.graph.constants.get(this.denseShape.op.name);
    if (constant) return [...constant.values()] as number[];
    const rank = this.denseShape.shape?.[0] ?? null;
    return rank === null ? null : new Array<null>(rank).fill(null);
  }

  /**
   * The value, in eager mode.
   * @throws ValueError for one of a graph
   */
  numpy<T extends ArrayElement = number>(): SparseTensorValue<T> {
    if (this.values instanceof SymbolicTensor) {
      throw new ValueError(
        'SparseTensor.numpy() is only supported in eager mode.',
        'Run the graph: await session.run(sparse) gives a SparseTensorValue.',
      );
    }
    return new SparseTensorValue<T>(this.indices.numpy(), this.values.numpy<T>(), this.denseShape.numpy());
  }

  /** The value in a session; without one, in the default session. */
  async eval<T extends ArrayElement = number>(options?: EvalOptions | SessionLike): Promise<SparseTensorValue<T>> {
    const { session, feeds } = sessionFor(this.#graph(), options);
    return (await session.evaluate(this, feeds)) as SparseTensorValue<T>;
  }

  /** `eval` where the backend can read synchronously. */
  evalSync<T extends ArrayElement = number>(options?: EvalOptions | SessionLike): SparseTensorValue<T> {
    const { session, feeds } = sessionFor(this.#graph(), options);
    return session.evaluateSync(this, feeds) as SparseTensorValue<T>;
  }

  #graph(): Graph {
    if (this.values instanceof SymbolicTensor) return this.values.graph;
    throw new ModeError(
      'SparseTensor.eval() is only supported in graph mode.',
      'This one has its value already: sparse.numpy(). A session evaluates tensors of a graph only.',
    );
  }

  toString(): string {
    const parts = [this.indices, this.values, this.denseShape].map((tensor) => tensor.repr());
    return `SparseTensor(indices=${parts[0]}, values=${parts[1]}, dense_shape=${parts[2]})`;
  }

  [inspectSymbol](): Inspected {
    const symbolic = this.values instanceof SymbolicTensor;
    return {
      dtype: this.dtype ?? 'unknown',
      // The dense shape is a tensor: reading an eager one here could be a device read.
      shape: symbolic ? this.shape && [...this.shape] : new Array<null>(this.denseShape.shape?.[0] ?? 0).fill(null),
      runtime: 'tensor-debugger',
      kind: 'sparse',
      ...(!symbolic && { sparse: { indices: this.indices, values: this.values, denseShape: this.denseShape } }),
      state: symbolic ? 'uninitialised' : 'live',
      reason: symbolic
        ? 'It is a sparse graph tensor: it has no value until the graph is run.'
        : 'It is sparse: three tensors, values, indices and denseShape.',
      ...(symbolic
        ? adviceToEvaluate(
            (how) =>
              `Evaluate its values, indices and denseShape, which are graph tensors (${how}). In the program: await ${nameStandIn}.eval({ session, feeds }).`,
          )
        : { help: 'Look at its values and indices, or at sparse.toDense(tensor).' }),
    };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

export interface SparsePlaceholderOptions extends NameOption {
  /** The dense shape; default: unknown. */
  shape?: readonly number[];
}

/** `tf.compat.v1.sparse_placeholder`: to be fed with a `SparseTensorValue`. */
export function sparsePlaceholder(
  dtype: TfDType,
  ...given: Given<SparsePlaceholderOptions, ['shape', 'name']>
): SparseTensor {
  const { shape, name = 'Placeholder' } = optionsOf<SparsePlaceholderOptions>('sparsePlaceholder', given, [
    'shape',
    'name',
  ]);
  if (executingEagerly()) {
    throw new ModeError(
      '`sparsePlaceholder` is not compatible with eager execution.',
      `Make it in a graph: graph.asDefault(() => sparsePlaceholder(${pythonString(dtype)})).`,
    );
  }
  const graph: Graph = getDefaultGraph();
  const part = (suffix: string, type: TfDType, partShape: (number | null)[]): SymbolicTensor =>
    graph.addNode({
      op: 'Placeholder',
      name: `${name}/${suffix}`,
      attr: { dtype: attr.type(type), shape: attr.shape(partShape) },
      outputs: [{ dtype: type, shape: partShape }],
    }).outputs[0] as SymbolicTensor;
  const rank = shape?.length ?? null;
  return new SparseTensor(
    part('indices', 'int32', [null, rank]),
    part('values', dtype, [null]),
    part('shape', 'int32', [rank]),
  );
}
