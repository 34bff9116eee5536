/** `tf.Variable` in both modes: eager, a tensor that can be assigned to; in graph mode, a node with an initializer. */
import type { Variable as TfVariable } from '@tensorflow/tfjs-core';
import {
  convertToTensor,
  hostArray,
  inGraph,
  type ConvertOptions,
  type HostValue,
  type TensorInput,
} from './convert.ts';
import { EagerTensor } from './eager/eagerTensor.ts';
import { InvalidArgumentError, ModeError, ValueError } from './errors.ts';
import { getDefaultGraph } from './graph/graph.ts';
import { addVariable, GraphVariable } from './graph/graphVariable.ts';
import { type SymbolicTensor } from './graph/symbolicTensor.ts';
import { assertAlive, toTfTensor } from './host.ts';
import { makeSymbol, type MadeFrom } from './inspect.ts';
import { executingEagerly } from './mode.ts';
import { shapeText } from './numpy/arrayText.ts';
import { optionsOf, type Given } from './options.ts';
import { Tensor } from './tensor.ts';
import { core, isTfTensor } from './tfjs.ts';

/** An eager variable. Its `tensor` is a TF.js variable, which TF.js's optimizers train. */
export class EagerVariable extends EagerTensor {
  /** As in TensorFlow `v:0`, or `Variable:0` without a name; variables may share one. */
  readonly name: string;

  constructor(tensor: TfVariable, name = 'Variable') {
    super(tensor);
    this.name = `${name}:0`;
  }

  /** Replaces the value; arrays that `numpy()` gave keep the old one. */
  assign(value: TensorInput): this {
    return this.#replace('assign', value, (_, next) => core.clone(next));
  }

  /** The debugger's new values go into the variable itself, in either mode. */
  override [makeSymbol](from: MadeFrom): this {
    const { tensor } = super[makeSymbol](from);
    (this.tensor as TfVariable).assign(tensor);
    tensor.dispose();
    return this;
  }

  assignAdd(value: TensorInput): this {
    return this.#replace('assignAdd', value, (old, next) => core.add(old, next));
  }

  assignSub(value: TensorInput): this {
    return this.#replace('assignSub', value, (old, next) => core.sub(old, next));
  }

  #replace(
    method: string,
    value: TensorInput,
    compute: (old: TfVariable, next: ReturnType<typeof toTfTensor>) => ReturnType<typeof toTfTensor>,
  ): this {
    if (!executingEagerly()) {
      throw new ModeError(
        `${method}() of an eager variable was called in graph mode.`,
        'Make the variable in the graph, or assign outside of it.',
      );
    }
    const variable = this.tensor as TfVariable;
    assertAlive(variable);
    const next = core.tidy(() => {
      const given = this.#operand(value);
      if (given.dtype !== this.dtype || (method === 'assign' && shapeText(given.shape) !== shapeText(this.shape))) {
        throw new ValueError(
          `Cannot assign value to variable '${this.name}': its shape and dtype are ${shapeText(this.shape)} ${this.dtype}, ` +
            `the value's ${shapeText(given.shape)} ${given.dtype}.`,
        );
      }
      return compute(variable, given);
    });
    if (shapeText(next.shape) !== shapeText(this.shape)) {
      next.dispose();
      throw new InvalidArgumentError(
        `${method}: the result has shape ${shapeText(next.shape)}, the variable ${shapeText(this.shape)}.`,
      );
    }
    variable.assign(next);
    next.dispose();
    return this;
  }

  #operand(value: TensorInput) {
    const tensor = value instanceof EagerTensor ? value.tensor : value;
    if (isTfTensor(tensor)) {
      assertAlive(tensor);
      return tensor;
    }
    return toTfTensor(hostArray(value as HostValue, { dtype: this.dtype }));
  }

  override toString(): string {
    return this.repr();
  }

  /** `<tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>` */
  override repr(): string {
    return `<tf.Variable '${this.name}' shape=${shapeText(this.shape)} dtype=${this.dtype}, ${this.valueText()}>`;
  }
}

/** A graph variable as programs see it: its assignments take any value. */
export class SymbolicVariable extends GraphVariable {
  /** Adds an op that writes the value when it is run. */
  assign(value: TensorInput): SymbolicTensor {
    return this.#assignment('Assign', value);
  }

  assignAdd(value: TensorInput): SymbolicTensor {
    return this.#assignment('AssignAdd', value);
  }

  assignSub(value: TensorInput): SymbolicTensor {
    return this.#assignment('AssignSub', value);
  }

  #assignment(op: 'Assign' | 'AssignAdd' | 'AssignSub', value: TensorInput): SymbolicTensor {
    const options = this.dtype === null ? {} : { dtype: this.dtype };
    return this.assignTensor(inGraph(this.graph, value, { ...options, name: `${this.op.name}/value` }), op);
  }
}

export type VariableOptions = ConvertOptions;
export type Variable = EagerVariable | SymbolicVariable;

/** TF.js's registry holds a name once; TensorFlow lets variables share one, so a second one is registered without. */
function registered({ tensor }: EagerTensor, name: string | undefined): TfVariable {
  try {
    return core.variable(tensor, true, name);
  } catch (error) {
    if (name === undefined) throw error;
    return core.variable(tensor, true);
  }
}

function makeVariable(initialValue: TensorInput, given: Given<VariableOptions>): Variable {
  const { dtype, name } = optionsOf<VariableOptions>('Variable', given, [], ['dtype', 'name']);
  const options = dtype === undefined ? {} : { dtype };
  if (executingEagerly()) {
    const isOurs = !(initialValue instanceof Tensor || isTfTensor(initialValue));
    const value = convertToTensor(initialValue, options);
    if (!(value instanceof EagerTensor))
      throw new ModeError(`A variable of eager mode can't start from ${value.toString()}.`);
    const variable = registered(value, name);
    if (isOurs) value.dispose();
    return new EagerVariable(variable, name);
  }
  const graph = getDefaultGraph();
  const wish = name ?? 'Variable';
  const value = inGraph(graph, initialValue, { ...options, name: `${wish}/initial_value` });
  return addVariable(graph, value, wish, SymbolicVariable);
}

/**
 * `tf.Variable`, with or without `new`: in eager mode an `EagerVariable`; in graph mode a `SymbolicVariable`, which has a
 * value in a session once `compat.v1.globalVariablesInitializer()` has run there.
 */
export const Variable = function Variable(initialValue: TensorInput, ...given: Given<VariableOptions>) {
  return makeVariable(initialValue, given);
} as unknown as {
  new (initialValue: TensorInput, options?: VariableOptions): Variable;
  (initialValue: TensorInput, options?: VariableOptions): Variable;
};
