/**
 * A TensorFlow graph: a GraphDef that grows by nodes, with what is known of their outputs. Built op by op, or loaded
 * from a converted model (`loadGraph`). It holds no values but its constants; a `Session` runs it.
 */
import type { io } from '@tensorflow/tfjs-core';
import { NotFoundError, TensorTypeError, ValueError } from '../errors.ts';
import { defaultGraph, noteGraphTensor, resetGlobalGraph, withGraph } from '../mode.ts';
import type { NDArray } from '../numpy/ndarray.ts';
import type { ArrayElement } from '../numpy/elementFormat.ts';
import { requireTfDType, type TfDType } from '../tfjs.ts';
import { joinBytes } from '../../tensor/bytes.ts';
import { encodeConstant, tensorProtoOf } from './constants.ts';
import { parseInput, type AttrValue, type GraphDef, type NodeDef, type SymbolicShape } from './graphDef.ts';
import { Operation, SymbolicTensor } from './symbolicTensor.ts';
import type { GraphVariable } from './graphVariable.ts';

/** What is known of one output of a node before it runs. */
export interface OutputInfo {
  dtype: TfDType | null;
  shape: SymbolicShape;
}

export interface NodeSpec {
  /** The op's name in TensorFlow: `AddV2`. */
  op: string;
  /** The wish; a number is appended if it is taken. Default: the op's name. */
  name?: string | undefined;
  inputs?: readonly SymbolicTensor[];
  /** Nodes that must run first. */
  controlInputs?: readonly Operation[];
  attr?: Record<string, AttrValue>;
  outputs?: readonly OutputInfo[];
}

/** What a loaded model brings besides its nodes: everything that TF.js needs to run it. */
export type LoadedArtifacts = Pick<
  io.ModelArtifacts,
  'weightSpecs' | 'weightData' | 'signature' | 'modelInitializer' | 'initializerSignature'
> & { library?: object; versions?: GraphDef['versions'] };

const namePattern = /^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/;

/** @throws ValueError for a name that TensorFlow forbids, or that TF.js's executor would confuse */
export function assertNodeName(name: string): void {
  if (!namePattern.test(name)) throw new ValueError(`'${name}' is not a valid node name`);
  // The executor looks nodes up in plain objects, where these names are always found.
  if (name in {}) throw new ValueError(`TensorFlow.js can't run a node named '${name}'.`, 'Give it another name.');
}

export class Graph {
  readonly #nodes = new Map<string, NodeDef>();
  readonly #operations = new Map<string, Operation>();
  readonly #constants = new Map<string, NDArray<ArrayElement>>();
  readonly #usedNames = new Set<string>();
  /** The variables, in the order in which they were made. */
  readonly variables: GraphVariable[] = [];
  /** Set for a graph that was loaded. */
  readonly loaded: LoadedArtifacts | undefined;
  /** Whether its tensors count when the program's mode is told: traced functions are part of eager programs. */
  readonly #ofProgram: boolean;

  constructor(loaded?: LoadedArtifacts, ofProgram = true) {
    this.loaded = loaded;
    this.#ofProgram = ofProgram;
  }

  /** How many nodes; a session prepares the graph again when it grew. */
  get version(): number {
    return this.#nodes.size;
  }

  /** Makes it the default graph while `fn` runs, or until its promise settles. */
  asDefault<R>(fn: (graph: this) => R): R {
    return withGraph(this, () => fn(this));
  }

  #uniqueName(wish: string): string {
    assertNodeName(wish);
    let name = wish;
    // Names differ in more than case, as in TensorFlow: they can become file names.
    for (let i = 1; this.#usedNames.has(name.toLowerCase()); i++) name = `${wish}_${i}`;
    return name;
  }

  /** Adds a node. */
  addNode({ op, name, inputs = [], controlInputs = [], attr = {}, outputs = [] }: NodeSpec): Operation {
    for (const input of inputs) this.#assertOwn(input.op);
    for (const input of controlInputs) this.#assertOwn(input);
    const unique = this.#uniqueName(name ?? op);
    const inputNames = inputs.map(({ op: { name: node }, index }) => (index === 0 ? node : `${node}:${index}`));
    const node: NodeDef = {
      name: unique,
      op,
      input: [...inputNames, ...controlInputs.map((input) => `^${input.name}`)],
      attr,
    };
    return this.addNodeDef(node, outputs, inputs);
  }

  /** Adds a node as it is; for loaders. */
  addNodeDef(node: NodeDef, outputs: readonly OutputInfo[], inputs: readonly SymbolicTensor[] = []): Operation {
    this.#nodes.set(node.name, node);
    this.#usedNames.add(node.name.toLowerCase());
    const operation = new Operation(this, node, outputs, inputs);
    this.#operations.set(node.name, operation);
    if (this.#ofProgram) noteGraphTensor();
    return operation;
  }

  /** Adds a Const node with its value; the array must be nobody else's. */
  addConstant(value: NDArray<ArrayElement>, name = 'Const'): SymbolicTensor {
    const dtype = requireTfDType(value.dtype);
    const proto = tensorProtoOf(value);
    const operation = this.addNode({
      op: 'Const',
      name,
      attr: { dtype: { type: proto.dtype as string }, value: { tensor: proto } },
      outputs: [{ dtype, shape: value.shape }],
    });
    this.#constants.set(operation.name, value);
    return operation.outputs[0] as SymbolicTensor;
  }

  #assertOwn(operation: Operation): void {
    if (operation.graph === this) return;
    throw new ValueError(
      `'${operation.name}' is an element of another graph: a graph's ops take tensors of that graph only.`,
      'Build both in one graph, or run the other one in a session and use its value as a constant.',
    );
  }

