/** Variables of graph mode: nodes whose values live in a session, from the run of their initializer on. */
import type { Graph } from './graph.ts';
import { attr, symbolicShapeText } from './graphDef.ts';
import { SymbolicTensor, type Operation } from './symbolicTensor.ts';

/** A `VariableV2` node, with the op that gives it its first value. */
export class GraphVariable extends SymbolicTensor {
  /** The op that `globalVariablesInitializer` runs. */
  readonly initializer: Operation;

  constructor(node: Operation, initialValue: SymbolicTensor) {
    super(node, 0, initialValue);
    // Ops that take the variable see this object as the node's output.
    node.outputs[0] = this;
    this.initializer = assignment(node.graph, 'Assign', this, initialValue).op;
    node.graph.variables.push(this);
  }

  override toString(): string {
    return this.repr();
  }

  /** `<tf.Variable 'v:0' shape=(2,) dtype=float32_ref>` */
  override repr(): string {
    return `<tf.Variable '${this.name}' shape=${symbolicShapeText(this.shape)} dtype=${this.dtype ?? 'unknown'}_ref>`;
  }

  /** A tensor that, when it is run, writes the value and is the new one. */
  assignTensor(value: SymbolicTensor, op: 'Assign' | 'AssignAdd' | 'AssignSub' = 'Assign'): SymbolicTensor {
    return assignment(this.graph, op, this, value);
  }
}

function assignment(graph: Graph, op: string, variable: SymbolicTensor, value: SymbolicTensor): SymbolicTensor {
  const { dtype, shape } = variable;
  const operation = graph.addNode({
    op,
    name: `${variable.op.name}/${op}`,
    inputs: [variable, value],
    attr: { T: attr.type(dtype) },
    outputs: [{ dtype, shape }],
  });
  return operation.outputs[0] as SymbolicTensor;
}

/** Adds a variable to a graph, as an object of the given class. */
export function addVariable<V extends GraphVariable>(
  graph: Graph,
  initialValue: SymbolicTensor,
  name: string,
  Class: new (node: Operation, initialValue: SymbolicTensor) => V,
): V {
  const { dtype, shape } = initialValue;
  const node = graph.addNode({
    op: 'VariableV2',
    name,
    attr: { dtype: attr.type(dtype), shape: attr.shape(shape) },
    outputs: [{ dtype, shape }],
  });
  return new Class(node, initialValue);
}

/** `tf.compat.v1.global_variables_initializer()`: an op that initializes every variable of the graph so far. */
export function addInitializer(graph: Graph, name = 'init'): Operation {
  return graph.addNode({ op: 'NoOp', name, controlInputs: graph.variables.map(({ initializer }) => initializer) });
}
