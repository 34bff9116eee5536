/** The elements of a graph: operations, and their outputs, the graph tensors. A graph tensor has no value. */
import { nameStandIn } from '../../protocol/tensor.ts';
import { evaluateHelp } from '../../tensor/evaluateHelp.ts';
import { AttributeError, TensorTypeError } from '../errors.ts';
import { inspectSymbol, type Inspected } from '../inspect.ts';
import { executingEagerly } from '../mode.ts';
import type { NDArray } from '../numpy/ndarray.ts';
import type { ArrayElement } from '../numpy/elementFormat.ts';
import { tellDebugger } from '../tellDebugger.ts';
import { sessionFor, type EvalOptions, type SessionLike } from '../sessions.ts';
import { Tensor } from '../tensor.ts';
import type { TfDType } from '../tfjs.ts';
import type { Graph, OutputInfo } from './graph.ts';
import { symbolicShapeText, type NodeDef, type SymbolicShape } from './graphDef.ts';

/** A node of a graph. */
export class Operation {
  readonly graph: Graph;
  readonly node: NodeDef;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: SymbolicTensor[];

  constructor(graph: Graph, node: NodeDef, outputs: readonly OutputInfo[], inputs: readonly SymbolicTensor[]) {
    this.graph = graph;
    this.node = node;
    this.inputs = inputs;
    this.outputs = outputs.map((info, index) => new SymbolicTensor(this, index, info));
  }

  get name(): string {
    return this.node.name;
  }

  /** The op's name in TensorFlow: `AddV2`. */
  get type(): string {
    return this.node.op;
  }

  /** One output; a loaded node may have more than its file says. */
  output(index: number): SymbolicTensor | undefined {
    if (index < this.outputs.length || this.graph.loaded === undefined) return this.outputs[index];
    const { dtype } = this.outputs[0] ?? { dtype: null };
    for (let i = this.outputs.length; i <= index; i++) {
      this.outputs.push(new SymbolicTensor(this, i, { dtype: i === 0 ? dtype : null, shape: null }));
    }
    return this.outputs[index];
  }

  /**
   * The node as TF.js's executor gets it. It has no variables: their values are fed, so they are placeholders there;
   * and what changes them is done by the session, so it is absent (undefined).
   */
  executed(): NodeDef | undefined {
    if (stateOps.has(this.type) || (this.type === 'NoOp' && this.node.input?.length)) return undefined;
    if (this.type !== 'VariableV2') return this.node;
    return { ...this.node, op: 'Placeholder' };
  }

  toString(): string {
    return `<tf.Operation '${this.name}' type=${this.type}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Ops that write a variable: input 0 is the variable, input 1 the value. */
export const stateOps: ReadonlySet<string> = new Set(['Assign', 'AssignAdd', 'AssignSub']);

/** An output of a node: symbolic, it has a value only while a session runs the graph. */
export class SymbolicTensor extends Tensor {
  readonly op: Operation;
  /** Which output of the node. */
  readonly index: number;
  readonly dtype: TfDType | null;
  readonly shape: SymbolicShape;

  constructor(op: Operation, index: number, { dtype, shape }: OutputInfo) {
    super();
    this.op = op;
    this.index = index;
    this.dtype = dtype;
    this.shape = shape === null ? null : Object.freeze([...shape]);
  }

  get graph(): Graph {
    return this.op.graph;
  }

  /** `Add:0`: the node and the number of its output. */
  get name(): string {
    return `${this.op.name}:${this.index}`;
  }

  #noNumpy(): AttributeError {
    const place = executingEagerly()
      ? 'it belongs to a graph, so it has no value until the graph is run.'
      : 'in graph mode a tensor has no value until the graph is run.';
    return new AttributeError(
      `'SymbolicTensor' object has no attribute 'numpy': '${this.name}' is symbolic; ${place}`,
      'Run the graph: await session.run(tensor), or await tensor.eval({ session }).\n' +
        'Or use eager mode: make the tensor outside of graph.asDefault and tf.function, without ' +
        'compat.v1.disableEagerExecution(); inside of a traced function, config.runFunctionsEagerly(true) or return it.',
    );
  }

  numpy(): never {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is not called, only looked for on the stack
    tellDebugger(this.name, 'numpy', SymbolicTensor.prototype.numpy);
    throw this.#noNumpy();
  }

  numpyAsync(): Promise<never> {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is not called, only looked for on the stack
    tellDebugger(this.name, 'numpyAsync', SymbolicTensor.prototype.numpyAsync);
    return Promise.reject(this.#noNumpy());
  }

  async eval<T extends ArrayElement = number>(options?: EvalOptions | SessionLike): Promise<NDArray<T>> {
    const { session, feeds } = sessionFor(this.graph, options);
    return (await session.evaluate(this, feeds)) as NDArray<T>;
  }

  evalSync<T extends ArrayElement = number>(options?: EvalOptions | SessionLike): NDArray<T> {
    const { session, feeds } = sessionFor(this.graph, options);
    return session.evaluateSync(this, feeds) as NDArray<T>;
  }

  /** @throws TensorTypeError except for a text: `Number(tensor)`, `tensor + 1` and `tensor > 0` would need the value */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw new TensorTypeError(
      `'${this.name}' is symbolic: JavaScript's operators and Number() need a value, and it has none until the graph is run.`,
      'Add an op to the graph: add(tensor, 1), greater(tensor, 0), where(condition, x, y).\n' +
        'Or run the graph: Number(await session.run(tensor)). For a text: String(tensor).',
    );
  }

  /** @throws TensorTypeError: how many rows there are is known when the graph is run */
  [Symbol.iterator](): never {
    throw new TensorTypeError(
      `Iterating over a symbolic tensor is not allowed: '${this.name}' has no rows until the graph is run.`,
      'Take them by slice() or gather(). Or run the graph, and iterate over the array: for (const row of await session.run(tensor)).',
    );
  }

  /** What the debugger shows: no value, and how to get one. */
  [inspectSymbol](): Inspected {
    return {
      dtype: this.dtype ?? 'unknown',
      shape: this.shape && [...this.shape],
      runtime: 'tensor-debugger',
      kind: 'symbolic',
      state: 'uninitialised',
      label: this.name,
      reason: `'${this.name}' is a graph tensor: it has no value until the graph is run.${
        this.shape === null ? ' Not even its rank is known before.' : ''
      }`,
      ...evaluateHelp(undefined, `In the program: await ${nameStandIn}.eval({ session, feeds }).`),
    };
  }

  /** `Tensor("Add:0", shape=(2, 2), dtype=int32)`. */
  override toString(): string {
    const shape = this.shape === null ? '' : `shape=${symbolicShapeText(this.shape)}, `;
    return `Tensor("${this.name}", ${shape}dtype=${this.dtype ?? 'unknown'})`;
  }

  repr(): string {
    return `<tf.Tensor '${this.name}' shape=${symbolicShapeText(this.shape)} dtype=${this.dtype ?? 'unknown'}>`;
  }
}