  getOperations(): Operation[] {
    return [...this.#operations.values()];
  }

  /** @throws NotFoundError with the names that come near */
  getOperationByName(name: string): Operation {
    const operation = this.#operations.get(name);
    if (operation) return operation;
    throw new NotFoundError(
      `The name '${name}' refers to an Operation not in the graph.`,
      `It has: ${someNames([...this.#operations.keys()], name)}.`,
    );
  }

  /** By `name:output`, as TensorFlow writes it; the output's number may be left out where it is 0. */
  getTensorByName(name: string): SymbolicTensor {
    if (name.startsWith('^')) throw new ValueError(`'${name}' is a control input, not a tensor.`);
    const { node, index } = parseInput(name);
    const tensor = this.getOperationByName(node).output(index);
    if (tensor) return tensor;
    throw new NotFoundError(
      `The name '${name}' refers to a Tensor which does not exist: the operation '${node}' has ${this.getOperationByName(node).outputs.length} outputs.`,
    );
  }

  /** The tensor or operation that a program means by a name or by an element. */
  asElement(value: unknown): SymbolicTensor | Operation {
    if (typeof value === 'string') return value.includes(':') ? this.getTensorByName(value) : this.#named(value);
    if (!(value instanceof SymbolicTensor) && !(value instanceof Operation)) {
      throw new TensorTypeError(`Can not convert ${describe(value)} into a Tensor or Operation.`);
    }
    if (value.graph !== this) {
      const what = value instanceof Operation ? 'Operation' : 'Tensor';
      throw new ValueError(
        `${what} ${value.toString()} is not an element of this graph.`,
        'Use a session of its own graph: new Session(tensor.graph).',
      );
    }
    return value;
  }

  /** A bare node name is its tensor, or the operation if it has none. */
  #named(name: string): SymbolicTensor | Operation {
    const operation = this.getOperationByName(name);
    return operation.output(0) ?? operation;
  }

  /** The GraphDef, constants included. The objects are the graph's own: change a copy. */
  asGraphDef(): GraphDef {
    const { library, versions } = this.loaded ?? {};
    return {
      node: [...this.#nodes.values()],
      ...(library && { library }),
      versions: versions ?? { producer: 27, minConsumer: 0 },
    };
  }

  /** The values of constants that were added here, by node; a loaded model's lie in its weight data. */
  get constants(): ReadonlyMap<string, NDArray<ArrayElement>> {
    return this.#constants;
  }

  /**
   * The graph as a converted model: what `model.json` and its weight files hold, ready for `tf.io` or `tf.GraphModel`.
   * Variables have no values in a graph; the model has them as placeholders.
   */
  toModelArtifacts(): io.ModelArtifacts {
    const specs: io.WeightsManifestEntry[] = [...(this.loaded?.weightSpecs ?? [])];
    const data: ArrayBuffer[] = [this.loaded?.weightData ?? []].flat();
    for (const [name, value] of this.#constants) {
      specs.push({ name, shape: [...value.shape], dtype: requireTfDType(value.dtype) });
      data.push(encodeConstant(value));
    }
    const { versions, library, ...rest } = this.loaded ?? {};
    const node = this.getOperations().flatMap((operation) => operation.executed() ?? []);
    return {
      ...rest,
      format: 'graph-model',
      modelTopology: { node, ...(library && { library }), versions: versions ?? { producer: 27, minConsumer: 0 } },
      weightSpecs: specs,
      // In one piece: TF.js's own way of joining goes wrong where a piece is empty (the shape of a 0-d tensor).
      weightData: data.length === 1 ? data[0]! : joinBytes(data).buffer,
    };
  }

  toString(): string {
    return `<tensor-debugger Graph of ${this.version} nodes>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return `a ${value === null ? 'null' : typeof value}`;
  return `a ${value.constructor?.name ?? 'object'}`;
}

/** A few names, those that share a beginning with the wanted one first. */
export function someNames(names: readonly string[], wanted: string): string {
  const near = (name: string): boolean => name.slice(0, 3).toLowerCase() === wanted.slice(0, 3).toLowerCase();
  const sorted = [...names.filter(near), ...names.filter((name) => !near(name))];
  if (sorted.length === 0) return 'no nodes';
  return sorted.slice(0, 8).join(', ') + (sorted.length > 8 ? `, and ${sorted.length - 8} more` : '');
}

/** `tf.compat.v1.get_default_graph()`. */
export function getDefaultGraph(): Graph {
  return defaultGraph(() => new Graph());
}

/** `tf.compat.v1.reset_default_graph()`: the next op starts a new one. */
export function resetDefaultGraph(): void {
  resetGlobalGraph();
}
